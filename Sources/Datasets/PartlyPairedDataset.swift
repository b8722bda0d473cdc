import Imaging

/// Unpaired images and some pairs of images that show the same thing: an epoch has the samples of both, in one order.
public final class PartlyPairedDataset: ImageDataset {
    private let unpaired: any ImageDataset
    private let pairs: any ImageDataset
    private let order: EpochOrder

    /// - Parameters:
    ///   - pairs: Of the same domains, prepared alike.
    ///   - isShuffled: Whether the samples come in a new order every epoch, or the unpaired ones first.
    public init(_ unpaired: any ImageDataset, pairs: any ImageDataset, isShuffled: Bool = true) {
        precondition(
            unpaired.domains == pairs.domains, "the pairs have domains \(pairs.domains), the other images have \(unpaired.domains)")
        self.unpaired = unpaired
        self.pairs = pairs
        order = EpochOrder(count: unpaired.count + pairs.count, seed: unpaired.seed, isShuffled: isShuffled)
    }

    public var domains: [Domain] { unpaired.domains }
    public var count: Int { order.count }
    public var seed: UInt64 { unpaired.seed }

    public func configuration(of domain: Domain) -> DomainConfiguration { unpaired.configuration(of: domain) }

    /// The files of the unpaired images.
    public func folder(of domain: Domain) -> ImageFolder { unpaired.folder(of: domain) }

    public func imageSources(of domain: Domain) -> [ImageSource] { unpaired.imageSources(of: domain) }

    public var sources: [ImageFolder] { unpaired.sources + pairs.sources }

    public func sample(epoch: Int, position: Int) throws(DatasetError) -> ImageSample {
        let index = order.index(epoch: epoch, position: position)
        return try index < unpaired.count
            ? unpaired.sample(epoch: epoch, position: index) : pairs.sample(epoch: epoch, position: index - unpaired.count)
    }

    public func checkReadable() throws(DatasetError) {
        try unpaired.checkReadable()
        try pairs.checkReadable()
    }

    public var unreadableFiles: [String] { unpaired.unreadableFiles + pairs.unreadableFiles }
}
