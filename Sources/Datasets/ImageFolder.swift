import Foundation
import Imaging
import NIfTI
import Support

/// The image files of a folder and its subfolders.
public struct ImageFolder: Sendable, Equatable {
    /// The folder.
    public let root: URL
    /// Paths relative to the folder, sorted by code point.
    public let files: [String]
    /// Paths of the files that are left out, because they are no images by their extension.
    public let otherFiles: [String]

    /// What computers and network drives put beside pictures, and their small copies of these.
    private static let neverData: Set = ["@eaDir", "__MACOSX", "Thumbs.db", "desktop.ini"]

    /// Lists a folder; files count as images by their extension, in upper or lower case, where this computer's libvips reads their format.
    ///
    /// Hidden files and folders are left out, and so is what operating systems keep for themselves. Symbolic links to folders are followed;
    /// a folder that several ways lead to counts once.
    ///
    /// - Throws: `DatasetError` where the folder is missing or holds no images.
    public init(_ root: URL) throws(DatasetError) {
        guard root.isFolder else {
            throw .missingFolder(path: root.path, found: Self.subfolders(of: root.deletingLastPathComponent()))
        }
        let listing: [String]
        do throws(FileError) {
            listing = try FileTree.files(below: root, ignoring: Self.neverData)
        } catch {
            throw .unreadableFolder(path: error.path, reason: error.reason)
        }
        var (images, others): ([String], [String]) = ([], [])
        for file in listing {
            if MedicalFormat.isPicture(root.appending(path: file)) { images.append(file) } else { others.append(file) }
        }
        guard !images.isEmpty else { throw .noImages(path: root.path, otherFiles: others.count) }
        self.init(root: root, files: images, otherFiles: others)
    }

    /// Some of the files of a folder.
    init(root: URL, files: [String], otherFiles: [String] = []) {
        self.root = root
        self.files = files
        self.otherFiles = otherFiles
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

    /// How many files are left out, and of which extensions: `2 files left out: 1 .gif, 1 .npy`; `nil` where there are none.
    public var leftOut: String? { Self.leftOut(otherFiles) }

    /// The same of several folders.
    package static func leftOut(_ files: [String]) -> String? {
        if files.isEmpty { return nil }
        let extensions = frequencies(files.map { ($0 as NSString).pathExtension.lowercased() })
            .map { "\($0.count) \($0.value.isEmpty ? "without extension" : "." + quoted($0.value, limit: 20))" }
        return "\(counted(files.count, "file")) left out: \(extensions.joined(separator: ", "))"
    }

    /// The names of the folders in a folder.
    static func subfolders(of parent: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        return names.filter { !$0.hasPrefix(".") && parent.appending(path: $0).isFolder }.sorted()
    }
}
