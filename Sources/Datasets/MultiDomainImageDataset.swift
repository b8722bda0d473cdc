import Foundation
import Imaging
import Support

/// Folders of images of any number of domains without correspondence: `train/<domain>`, `test/<domain>`, `val/<domain>`.
///
/// Where a hold-out is given and no `val` exists, the validation images are a share of the training images, and the training images are the
/// others.
public final class MultiDomainImageDataset: ImageDataset {
    /// What one sample holds.
    public enum Draw: Sendable {
        /// An image of one domain: an epoch visits every image once, in an order by chance.
        case one
        /// An image of each domain, in the order of their files; a smaller domain is repeated.
        case all
        /// An image of each of `length` domains, drawn by chance, of which one is among `oneOf`; the samples of a batch have the same domains.
        ///
        /// An epoch has `count` samples; without, it shows as many images as there are.
        case cycle(length: Int, batch: Int, count: Int?, oneOf: Set<Domain>?)
    }

    public let seed: UInt64
    private let draw: Draw
    private let readers: [DomainReader]
    private let order: EpochOrder

    /// How many domains there may be.
    public static let possibleCounts = 2...50

    /// Lists the folders of a split.
    ///
    /// - Parameter preparations: The domains, by the names of their folders, and how their images are prepared.
    /// - Throws: `DatasetError` for missing and empty folders.
    public init(
        root: URL, split: Split = .train, preparations: [DomainPreparation], draw: Draw = .one, holdOut: HoldOut? = nil, seed: UInt64 = 0
    ) throws(DatasetError) {
        precondition(Self.possibleCounts.contains(preparations.count), "there must be \(Self.possibleCounts) domains")
        let folders = try split.imageFolders(in: root, domains: preparations.map(\.domain), .nested, holdOut: holdOut)
        readers = try zip(folders, preparations).map { folder, preparation throws(DatasetError) in
            try DomainReader(folder: folder, preparation: preparation)
        }
        (self.draw, self.seed) = (draw, seed)
        let counts = readers.map(\.sources.count)
        switch draw {
        case .one: order = EpochOrder(count: counts.reduce(0, +), seed: seed, isShuffled: true)
        case .all: order = EpochOrder(count: counts.max() ?? 0, seed: seed, isShuffled: false)
        case .cycle(let length, _, let count, _):
            precondition((2...counts.count).contains(length), "a cycle through \(length) of \(counts.count) domains cannot be")
            order = EpochOrder(count: count ?? max(1, counts.reduce(0, +) / length), seed: seed, isShuffled: false)
        }
    }

    /// The names of the domains of a data set: the folders of its training images.
    ///
    /// - Throws: `DatasetError.missingFolder` where there is no `train`, `DatasetError.domainCount` for fewer than two or too many folders.
    public static func domainNames(in root: URL) throws(DatasetError) -> [String] {
        let train = root.appending(path: Split.train.rawValue)
        guard train.isFolder else { throw .missingFolder(path: train.path, found: ImageFolder.subfolders(of: root)) }
        let names = ImageFolder.subfolders(of: train)
        guard possibleCounts.contains(names.count) else { throw .domainCount(path: train.path, found: names) }
        return names
    }

    public var domains: [Domain] { readers.map(\.domain) }

    public func configuration(of domain: Domain) -> DomainConfiguration { reader(of: domain).images }

    public func folder(of domain: Domain) -> ImageFolder { reader(of: domain).folder }

    public func imageSources(of domain: Domain) -> [ImageSource] { reader(of: domain).sources }

    private func reader(of domain: Domain) -> DomainReader {
        guard let reader = readers.first(where: { $0.domain == domain }) else {
            preconditionFailure("the data set has no domain \(domain)")
        }
        return reader
    }

    public var count: Int { order.count }

    public func sample(epoch: Int, position: Int) throws(DatasetError) -> ImageSample {
        precondition((0..<count).contains(position), "position \(position) is outside the data set's \(count) samples")
        var index = order.index(epoch: epoch, position: position)
        func generator(_ stream: Int) -> SplitMix64 {
            SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)), UInt64(position), UInt64(stream))
        }
        var readings: [DomainReader.Reading] = []
        let cycle = cycle(epoch: epoch, position: position)
        for (number, reader) in readers.enumerated() {
            switch draw {
            case .cycle where !cycle.contains(number): break
            case .cycle:
                var random = generator(number)
                readings.append(try reader.read(random.integer(below: reader.sources.count), using: random))
            case .all: readings.append(try reader.read(index % reader.sources.count, using: generator(number)))
            case .one where !readings.isEmpty: break
            case .one where index < reader.sources.count: readings.append(try reader.read(index, using: generator(0)))
            case .one: index -= reader.sources.count
            }
        }
        return ImageSample(parts: readings.map { $0.part() }, isAligned: false, notices: readings.flatMap(\.notices))
    }

    /// The readers of the domains whose images a sample holds, where cycles are drawn.
    private func cycle(epoch: Int, position: Int) -> [Int] {
        guard case .cycle(let length, let batch, _, let oneOf) = draw else { return [] }
        // A stream that no reader has.
        let place = UInt64(position / batch)
        var random = SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)), place, UInt64(readers.count))
        let possible = readers.indices.filter { oneOf?.contains(readers[$0].domain) ?? true }
        let first = possible[random.integer(below: possible.count)]
        return [first] + random.permutation(readers.count).filter { $0 != first }.prefix(length - 1)
    }

    public func checkReadable() throws(DatasetError) {
        for reader in readers { try reader.check(atMost: 256) }
    }

    public var unreadableFiles: [String] { readers.flatMap(\.unusableFiles) }
}
