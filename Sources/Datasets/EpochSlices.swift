import Imaging

/// A data set whose epochs have another length: each takes the samples that follow those of the epoch before it, so that every sample of the
/// original is used equally often.
public final class EpochSlices: ImageDataset {
    private let dataset: any ImageDataset
    /// The number of samples of one epoch.
    public let count: Int

    /// - Parameter count: The samples of one epoch, at least 1; fewer or more than the data set has.
    public init(_ dataset: any ImageDataset, count: Int) {
        precondition(count > 0, "an epoch has at least one sample, not \(count)")
        (self.dataset, self.count) = (dataset, count)
    }

    public var domains: [Domain] { dataset.domains }
    public var seed: UInt64 { dataset.seed }
    public var sources: [ImageFolder] { dataset.sources }
    public var unreadableFiles: [String] { dataset.unreadableFiles }

    public func configuration(of domain: Domain) -> DomainConfiguration { dataset.configuration(of: domain) }
    public func folder(of domain: Domain) -> ImageFolder { dataset.folder(of: domain) }
    public func imageSources(of domain: Domain) -> [ImageSource] { dataset.imageSources(of: domain) }
    public func checkReadable() throws(DatasetError) { try dataset.checkReadable() }

    /// Epochs count from 1, as in training.
    public func sample(epoch: Int, position: Int) throws(DatasetError) -> ImageSample {
        precondition(epoch > 0 && (0..<count).contains(position), "epoch \(epoch) has no position \(position)")
        let place = (epoch - 1) * count + position
        return try dataset.sample(epoch: place / dataset.count + 1, position: place % dataset.count)
    }
}
