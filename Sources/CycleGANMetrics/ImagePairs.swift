import Datasets
import Foundation

/// Images that are compared one by one: two files, or the files of two folders whose relative paths agree without their extension, such
/// as `a/x.jpg` and `a/x.png`.
public struct ImagePairs: Sendable, Equatable {
    /// Two image files that belong together.
    public struct Pair: Sendable, Equatable {
        /// The relative path in the first folder, or the name of the first file.
        public let name: String
        /// The file of the first folder.
        public let first: URL
        /// The file of the second folder.
        public let second: URL
    }

    /// The pairs, at least one, in the order of the first folder's paths.
    public let pairs: [Pair]
    /// Relative paths of the first folder that have no counterpart in the second one.
    public let onlyFirst: [String]
    /// Relative paths of the second folder that have no counterpart in the first one.
    public let onlySecond: [String]

    /// Pairs two files or the images of two folders and their subfolders.
    ///
    /// - Parameters:
    ///   - first: A file or a folder; in a comparison with the truth, what is judged.
    ///   - second: The same of the other side; in a comparison with the truth, the truth.
    ///   - allowsUnmatched: Whether images without counterpart are left out instead of being an error.
    /// - Throws: `MetricError` where a path is missing, a file stands against a folder, two files of one folder differ only in their
    ///   extension, or images have no counterpart; `DatasetError` where a folder cannot be listed or holds no images.
    public init(_ first: URL, _ second: URL, allowsUnmatched: Bool = false) throws {
        switch (try Self.isFolder(first), try Self.isFolder(second)) {
        case (false, false):
            pairs = [Pair(name: first.lastPathComponent, first: first, second: second)]
            (onlyFirst, onlySecond) = ([], [])
        case (true, false): throw MetricError.fileAndFolder(file: second.path, folder: first.path)
        case (false, true): throw MetricError.fileAndFolder(file: first.path, folder: second.path)
        case (true, true):
            let (left, right) = (try Self.filesByName(first), try Self.filesByName(second))
            let all = left.map { name, file in (file: file, counterpart: right[name]) }.sorted {
                $0.file.utf8.lexicographicallyPrecedes($1.file.utf8)
            }
            pairs = all.compactMap { file, counterpart in
                counterpart.map { Pair(name: file, first: first.appending(path: file), second: second.appending(path: $0)) }
            }
            onlyFirst = all.filter { $0.counterpart == nil }.map(\.file)
            onlySecond = right.filter { left[$0.key] == nil }.map(\.value).sorted()
            let isPartial = !(onlyFirst.isEmpty && onlySecond.isEmpty)
            if pairs.isEmpty || (isPartial && !allowsUnmatched) {
                throw MetricError.unmatched(first: first.path, onlyFirst: onlyFirst, second: second.path, onlySecond: onlySecond)
            }
        }
    }

    private static func isFolder(_ url: URL) throws -> Bool {
        guard url.exists else { throw MetricError.missingPath(path: url.path) }
        return url.isFolder
    }

    /// The relative paths of a folder by what they are without their extension.
    private static func filesByName(_ folder: URL) throws -> [String: String] {
        var names: [String: String] = [:]
        for file in try ImageFolder(folder).files {
            if let other = names.updateValue(file, forKey: (file as NSString).deletingPathExtension) {
                throw MetricError.ambiguousNames(folder: folder.path, files: [other, file])
            }
        }
        return names
    }
}
