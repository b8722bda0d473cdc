import Foundation
import Imaging
import Support
import Synchronization

/// Reads the images of pairs; a pair that cannot be used is replaced by the next that can.
final class PairReader: Sendable {
    /// Both images, as their domains hold images.
    struct Reading {
        let images: [PixelImage]
        /// Where each image was read from.
        let sources: [ImageSource]
        let notices: [DatasetNotice]
    }

    private let pairs: PairList
    private let preparations: [DomainPreparation]
    // Only saves decoding a bad pair again: which pairs are bad is a property of the files.
    private let unusable = Mutex<[Int: Unusable]>([:])

    init(pairs: PairList, preparations: [DomainPreparation]) {
        self.pairs = pairs
        self.preparations = preparations
    }

    /// The paths of the files found unusable so far, in the order of the pairs.
    var unusableFiles: [String] {
        unusable.withLock { found in found.sorted { $0.key < $1.key }.flatMap(\.value.paths) }
    }

    /// Reads the pair of an index or, where it cannot be used, the first usable one after it.
    ///
    /// - Throws: `DatasetError.nothingReadable`.
    func read(_ index: Int) throws(DatasetError) -> Reading {
        var failures: [Unusable] = []
        for candidate in index..<index + pairs.count {
            let pair = candidate % pairs.count
            switch load(pair) {
            case .failure(let failure): failures.append(failure)
            case .success(let images):
                let notices = failures.map {
                    DatasetNotice.unusable(path: $0.paths[0], reason: $0.reason, replacement: pairs.name(pair))
                }
                return Reading(images: images, sources: pairs.sources(pair), notices: notices)
            }
        }
        throw .nothingReadable(folder: pairs.place, example: failures.first?.reason ?? "")
    }

    /// Decodes pairs; of many a sample evenly spread over them.
    ///
    /// - Throws: `DatasetError.unalignedPairs` where one does not fit together, and `DatasetError.mostlyUnreadable` where more than half
    ///   cannot be used for other reasons.
    func check(atMost limit: Int) throws(DatasetError) {
        let checked = min(pairs.count, limit)
        let indices = (0..<checked).map { $0 * pairs.count / checked }
        let failures = indices.concurrentMap(workers: 4) { [self] index in failure(of: index) }.compactMap { $0 }
        let unaligned = failures.filter(\.isUnaligned)
        if !unaligned.isEmpty {
            throw .unalignedPairs(
                folder: pairs.place, unaligned: unaligned.count, checked: checked, examples: unaligned.prefix(3).map(\.reason))
        }
        if 2 * failures.count > checked {
            throw .mostlyUnreadable(
                folder: pairs.place, unreadable: failures.count, checked: checked, examples: failures.prefix(3).map(\.reason))
        }
    }

    private func failure(of index: Int) -> Unusable? {
        guard case .failure(let failure) = load(index) else { return nil }
        return failure
    }

    /// Why a pair cannot be used.
    private struct Unusable: Error {
        /// The files at fault.
        let paths: [String]
        let reason: String
        /// Whether both images are there but do not fit each other.
        let isUnaligned: Bool

        init(_ error: any Error, paths: [String], isUnaligned: Bool = false) {
            self.paths = paths
            reason = "\(error)"
            self.isUnaligned = isUnaligned
        }
    }

    private func load(_ index: Int) -> Result<[PixelImage], Unusable> {
        if let failure = unusable.withLock({ $0[index] }) { return .failure(failure) }
        do throws(Unusable) {
            return .success(try images(index))
        } catch {
            unusable.withLock { $0[index] = error }
            return .failure(error)
        }
    }

    /// Decodes the images of a pair and converts each to its domain.
    private func images(_ index: Int) throws(Unusable) -> [PixelImage] {
        let (decoded, paths) = (try Self.decode(pairs[index]), pairs.paths(index))
        return try preparations.indices.map { number throws(Unusable) in
            let preparation = preparations[number]
            do {
                let image = try decoded[number].converted(to: preparation.images, name: paths[number])
                _ = try preparation.transform.geometry(of: image.size, name: paths[number])
                return image
            } catch {
                throw Unusable(error, paths: [paths[number]])
            }
        }
    }

    private static func decode(_ pair: PairList.Pair) throws(Unusable) -> [PixelImage] {
        func image(_ url: URL) throws(Unusable) -> PixelImage {
            do { return try PixelImage(contentsOf: url) } catch { throw Unusable(error, paths: [url.path]) }
        }
        switch pair {
        case .halves(let url):
            let picture = try image(url)
            do throws(DatasetError) {
                return try ImageSource.Half.allCases.map { half throws(DatasetError) in try picture.half(half, path: url.path) }
            } catch {
                throw Unusable(error, paths: [url.path], isUnaligned: true)
            }
        case .files(let first, let second):
            let images = [try image(first), try image(second)]
            guard images[0].size == images[1].size else {
                let error = DatasetError.partnersDiffer(
                    first: first.path, firstSize: images[0].size, second: second.path, secondSize: images[1].size)
                throw Unusable(error, paths: [first.path, second.path], isUnaligned: true)
            }
            return images
        }
    }
}
