import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Replaces files as a whole: a reader sees the old content or the new, never a part, even after a crash or on a full disk.
///
/// The content goes to a temporary file in the same folder, is synced to disk and renamed over the destination; then the folder is
/// synced. The temporary file is removed when anything fails. A destination that is a symbolic link keeps being one.
package enum AtomicFile {
    /// Writes data as the whole content of a file.
    ///
    /// - Throws: `FileError` naming the destination.
    package static func write(_ data: Data, to url: URL) throws(FileError) {
        let target = try Target(url)
        do throws(FileError) {
            try target.create(with: data)
            try target.commit()
        } catch {
            target.discard()
            throw error
        }
    }

    /// Writes data as the whole content of a file, once `check` has looked at the file that is to take its place.
    ///
    /// - Throws: What `check` throws, or `FileError` naming the destination.
    package static func write(_ data: Data, to url: URL, checking check: (URL) throws -> Void) throws {
        let target = try Target(url)
        do {
            try target.create(with: data)
            try check(URL(fileURLWithPath: target.temporary))
            try target.commit()
        } catch {
            target.discard()
            throw error
        }
    }

    /// Lets `body` fill a temporary path, then moves the file there to its destination.
    ///
    /// - Parameter body: Gets the path of a file that exists and is empty; its extension is the destination's.
    /// - Throws: What `body` throws, or `FileError` naming the destination.
    package static func write(to url: URL, _ body: (URL) throws -> Void) throws {
        let target = try Target(url)
        do {
            try target.create(with: Data())
            try body(URL(fileURLWithPath: target.temporary))
            try target.sync()
            try target.commit()
        } catch {
            target.discard()
            throw error
        }
    }

    /// Gives a file a second name, in place of what had it; where the file system knows one name for a file only, the content is copied.
    ///
    /// - Throws: `FileError` naming the destination.
    package static func duplicate(_ source: URL, to url: URL) throws(FileError) {
        let target = try Target(url)
        if link(source.resolvingSymlinksInPath().path, target.temporary) == 0 {
            // A name of the same file already: renaming would leave the temporary one.
            defer { target.discard() }
            return try target.commit()
        }
        let data: Data
        do { data = try Data(contentsOf: source, options: .alwaysMapped) } catch { throw FileError(path: source.path, operation: "read") }
        try write(data, to: url)
    }

    /// Makes a folder and those above it, where they are missing.
    ///
    /// - Throws: `FileError` naming the folder that cannot be made.
    package static func createFolder(_ url: URL) throws(FileError) {
        if url.isFolder { return }
        let parent = url.deletingLastPathComponent()
        if parent.path != url.path { try createFolder(parent) }
        try createSubfolder(url)
    }

    /// Makes a folder where it is missing, but not those above it: where these have gone, somebody has removed or renamed them.
    ///
    /// - Throws: `FileError` naming the folder.
    package static func createSubfolder(_ url: URL) throws(FileError) {
        if mkdir(FileName.bytes(url.path), 0o777) == 0 { return }
        let code = errno
        // Another process may have made it in between.
        if !url.isFolder { throw FileError(path: url.path, operation: FileError.makingFolder, code: code) }
    }

    /// Removes what writers that were killed have left in a folder; those that still run keep theirs.
    package static func removeLeftovers(in folder: URL) {
        for file in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] where file.hasPrefix(Target.prefix) {
            guard let writer = Int32(file.dropFirst(Target.prefix.count).prefix { $0 != "-" }), writer > 0 else { continue }
            if kill(writer, 0) != 0, errno == ESRCH { unlink(folder.appending(path: file).path) }
        }
    }
}

/// The paths of one atomic write.
private struct Target {
    /// The process follows.
    static let prefix = ".writing-"

    let destination: String
    let folder: String
    let temporary: String

    init(_ url: URL) throws(FileError) {
        let resolved = url.resolvingLinks
        destination = resolved.path
        folder = resolved.deletingLastPathComponent().path
        let suffix = resolved.pathExtension.isEmpty ? "" : "." + resolved.pathExtension
        // Hidden and short: folder scans skip it, and a long destination name does not become too long.
        temporary = folder + "/\(Self.prefix)\(getpid())-\(UUID().uuidString.prefix(8))\(suffix)"
        if resolved.isFolder {
            throw FileError(path: destination, operation: "write", code: EISDIR)
        }
    }

    func create(with data: Data) throws(FileError) {
        let descriptor = open(FileName.bytes(temporary), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(path: destination, operation: "write") }
        defer { close(descriptor) }
        let failure: Int32 = data.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let written = Self.write(descriptor, bytes, offset)
                if written < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                offset += written
            }
            return fsync(descriptor) == 0 ? 0 : errno
        }
        if failure != 0 { throw FileError(path: destination, operation: "write", code: failure) }
    }

    func sync() throws(FileError) {
        let descriptor = open(FileName.bytes(temporary), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: destination, operation: "write") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(path: destination, operation: "sync") }
    }

    func commit() throws(FileError) {
        guard rename(FileName.bytes(temporary), FileName.bytes(destination)) == 0 else {
            throw FileError(path: destination, operation: "rename the new file")
        }
        // The file is in place; some file systems cannot sync a folder, which makes the rename no less complete.
        let descriptor = open(FileName.bytes(folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    func discard() {
        unlink(FileName.bytes(temporary))
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        #else
            Darwin.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        #endif
    }
}
