import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes or replaces folders as a whole: what has the name is the old folder or the new one, never a part.
///
/// The new folder is filled beside its destination, under a hidden name, and renamed; an old one is put aside first and removed last.
package enum AtomicFolder {
    /// Lets `body` fill an empty folder, then moves it to its destination.
    ///
    /// - Parameters:
    ///   - isReplaceable: Whether a folder that has the name may be removed; files never are.
    ///   - body: Gets a folder with the destination's extension.
    /// - Throws: What `body` throws, or `FileError` naming the destination.
    package static func write(to url: URL, isReplaceable: (URL) -> Bool, _ body: (URL) throws -> Void) throws {
        let destination = url.resolvingLinks
        if destination.exists, !destination.isFolder || !isReplaceable(destination) {
            throw FileError(path: url.path, operation: "write", code: EEXIST)
        }
        let name = ".writing-\(getpid())-\(UUID().uuidString.prefix(8))"
        func beside(_ suffix: String) -> URL { destination.deletingLastPathComponent().appending(path: name + suffix) }
        let (new, old) = (beside("." + destination.pathExtension), beside(".old"))
        guard mkdir(FileName.bytes(new.path), 0o777) == 0 else { throw FileError(path: url.path, operation: "write") }
        defer { try? FileManager.default.removeItem(at: new) }
        do {
            try body(new)
        } catch let error as FileError where error.path.hasPrefix(new.path) {
            throw FileError(path: url.path + error.path.dropFirst(new.path.count), operation: error.operation, code: error.code)
        }
        let replaces = destination.exists
        if replaces, rename(FileName.bytes(destination.path), FileName.bytes(old.path)) != 0 {
            throw FileError(path: url.path, operation: "replace")
        }
        guard rename(FileName.bytes(new.path), FileName.bytes(destination.path)) == 0 else {
            let error = FileError(path: url.path, operation: "rename the new folder")
            if replaces { rename(FileName.bytes(old.path), FileName.bytes(destination.path)) }
            throw error
        }
        if replaces { try? FileManager.default.removeItem(at: old) }
    }
}
