import Foundation
import Imaging
import Support

/// Images of one domain alone: `trainA`, or `train/A`, or a folder that holds nothing but pictures of it.
///
/// Where a hold-out is given and there is no validation folder, the validation images are a share of the training images.
public final class SingleDomainDataset: ImageDataset {
    public let seed: UInt64
    private let reader: DomainReader
    private let order: EpochOrder

    /// Lists the folder of a split.
    ///
    /// - Parameter isShuffled: Whether every epoch has an order of its own.
    /// - Throws: `DatasetError` for a missing or empty folder.
    public init(
        root: URL, split: Split = .train, preparation: DomainPreparation, holdOut: HoldOut? = nil, isShuffled: Bool = true, seed: UInt64 = 0
    ) throws(DatasetError) {
        let domain = preparation.domain
        func folder(_ split: Split) throws(DatasetError) -> ImageFolder {
            try ImageFolder(root.appending(path: split.existingFolder(of: domain, in: root)))
        }
        let hasValidation = root.appending(path: Split.validation.existingFolder(of: domain, in: root)).exists
        var images = try folder(split == .validation && !hasValidation && holdOut != nil ? .train : split)
        if let holdOut, split != .test, !hasValidation {
            let parts = try images.split(holdingOut: holdOut.fraction, seed: holdOut.seed)
            images = split == .train ? parts.kept : parts.heldOut
        }
        reader = try DomainReader(folder: images, preparation: preparation)
        order = EpochOrder(count: reader.sources.count, seed: seed, isShuffled: isShuffled)
        self.seed = seed
    }

    public var domains: [Domain] { [reader.domain] }

    public func configuration(of domain: Domain) -> DomainConfiguration { reader.images }

    public func folder(of domain: Domain) -> ImageFolder { reader.folder }

    public func imageSources(of domain: Domain) -> [ImageSource] { reader.sources }

    public var count: Int { order.count }

    public func sample(epoch: Int, position: Int) throws(DatasetError) -> ImageSample {
        precondition((0..<count).contains(position), "position \(position) is outside the data set's \(count) samples")
        let index = order.index(epoch: epoch, position: position)
        let reading = try reader.read(index, using: SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)), UInt64(index)))
        return ImageSample(parts: [reading.part()], isAligned: false, notices: reading.notices)
    }

    public func checkReadable() throws(DatasetError) { try reader.check(atMost: 256) }

    public var unreadableFiles: [String] { reader.unusableFiles }
}
