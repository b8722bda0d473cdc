import Foundation
import Imaging
import Support
import Synchronization

/// Which image of domain B goes with an image of domain A.
public enum Pairing: String, Codable, CaseIterable, Sendable {
    /// Any, drawn anew each time; domain A comes in a new order every epoch.
    case random
    /// The one at the same place in the sorted list; no shuffling.
    case serial
}

/// Two folders of images without correspondence, in the reference implementation's layout: `trainA trainB testA testB [valA valB]`.
///
/// Where a hold-out is given and neither `valA` nor `valB` exists, the validation images are a share of the training images, and the
/// training images are the others.
///
/// With masks, `trainA_mask` holds a mask for every image of `trainA`, and so on; held-out images have theirs there, too.
public final class UnpairedImageDataset: ImageDataset {
    public let seed: UInt64
    /// How images of the second domain are chosen.
    public let pairing: Pairing
    /// Images of each domain that every sample holds besides its pair, drawn from a random stream of their own.
    public let extraPairs: Int

    // Of the first domain, whose images come in order, and of the second, whose images are drawn.
    private let readers: (DomainReader, DomainReader)
    private let order: EpochOrder

    /// Lists the folders of a split.
    ///
    /// - Parameters:
    ///   - preparations: Both domains and how their images are prepared.
    ///   - holdOut: The share of the training images that serves as the validation images, where these have no folders.
    ///   - masks: Whether every image has a mask in the folder of its folder's name and `_mask`, see `MaskFolder`; an image without
    ///     one cannot be used.
    ///   - extraPairs: Images of each domain that every sample holds besides its pair; only with a mode that crops.
    /// - Throws: `DatasetError` for missing or empty folders.
    public init(
        root: URL, split: Split = .train, preparations: [DomainPreparation], pairing: Pairing = .random, holdOut: HoldOut? = nil,
        seed: UInt64 = 0, masks: Bool = false, extraPairs: Int = 0
    ) throws(DatasetError) {
        precondition(preparations.count == 2, "an unpaired data set has two domains, not \(preparations.count)")
        precondition(
            extraPairs == 0 || preparations.allSatisfy(\.transform.preprocess.crops), "extra images need a preprocess mode that crops")
        let folders = try split.imageFolders(in: root, domains: preparations.map(\.domain), holdOut: holdOut)
        readers = (
            try DomainReader(folder: folders[0], preparation: preparations[0], hasMasks: masks),
            try DomainReader(folder: folders[1], preparation: preparations[1], hasMasks: masks)
        )
        self.pairing = pairing
        self.seed = seed
        self.extraPairs = extraPairs
        order = EpochOrder(count: max(readers.0.sources.count, readers.1.sources.count), seed: seed, isShuffled: pairing == .random)
    }

    public var domains: [Domain] { [readers.0.domain, readers.1.domain] }

    public func configuration(of domain: Domain) -> DomainConfiguration { reader(of: domain).images }

    public func folder(of domain: Domain) -> ImageFolder { reader(of: domain).folder }

    public func imageSources(of domain: Domain) -> [ImageSource] { reader(of: domain).sources }

    private func reader(of domain: Domain) -> DomainReader {
        precondition(domains.contains(domain), "the data set has no domain \(domain)")
        return domain == readers.0.domain ? readers.0 : readers.1
    }

    /// That of the larger domain.
    public var count: Int { order.count }

    /// The index behind each position of an epoch.
    func order(epoch: Int) -> [Int] { order.indices(epoch: epoch) }

    /// The smaller first domain is repeated.
    public func sample(epoch: Int, position: Int) throws(DatasetError) -> ImageSample {
        precondition((0..<count).contains(position), "position \(position) is outside the data set's \(count) samples")
        let index = order.index(epoch: epoch, position: position)
        func generator(_ stream: UInt64) -> SplitMix64 {
            SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)), UInt64(index), stream)
        }
        let (first, second) = readers
        let (firstCount, secondCount) = (first.sources.count, second.sources.count)
        var draw = generator(0)
        let partner = pairing == .serial ? index % secondCount : draw.integer(below: secondCount)
        let pair = (
            try first.read(index % firstCount, using: generator(1)), try second.read(partner, using: generator(2))
        )
        var extra: ([DomainReader.Reading], [DomainReader.Reading]) = ([], [])
        for number in 0..<UInt64(extraPairs) {
            // Streams 0, 1 and 2 are the pair's.
            var draw = generator(3 + 3 * number)
            extra.0.append(try first.read(draw.integer(below: firstCount), using: generator(4 + 3 * number)))
            extra.1.append(try second.read(draw.integer(below: secondCount), using: generator(5 + 3 * number)))
        }
        return ImageSample(
            parts: [pair.0.part(extra: extra.0), pair.1.part(extra: extra.1)], isAligned: false,
            notices: pair.0.notices + pair.1.notices + zip(extra.0, extra.1).flatMap { $0.notices + $1.notices })
    }

    /// Decodes up to 256 files of each domain and stops early where half of them are fine.
    public func checkReadable() throws(DatasetError) {
        try readers.0.check(atMost: 256)
        try readers.1.check(atMost: 256)
    }

    public var unreadableFiles: [String] { readers.0.unusableFiles + readers.1.unusableFiles }
}
