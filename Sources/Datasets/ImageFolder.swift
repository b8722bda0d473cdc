import Foundation
import Imaging
import NIfTI

/// The image files of a folder and its subfolders.
public struct ImageFolder: Sendable, Equatable {
    /// The folder.
    public let root: URL
    /// Paths relative to the folder, sorted by code point. Hidden files and folders are left out.
    public let files: [String]

    /// Lists a folder; files count as images by their extension, in upper or lower case.
    ///
    /// - Throws: `DatasetError` where the folder is missing or holds no images.
    public init(_ root: URL) throws(DatasetError) {
        // The enumerator would not descend into a root that is a symbolic link.
        let folder = root.resolvingSymlinksInPath()
        guard Self.isFolder(folder.path) else {
            throw .missingFolder(path: root.path, found: Self.subfolders(of: root.deletingLastPathComponent()))
        }
        let listing: [String]
        do {
            listing = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        } catch {
            throw .unreadableFolder(path: root.path, reason: error.localizedDescription)
        }
        let visible = listing.filter { path in !path.split(separator: "/").contains { $0.hasPrefix(".") } }
        // A link to nowhere is kept: it is reported as unreadable instead of disappearing.
        let files = visible.filter { !Self.isFolder(folder.path + "/" + $0) }
        let images = files.filter { MedicalFormat.isPicture(folder.appending(path: $0)) }
        guard !images.isEmpty else { throw .noImages(path: root.path, otherFiles: files.count) }
        self.root = root
        // The order of UTF-8 bytes is that of code points: the same in every language and on every system.
        self.files = images.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Some of the files of a folder.
    init(root: URL, files: [String]) {
        self.root = root
        self.files = files
    }

    /// The location of one of the files.
    public func url(_ index: Int) -> URL {
        root.appending(path: files[index])
    }

    /// The path of one of the files, relative to the folder.
    func path(of file: URL) -> String { String(file.path.dropFirst(root.path.count).drop { $0 == "/" }) }

    /// Every picture of the files, in their order: a file of several pages has as many.
    ///
    /// - Parameters:
    ///   - axis: Along which volumes are cut.
    ///   - emptySlices: The share of the empty slices of volumes that are taken.
    package func sources(axis: SliceAxis = .axial, emptySlices: Double = 1) -> [ImageSource] {
        files.indices.flatMap { ImageSource.all(in: url($0), axis: axis, emptySlices: emptySlices) }
    }

    /// The names of the folders in a folder.
    static func subfolders(of parent: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        return names.filter { !$0.hasPrefix(".") && isFolder(parent.path + "/" + $0) }.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        URL(filePath: path).isFolder
    }
}
