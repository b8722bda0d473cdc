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

    /// A pair: of files, or of a page of each.
    private struct Entry {
        let sources: [ImageSource]
        /// The files in words.
        let name: String
        /// Why the files are no pairs.
        let problem: DatasetError?
    }

    private let pairs: PairList
    private let entries: [Entry]
    private let preparations: [DomainPreparation]
    // Only saves decoding a bad pair again: which pairs are bad is a property of the files.
    private let unusable = Mutex<[Int: Unusable]>([:])

    init(pairs: PairList, preparations: [DomainPreparation]) {
        self.pairs = pairs
        self.preparations = preparations
        entries = (0..<pairs.count).flatMap { Self.entries(of: pairs.sources($0), name: pairs.name($0), preparations) }
    }

    /// The page of each file with that of the same number of the other.
    private static func entries(of files: [ImageSource], name: String, _ preparations: [DomainPreparation]) -> [Entry] {
        let pages = zip(files, preparations).map { file, preparation in
            ImageSource.all(in: file.url, axis: preparation.images.sliceAxis).map {
                ImageSource($0.url, page: $0.page, half: file.half, axis: $0.axis)
            }
        }
        guard pages[0].count == pages[1].count else {
            let problem = DatasetError.partnerPagesDiffer(
                first: files[0].url.path, firstPages: pages[0].count, second: files[1].url.path, secondPages: pages[1].count)
            return [Entry(sources: files, name: name, problem: problem)]
        }
        // What is empty in the first domain's volume is left out of both.
        let (url, share) = (files[0].url, preparations[0].emptySlices)
        let isEmpty = share < 1 ? EmptySlices.pages(of: url, axis: preparations[0].images.sliceAxis) : nil
        var kept = isEmpty.map { EmptySlices.kept($0, share: share) } ?? []
        if !kept.contains(true) { kept = pages[0].map { _ in true } }
        return zip(zip(pages[0], pages[1]), kept).filter(\.1).map(\.0).map { first, second in
            Entry(sources: [first, second], name: first.page.map { "\(name) (page \($0 + 1))" } ?? name, problem: nil)
        }
    }

    /// The number of pairs, at least 1.
    var count: Int { entries.count }

    /// Where the images of a pair are read from, that of the first domain and that of the second.
    func sources(_ index: Int) -> [ImageSource] { entries[index].sources }

    /// The paths of the files found unusable so far, in the order of the pairs.
    var unusableFiles: [String] {
        unusable.withLock { found in found.sorted { $0.key < $1.key }.flatMap(\.value.paths) }
    }

    /// Reads the pair of an index or, where it cannot be used, the first usable one after it.
    ///
    /// - Throws: `DatasetError.nothingReadable`.
    func read(_ index: Int) throws(DatasetError) -> Reading {
        var failures: [Unusable] = []
        for candidate in index..<index + count {
            let pair = candidate % count
            switch load(pair) {
            case .failure(let failure): failures.append(failure)
            case .success(let images):
                let notices = failures.map {
                    DatasetNotice.unusable(path: $0.paths[0], reason: $0.reason, replacement: entries[pair].name)
                }
                return Reading(images: images, sources: entries[pair].sources, notices: notices)
            }
        }
        throw .nothingReadable(folder: pairs.place, example: failures.first?.reason ?? "")
    }

    /// Decodes pairs; of many a sample evenly spread over them.
    ///
    /// - Throws: `DatasetError.unalignedPairs` where one does not fit together, and `DatasetError.mostlyUnreadable` where more than half
    ///   cannot be used for other reasons.
    func check(atMost limit: Int) throws(DatasetError) {
        let checked = min(count, limit)
        let indices = (0..<checked).map { $0 * count / checked }
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
        let (decoded, sources) = (try Self.decode(entries[index]), entries[index].sources)
        return try preparations.indices.map { number throws(Unusable) in
            let (preparation, name) = (preparations[number], sources[number].name)
            do {
                let picked = try decoded[number].picking(bands: preparation.images.bands, name: name)
                let image = try picked.converted(to: preparation.images, name: name)
                _ = try preparation.transform.geometry(of: image.size, name: name)
                return image
            } catch {
                throw Unusable(error, paths: [sources[number].url.path])
            }
        }
    }

    private static func decode(_ entry: Entry) throws(Unusable) -> [PixelImage] {
        let (first, second) = (entry.sources[0], entry.sources[1])
        func image(_ source: ImageSource) throws(Unusable) -> PixelImage {
            do {
                return try PixelImage(contentsOf: source.url, page: source.page ?? 0)
            } catch {
                throw Unusable(error, paths: [source.url.path])
            }
        }
        if let problem = entry.problem { throw Unusable(problem, paths: entry.sources.map(\.url.path), isUnaligned: true) }
        if first.half != nil {
            let picture = try image(first)
            do throws(DatasetError) {
                return try ImageSource.Half.allCases.map { half throws(DatasetError) in try picture.half(half, path: first.url.path) }
            } catch {
                throw Unusable(error, paths: [first.url.path], isUnaligned: true)
            }
        }
        let images = [try image(first), try image(second)]
        guard images[0].size == images[1].size else {
            let error = DatasetError.partnersDiffer(
                first: first.name, firstSize: images[0].size, second: second.name, secondSize: images[1].size)
            throw Unusable(error, paths: [first.url.path, second.url.path], isUnaligned: true)
        }
        return images
    }
}
