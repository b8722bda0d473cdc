import Foundation
import Imaging
import Support
import Synchronization

/// The parts of a data set.
public enum Split: String, Codable, CaseIterable, Sendable {
    case train, test
    case validation = "val"

    /// The folder names of both domains: `trainA` and `trainB` and so on.
    public var folders: (a: String, b: String) { (rawValue + "A", rawValue + "B") }
}

/// Which image of domain B goes with an image of domain A.
public enum Pairing: String, Codable, CaseIterable, Sendable {
    /// Any, drawn anew each time; domain A comes in a new order every epoch.
    case random
    /// The one at the same place in the sorted list; no shuffling.
    case serial
}

/// Two images that need not belong together.
public struct UnpairedSample: Sendable, Equatable {
    /// The images, transformed and of their domain's channels and depth.
    public let imageA, imageB: PixelImage
    /// The regions of interest, where the data set has masks: transformed as their images, 8-bit grey, 255 inside and 0 outside.
    public let maskA, maskB: PixelImage?
    /// Further images of both domains, drawn for the discriminators alone.
    public let extraImagesA, extraImagesB: [PixelImage]
    /// The files that were read, without those of the extra images.
    public let pathA, pathB: String
    /// What happened on the way, each time anew.
    public let notices: [DatasetNotice]
}

/// Two folders of images without correspondence, in the reference implementation's layout: `trainA trainB testA testB [valA valB]`.
///
/// Where a hold-out is given and neither `valA` nor `valB` exists, the validation images are a share of the training images, and the
/// training images are the others.
///
/// With masks, `trainA_mask` holds a mask for every image of `trainA`, and so on; held-out images have theirs there, too.
///
/// Every sample is a function of the files, the seed, the epoch and its position; no state is carried from sample to sample.
public final class UnpairedImageDataset: Sendable {
    /// The files of both domains.
    public let folderA, folderB: ImageFolder
    /// What the images of both domains are.
    public let domainA, domainB: DomainConfiguration
    /// How images of B are chosen.
    public let pairing: Pairing
    /// Decides orders, draws and augmentation.
    public let seed: UInt64
    /// Images of each domain that every sample holds besides its pair, drawn from a random stream of their own.
    public let extraPairs: Int

    private let readerA, readerB: DomainReader
    private let latestOrder = Mutex<(epoch: Int, order: [Int])?>(nil)

    /// Lists the folders of a split.
    ///
    /// - Parameters:
    ///   - stride: What the networks need heights and widths to be multiples of.
    ///   - smallestSide: The fewest pixels on a side that the networks can work on; smaller images cannot be used.
    ///   - augmentationA: What is changed at random in images of domain A; by default they are mirrored where the domain says so.
    ///   - augmentationB: The same for domain B.
    ///   - holdOut: The share of the training images that serves as the validation images, where these have no folders.
    ///   - masks: Whether every image has a mask in the folder of its folder's name and `_mask`, see `MaskFolder`; an image without
    ///     one cannot be used.
    ///   - extraPairs: Images of each domain that every sample holds besides its pair; only with a mode that crops.
    /// - Throws: `DatasetError` for missing or empty folders and contradicting values.
    public init(
        root: URL, split: Split = .train, domainA: DomainConfiguration = DomainConfiguration(),
        domainB: DomainConfiguration = DomainConfiguration(), preprocess: Preprocess = .resizeAndCrop,
        loadSize: ImageSize = ImageSize(286), cropSize: ImageSize = ImageSize(256), stride: Int = 4,
        smallestSide: Int = 1, augmentationA: Augmentation? = nil, augmentationB: Augmentation? = nil, pairing: Pairing = .random,
        holdOut: HoldOut? = nil, seed: UInt64 = 0, masks: Bool = false, extraPairs: Int = 0
    ) throws(DatasetError) {
        precondition(extraPairs == 0 || preprocess.crops, "extra images need a preprocess mode that crops, not \(preprocess.rawValue)")
        func reader(
            _ folder: ImageFolder, _ domain: DomainConfiguration, _ augmentation: Augmentation?
        ) throws(DatasetError) -> DomainReader {
            do throws(ImageError) { try domain.validate() } catch { throw .image(error) }
            let augmentation = augmentation ?? Augmentation(flip: domain.flip)
            try augmentation.validate(channels: domain.channels)
            let transform = try ImageTransform(
                preprocess: preprocess, loadSize: loadSize, cropSize: cropSize, stride: stride, smallestSide: smallestSide,
                augmentation: augmentation, valueRange: domain.valueRange)
            return DomainReader(
                folder: folder, domain: domain, transform: transform, masks: masks ? try MaskFolder(of: folder) : nil)
        }
        (folderA, folderB) = try split.imageFolders(in: root, holdOut: holdOut)
        readerA = try reader(folderA, domainA, augmentationA)
        readerB = try reader(folderB, domainB, augmentationB)
        (self.domainA, self.domainB) = (domainA, domainB)
        self.pairing = pairing
        self.seed = seed
        self.extraPairs = extraPairs
    }

