import Foundation
import Imaging
import Support

/// Pairs of images that show the same thing, one of each domain, as pix2pix learns from (arXiv 1611.07004).
///
/// Both images of a pair are cropped, mirrored, turned and enlarged alike; their colours are changed independently.
public final class AlignedImageDataset: ImageDataset {
    public let seed: UInt64

    private let pairs: PairList
    private let preparations: [DomainPreparation]
    private let reader: PairReader
    private let order: EpochOrder

    /// Some pairs, whatever they were listed from.
    ///
    /// - Parameters:
    ///   - preparations: Both domains and how their images are prepared.
    ///   - isShuffled: Whether the pairs come in a new order every epoch, or always in that of the list.
    /// - Throws: `DatasetError.unalignedGeometry` where the images of the domains would not be transformed alike.
    public init(
        pairs: PairList, preparations: [DomainPreparation], isShuffled: Bool = true, seed: UInt64 = 0
    ) throws(DatasetError) {
        try Self.validate(preparations)
        self.pairs = pairs
        self.preparations = preparations
        reader = PairReader(pairs: pairs, preparations: preparations)
        self.seed = seed
        order = EpochOrder(count: reader.count, seed: seed, isShuffled: isShuffled)
    }

    /// Lists the pairs of a split; see `PairList` for the layouts.
    ///
    /// - Parameter holdOut: The share of the training pairs that serves for validation, where the data set has no folders for it.
    /// - Throws: `DatasetError` for missing and contradicting folders, images without a partner, and preparations that differ in geometry.
    public convenience init(
        root: URL, split: Split = .train, preparations: [DomainPreparation], holdOut: HoldOut? = nil, isShuffled: Bool = true,
        seed: UInt64 = 0
    ) throws(DatasetError) {
        let pairs = try PairList(root: root, split: split, domains: preparations.map(\.domain), holdOut: holdOut)
        try self.init(pairs: pairs, preparations: preparations, isShuffled: isShuffled, seed: seed)
    }

    /// Checks that the images of two domains are transformed alike but for their colours.
    ///
    /// - Throws: `DatasetError.unalignedGeometry` naming the key and both values.
    public static func validate(_ preparations: [DomainPreparation]) throws(DatasetError) {
        precondition(preparations.count == 2, "an aligned data set has two domains, not \(preparations.count)")
        let (first, second) = (preparations[0], preparations[1])
        for (own, other) in zip(first.transform.geometrySettings, second.transform.geometrySettings) where own.value != other.value {
            throw .unalignedGeometry(
                key: own.key, first: "\(own.value) for \(first.domain)", second: "\(other.value) for \(second.domain)")
        }
    }

    public var domains: [Domain] { preparations.map(\.domain) }

    public func configuration(of domain: Domain) -> DomainConfiguration { preparations[index(of: domain)].images }

    public func folder(of domain: Domain) -> ImageFolder { pairs.folders[index(of: domain)] }

    public func imageSources(of domain: Domain) -> [ImageSource] {
        let domain = index(of: domain)
        return (0..<reader.count).map { reader.sources($0)[domain] }
    }

    private func index(of domain: Domain) -> Int {
        guard let index = domains.firstIndex(of: domain) else { preconditionFailure("the data set has no domain \(domain)") }
        return index
    }

    /// The number of pairs.
    public var count: Int { order.count }

    /// A pair that cannot be used is replaced by the next, never one of its images alone.
    public func sample(epoch: Int, position: Int) throws(DatasetError) -> ImageSample {
        precondition((0..<count).contains(position), "position \(position) is outside the data set's \(count) samples")
        let index = order.index(epoch: epoch, position: position)
        func generator(_ stream: UInt64) -> SplitMix64 {
            SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)), UInt64(index), stream)
        }
        let reading = try reader.read(index)
        var notices = reading.notices
        let parts = try preparations.enumerated().map { number, preparation throws(DatasetError) in
            // The same draws for both images, but for their colours.
            var geometry = generator(0)
            let (transform, image) = (preparation.transform, reading.images[number])
            let path = ImageSource(reading.sources[number].url, page: reading.sources[number].page).name
            let result = try transform(image, name: path, using: &geometry, colours: generator(1 + UInt64(number)))
            let enlarged = DatasetNotice.enlarged(
                path: path, size: image.size, cropSize: transform.cropSize, folder: pairs.folders[number].root.path)
            if result.wasEnlarged, !notices.contains(enlarged) { notices.append(enlarged) }
            return ImageSample.Part(
                domain: preparation.domain, image: result.image, mask: nil, extraImages: [], source: reading.sources[number])
        }
        return ImageSample(parts: parts, isAligned: true, notices: notices)
    }

    /// Decodes up to 256 pairs, evenly spread.
    ///
    /// - Throws: `DatasetError.unalignedPairs` where one of them does not fit together, and `DatasetError.mostlyUnreadable` where more
    ///   than half cannot be read.
    public func checkReadable() throws(DatasetError) { try reader.check(atMost: 256) }

    public var unreadableFiles: [String] { reader.unusableFiles }
}

extension ImageTransform {
    /// What decides the geometry, by the keys of the settings.
    fileprivate var geometrySettings: [(key: String, value: String)] {
        [
            ("preprocess", preprocess.rawValue), ("loadSize", "\(loadSize)"), ("cropSize", "\(cropSize)"), ("stride", "\(stride)"),
            ("smallestSide", "\(smallestSide)"), ("flip", "\(augmentation.flip)"), ("rotation", "\(augmentation.rotation)"),
            ("zoom", "\(augmentation.zoom)"),
        ]
    }
}
