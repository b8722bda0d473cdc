import Downloads
import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Gets a published data set and unpacks it.
public struct DatasetFetch {
    /// What came of it.
    public struct Result: Equatable, Sendable {
        /// The folder of the data set.
        public let folder: URL
        /// Its folders and how many files each has, by name.
        public let counts: [String: Int]
    }

    private let dataset: PublishedDataset
    private let folder: URL
    private let archive: FileFetch
    private let keepsArchive: Bool
    private static let workPrefix = ".unpacking-"

    /// - Parameters:
    ///   - folder: The folder of the data set: new, or empty.
    ///   - source: Another address, or the archive as a file; see `FileFetch`.
    ///   - keepsArchive: Whether the archive stays, beside the folder.
    public init(_ dataset: PublishedDataset, to folder: URL, from source: String? = nil, keepsArchive: Bool = false) {
        self.init(dataset, to: folder, archive: FileFetch(dataset.archive, from: source), keepsArchive: keepsArchive)
    }

    package init(_ dataset: PublishedDataset, to folder: URL, archive: FileFetch, keepsArchive: Bool = false) {
        self.dataset = dataset
        self.folder = folder.standardizedFileURL
        self.archive = archive
        self.keepsArchive = keepsArchive
    }

    /// Fetches the archive and unpacks it; the folder appears with all of its images, or not at all.
    ///
    /// - Throws: `FetchError`, `FileError`, errors of the download and of the archive, which name the file.
    public func run(report: (FetchEvent) -> Void = { _ in }) throws -> Result {
        if folder.exists, try !folder.isFolder || !FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty {
            throw FetchError.exists(path: folder.path)
        }
        let parent = folder.deletingLastPathComponent()
        let suffix = dataset.archive.name.drop { $0 != "." }
        let beside = parent.appending(path: folder.lastPathComponent + suffix)
        let wasThere = beside.exists
        let file = try archive.fetch(to: beside, report: report)
        do {
            return try unpack(file, isOwn: file == beside && !wasThere, report)
        } catch {
            // What came is no data set: the next attempt gets it anew. A full disk is no fault of the archive.
            if file == beside, !wasThere, !(error is FileError) { try? FileManager.default.removeItem(at: file) }
            throw error
        }
    }

    private func unpack(_ file: URL, isOwn: Bool, _ report: (FetchEvent) -> Void) throws -> Result {
        let parent = folder.deletingLastPathComponent()
        Self.removeLeftovers(in: parent)
        // Two processes may unpack at the same time: each has its folder.
        let work = parent.appending(path: "\(Self.workPrefix)\(getpid())-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: work) }
        try ArchiveContents(of: file).unpack(into: work) { count in
            if count.isMultiple(of: 50) { report(.progress("Unpacking: \(counted(count, "file"))")) }
        }
        let root = try Self.root(of: work, archive: file.path)
        let counts = try Self.counts(in: root)
        try AtomicFile.createFolder(folder)
        // Takes the place of an empty folder.
        guard rename(root.path, folder.path) == 0 else { throw FileError(path: folder.path, operation: "make the folder") }
        if isOwn, !keepsArchive { try? FileManager.default.removeItem(at: file) }
        return Result(folder: folder, counts: counts)
    }

    /// Removes what processes that were killed have left; those that still run keep theirs.
    private static func removeLeftovers(in parent: URL) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? [] where name.hasPrefix(workPrefix) {
            guard let process = Int32(name.dropFirst(workPrefix.count).prefix { $0 != "-" }), process > 0 else { continue }
            if kill(process, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(at: parent.appending(path: name)) }
        }
    }

    /// Archives have a folder of the data set's name around it.
    private static func root(of work: URL, archive: String) throws -> URL {
        var root = work
        for _ in 0..<3 {
            let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
            if names.contains("train") || names.contains("trainA") && names.contains("trainB") { return root }
            guard names.count == 1, root.appending(path: names[0]).isFolder else {
                throw FetchError.noImages(archive: archive, found: names.sorted())
            }
            root = root.appending(path: names[0])
        }
        throw FetchError.noImages(archive: archive, found: [])
    }

    private static func counts(in root: URL) throws -> [String: Int] {
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { root.appending(path: $0).isFolder }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try FileManager.default.contentsOfDirectory(atPath: root.appending(path: $0).path).count)
            })
    }
}