    /// The number of samples of one epoch: that of the larger domain.
    public var count: Int { max(folderA.files.count, folderB.files.count) }

    /// The index behind each position of an epoch.
    public func order(epoch: Int) -> [Int] {
        if pairing == .serial { return Array(0..<count) }
        return latestOrder.withLock { latest in
            if let latest, latest.epoch == epoch { return latest.order }
            var generator = SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)))
            let order = generator.permutation(count)
            latest = (epoch, order)
            return order
        }
    }

    /// The sample at a position of an epoch; may be called from any thread.
    ///
    /// The smaller domain A is repeated. A file that cannot be used is replaced by the next of its domain.
    ///
    /// - Throws: `DatasetError.nothingReadable` where a domain has no usable file.
    public func sample(epoch: Int, position: Int) throws(DatasetError) -> UnpairedSample {
        precondition((0..<count).contains(position), "position \(position) is outside the data set's \(count) samples")
        let index = pairing == .serial ? position : order(epoch: epoch)[position]
        func generator(_ stream: UInt64) -> SplitMix64 {
            SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)), UInt64(index), stream)
        }
        var draw = generator(0)
        let countB = folderB.files.count
        let indexB = pairing == .serial ? index % countB : draw.integer(below: countB)
        let readingA = try readerA.read(index % folderA.files.count, using: generator(1))
        let readingB = try readerB.read(indexB, using: generator(2))
        var readings = [readingA, readingB]
        var extra: (a: [PixelImage], b: [PixelImage]) = ([], [])
        for number in 0..<UInt64(extraPairs) {
            // Streams 0, 1 and 2 are the pair's.
            var draw = generator(3 + 3 * number)
            let a = try readerA.read(draw.integer(below: folderA.files.count), using: generator(4 + 3 * number))
            let b = try readerB.read(draw.integer(below: countB), using: generator(5 + 3 * number))
            extra.a.append(a.image)
            extra.b.append(b.image)
            readings += [a, b]
        }
        return UnpairedSample(
            imageA: readingA.image, imageB: readingB.image, maskA: readingA.mask, maskB: readingB.mask, extraImagesA: extra.a,
            extraImagesB: extra.b, pathA: readingA.path, pathB: readingB.path, notices: readings.flatMap(\.notices))
    }

    /// Checks before training that both domains can be read: decodes up to 256 files of each, evenly spread, and stops early where
    /// half of them are fine.
    ///
    /// - Throws: `DatasetError.mostlyUnreadable` where more than half cannot be used, with examples.
    public func checkReadable() throws(DatasetError) {
        try readerA.check(atMost: 256)
        try readerB.check(atMost: 256)
    }

    /// The paths of all files found unusable so far.
    public var unreadableFiles: [String] { readerA.unusableFiles + readerB.unusableFiles }
}
