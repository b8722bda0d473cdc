import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lists what lies below a folder.
package struct FileTree {
    private let root: String
    private let ignored: Set<String>
    private var files: [String] = []
    private var seen: Set<Identity> = []
    // Waits until all that is reached without links is listed: a folder has that path where it has one.
    private var links: [String] = []

    /// What tells folders apart, whatever their paths.
    private struct Identity: Hashable {
        let device, number: UInt64
    }

    private init(_ root: String, _ ignored: Set<String>) {
        (self.root, self.ignored) = (root, ignored)
    }

    /// The paths of all files below a folder, relative to it, in the order of their bytes; hidden files and folders are left out.
    ///
    /// Symbolic links to folders are followed; a folder that is reached on several ways, as in a loop, is listed once. A link to nowhere is a
    /// file that cannot be read, and so are pipes and devices.
    ///
    /// - Parameter ignored: Names of files and folders that are left out, too.
    /// - Throws: `FileError` naming the folder that cannot be listed.
    package static func files(below folder: URL, ignoring ignored: Set<String> = []) throws(FileError) -> [String] {
        var tree = FileTree(folder.path, ignored)
        var next: [String] = [""]
        while let path = next.popLast() {
            try tree.list(path)
            if tree.links.isEmpty { continue }
            next += tree.links.sorted(by: >)
            tree.links = []
        }
        // The order of UTF-8 bytes is that of code points: the same in every language and on every system.
        return tree.files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func list(_ start: String) throws(FileError) {
        var folders = [start]
        while let folder = folders.popLast() {
            let path = folder.isEmpty ? root : root + "/" + folder
            var information = stat()
            guard stat(FileName.bytes(path), &information) == 0, let directory = opendir(FileName.bytes(path)) else {
                throw FileError(path: path, operation: "list")
            }
            defer { closedir(directory) }
            guard seen.insert(Identity(device: UInt64(information.st_dev), number: UInt64(information.st_ino))).inserted else { continue }
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in FileName.text(Array(bytes.prefix { $0 != 0 })) }
                if name.hasPrefix(".") || ignored.contains(name) { continue }
                let relative = folder.isEmpty ? name : folder + "/" + name
                switch Self.kind(Int32(entry.pointee.d_type), at: root + "/" + relative) {
                case .file: files.append(relative)
                case .folder: folders.append(relative)
                case .linkedFolder: links.append(relative)
                }
            }
        }
    }

    private enum Kind { case file, folder, linkedFolder }

    private static func kind(_ type: Int32, at path: String) -> Kind {
        switch type {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        default: break
        }
        var information = stat()
        // Some file systems do not tell in the listing.
        guard stat(FileName.bytes(path), &information) == 0, information.st_mode & S_IFMT == S_IFDIR else { return .file }
        guard lstat(FileName.bytes(path), &information) == 0, information.st_mode & S_IFMT == S_IFLNK else { return .folder }
        return .linkedFolder
    }
}
