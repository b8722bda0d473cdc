import Dispatch
import Foundation
import Imaging
import Synchronization

/// Everything that was found in the folders of a data set.
public struct DatasetInspection: Sendable {
    /// One folder of images, and what belongs to it.
    struct Folder: Sendable {
        let split: Split
        let domain: Domain
        var images: [ImageInspection]
        /// Files that are no images by their extension; paths from the data set's folder.
        var otherFiles: [String] = []
        /// What the folder of masks holds, where there is one.
        var masks: [ImageInspection]?

        var name: String { split.rawValue + domain.rawValue }
    }

    /// A folder that cannot be used.
    struct Problem: Sendable, Equatable {
        /// `nil` for a folder of masks.
        let split: Split?
        let error: DatasetError
    }

    /// The folders that hold images, in the order train, test, val and A, B.
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
    ///   - workers: The number of threads.
    ///   - progress: Told how many of all files are done, on any thread but one call at a time.
    public init(root: URL, workers: Int = 2, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }) {
        var listings: [(split: Split, domain: Domain, images: [String], masks: [String]?)] = []
        var problems: [Problem] = []
        func images(_ name: String, split: Split?) -> [String]? {
            let folder = root.appending(path: name)
            guard split == .train || FileManager.default.fileExists(atPath: folder.path) else { return nil }
            do throws(DatasetError) {
                return try ImageFolder(folder).files.map { "\(name)/\($0)" }
            } catch {
                problems.append(Problem(split: split, error: error))
                return nil
            }
        }
        for split in Split.allCases {
            for domain in Domain.allCases {
                let name = split.rawValue + domain.rawValue
                guard let paths = images(name, split: split) else { continue }
                listings.append((split, domain, paths, images(name + "_mask", split: nil)))
            }
        }
        let inspections = Self.inspect(listings.flatMap { $0.images + ($0.masks ?? []) }, root, workers, progress)
        let folders = listings.map { listing in
            Folder(
                split: listing.split, domain: listing.domain, images: listing.images.compactMap { inspections[$0] },
                otherFiles: Self.otherFiles(listing.split.rawValue + listing.domain.rawValue, root),
                masks: listing.masks?.compactMap { inspections[$0] })
        }
        self.init(folders: folders, problems: problems, exactDuplicates: Self.equalFiles(folders.flatMap(\.images), root))
    }

    private static func inspect(
        _ paths: [String], _ root: URL, _ workers: Int, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) -> [String: ImageInspection] {
        let next = Mutex(0)
        let results = Mutex<[String: ImageInspection]>([:])
        // Threads of its own, as in DataLoader: on a busy machine Dispatch gives one.
        let running = DispatchGroup()
        for _ in 0..<workers {
            running.enter()
            let thread = Thread {
                while true {
                    let index = next.withLock { next in
                        defer { next += 1 }
                        return next
                    }
                    guard index < paths.count else { break }
                    let inspection = ImageInspection(of: paths[index], in: root)
                    results.withLock { results in
                        results[paths[index]] = inspection
                        progress(results.count, paths.count)
                    }
                }
                running.leave()
            }
            thread.name = "cyclegan data set check"
            thread.start()
        }
        running.wait()
        return results.withLock { $0 }
    }

    private static func otherFiles(_ name: String, _ root: URL) -> [String] {
        let folder = root.appending(path: name).resolvingSymlinksInPath()
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return paths.sorted().filter { path in
            var isFolder: ObjCBool = false
            return !path.split(separator: "/").contains { $0.hasPrefix(".") }
                && ImageFileFormat(fileExtension: (path as NSString).pathExtension) == nil
                && FileManager.default.fileExists(atPath: "\(folder.path)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
        }.map { "\(name)/\($0)" }
    }

    /// Files of equal length and hash, compared byte by byte.
    private static func equalFiles(_ images: [ImageInspection], _ root: URL) -> [[String]] {
        struct Key: Hashable {
            let byteCount: Int
            let contentHash: Int
        }
        let candidates = Dictionary(grouping: images.filter { $0.byteCount > 0 }) {
            Key(byteCount: $0.byteCount, contentHash: $0.contentHash)
        }
        return candidates.values.filter { $0.count > 1 }.flatMap { group in
            var sets: [(bytes: Data, paths: [String])] = []
            for path in group.map(\.path) {
                guard let bytes = try? PixelImage.encodedData(at: root.appending(path: path)) else { continue }
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
