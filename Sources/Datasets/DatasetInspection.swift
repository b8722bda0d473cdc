import Foundation
import Imaging
import NIfTI
import Support

/// Everything that was found in the folders of a data set.
public struct DatasetInspection: Sendable {
    /// One folder of images, and what belongs to it.
    struct Folder: Sendable {
        let split: Split
        /// `nil` for pictures that hold the images of both domains side by side.
        let domain: Domain?
        var images: [ImageInspection]
        /// Files that are no images by their extension; paths from the data set's folder.
        var otherFiles: [String] = []
        /// What the folder of masks holds, where there is one.
        var masks: [ImageInspection]?

        var name: String { domain.map(split.folder) ?? split.rawValue }
    }

    /// A folder that cannot be used.
    struct Problem: Sendable, Equatable {
        /// `nil` for a folder of masks.
        let split: Split?
        let error: DatasetError
    }

    /// The domains that were looked for.
    var domains = Domain.pair
    /// Whether the images are to belong together in pairs.
    var arePairs = false
    /// The folders that hold images, in the order train, test, val, and in each of the domains, or one folder for both.
    let folders: [Folder]
    /// Training folders that are missing, and folders that are there and hold no images.
    var problems: [Problem] = []
    /// Images of the same bytes, in groups of two or more paths.
    var exactDuplicates: [[String]] = []
}

extension DatasetInspection {
    /// Reads and decodes every image of a data set.
    ///
    /// - Parameters:
    ///   - root: The folder with `trainA`, `trainB` and perhaps `testA`, `testB`, `valA`, `valB`, and folders of masks named after
    ///     these: `trainA_mask`.
    ///   - domains: Whose folders are looked at.
    ///   - arePairs: Whether the images are to belong together in pairs, in files of the same names or side by side in the pictures of
    ///     `train`, and perhaps `test` and `val`.
    ///   - axes: Along which the volumes of domains are cut; axial where nothing is said.
    ///   - workers: The number of threads.
    ///   - progress: Told how many of all files are done.
    public init(
        root: URL, domains: [Domain] = Domain.pair, arePairs: Bool = false, axes: [Domain: SliceAxis] = [:], workers: Int = 2,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) {
        var listings: [(split: Split, domain: Domain?, images: ImageFolder, masks: ImageFolder?)] = []
        var problems: [Problem] = []
        func images(_ name: String, split: Split?) -> ImageFolder? {
            let folder = root.appending(path: name)
            guard split == .train || folder.exists else { return nil }
            do throws(DatasetError) {
                return try ImageFolder(folder)
            } catch {
                problems.append(Problem(split: split, error: error))
                return nil
            }
        }
        for split in Split.allCases {
            do throws(DatasetError) {
                guard let layout = try Self.layout(of: split, in: root, domains: domains, arePairs: arePairs) else { continue }
                if layout == .pictures {
                    if let folder = images(split.rawValue, split: split) { listings.append((split, nil, folder, nil)) }
                    continue
                }
            } catch {
                problems.append(Problem(split: split, error: error))
                continue
            }
            for domain in domains {
                let name = split.folder(of: domain)
                guard let folder = images(name, split: split) else { continue }
                listings.append((split, domain, folder, images(name + "_mask", split: nil)))
            }
        }
        let paths = listings.flatMap { Self.paths($0.images) + ($0.masks.map(Self.paths) ?? []) }
        var chosen: [String: SliceAxis] = [:]
        for listing in listings {
            guard let axis = listing.domain.flatMap({ axes[$0] }) else { continue }
            for path in Self.paths(listing.images) + (listing.masks.map(Self.paths) ?? []) { chosen[path] = axis }
        }
        let axisOf = chosen
        let halved = Set(listings.filter { $0.domain == nil }.flatMap { Self.paths($0.images) })
        let found = paths.concurrentMap(
            workers: workers, progress: { progress($0, paths.count) },
            { ImageInspection.all(in: $0, of: root, isPair: halved.contains($0), axis: axisOf[$0] ?? .axial) })
        let inspections = Dictionary(zip(paths, found)) { first, _ in first }
        let folders = listings.map { listing in
            var folder = Folder(
                split: listing.split, domain: listing.domain, images: Self.paths(listing.images).flatMap { inspections[$0] ?? [] },
                masks: listing.masks.map { Self.paths($0).flatMap { inspections[$0] ?? [] } })
            folder.otherFiles = listing.images.otherFiles.map { "\(folder.name)/\($0)" }
            return folder
        }
        self.init(
            domains: domains, arePairs: arePairs, folders: folders, problems: problems,
            exactDuplicates: Self.equalFiles(folders.flatMap(\.images), root))
    }

    /// Where to look for images; `nil` where there are none and none are needed.
    private static func layout(
        of split: Split, in root: URL, domains: [Domain], arePairs: Bool
    ) throws(DatasetError) -> SplitLayout? {
        guard arePairs else {
            if split == .train { try split.checkIsUnpaired(in: root, domains: domains) }
            return .folders
        }
        let layout = try split.pairLayout(in: root, domains: domains)
        if layout == nil, split == .train { throw split.noPairs(in: root, domains: domains) }
        return layout
    }

    /// Paths from the data set's folder.
    private static func paths(_ folder: ImageFolder) -> [String] {
        folder.files.map { "\(folder.root.lastPathComponent)/\($0)" }
    }

    /// Files of equal length and hash, compared byte by byte.
    private static func equalFiles(_ images: [ImageInspection], _ root: URL) -> [[String]] {
        struct Key: Hashable {
            let byteCount: Int
            let contentHash: Int
        }
        let candidates = Dictionary(grouping: images.filter { $0.byteCount > 0 && ($0.page ?? 0) == 0 }) {
            Key(byteCount: $0.byteCount, contentHash: $0.contentHash)
        }
        return candidates.values.filter { $0.count > 1 }.flatMap { group in
            var sets: [(bytes: Data, paths: [String])] = []
            for (path, file) in group.map({ ($0.path, $0.file) }) {
                guard let bytes = try? PixelImage.encodedData(at: root.appending(path: file)) else { continue }
                if let index = sets.firstIndex(where: { $0.bytes == bytes }) {
                    sets[index].paths.append(path)
                } else {
                    sets.append((bytes, [path]))
                }
            }
            return sets.map(\.paths).filter { $0.count > 1 }
        }.sorted { $0[0] < $1[0] }
    }
}
