import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension URL {
    /// Whether there is something at this path.
    package var exists: Bool { mode != nil }

    /// Whether there is a folder at this path, or a link to one.
    package var isFolder: Bool { mode.map { $0 & S_IFMT == S_IFDIR } ?? false }

    /// Whether there is a folder at this path that can be read and holds nothing.
    package var isEmptyFolder: Bool { (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true }

    /// The path without symbolic links; what is not there yet stays as it is.
    package var resolvingLinks: URL {
        var existing = standardizedFileURL
        var rest: [String] = []
        while !existing.exists, existing.path != "/" {
            rest.insert(existing.lastPathComponent, at: 0)
            existing.deleteLastPathComponent()
        }
        guard let resolved = realpath(FileName.bytes(existing.path), nil) else { return standardizedFileURL }
        defer { free(resolved) }
        return rest.reduce(URL(filePath: FileName.text(resolved))) { $0.appending(path: $1) }
    }

    private var mode: mode_t? {
        var information = stat()
        return stat(FileName.bytes(path), &information) == 0 ? information.st_mode : nil
    }
}
