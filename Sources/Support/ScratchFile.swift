import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file without a name, for what does not fit into memory: whatever ends the process, nothing is left of it.
///
/// Parts may be read and written by several threads at once.
package final class ScratchFile: Sendable {
    private let descriptor: Int32
    private let folder: String
    private let content: String

    /// - Parameters:
    ///   - folder: On the disk that has room for it.
    ///   - bytes: What it will hold.
    ///   - others: What other files will still hold on the same disk.
    ///   - content: What it holds, for messages: `maps`.
    /// - Throws: `FileError`; with `isDiskFull` where there is less room already.
    package init(in folder: URL, bytes: Int, reserving others: Int = 0, content: String) throws(FileError) {
        self.folder = folder.path
        self.content = content
        if let free = freeDiskSpace(at: folder), free < bytes + others {
            let files = others > 0 ? " and \(gigabytes(others)) of other files" : ""
            throw FileError(
                path: folder.path, operation: "keep \(gigabytes(bytes)) of \(content)\(files), with \(gigabytes(free)) free", code: ENOSPC)
        }
        descriptor = Self.opened(in: folder)
        guard descriptor >= 0 else { throw FileError(path: folder.path, operation: "keep \(content) in this folder") }
    }

    private static func opened(in folder: URL) -> Int32 {
        #if canImport(Glibc)
            // O_TMPFILE, whose macro Swift cannot read: never a name, where the file system can.
            let nameless = open(FileName.bytes(folder.path), O_RDWR | O_CLOEXEC | 0o20000000 | O_DIRECTORY, 0o600)
            if nameless >= 0 { return nameless }
        #endif
        let path = folder.appending(path: ".scratch-\(getpid())-\(UUID().uuidString.prefix(8))").path
        let descriptor = open(FileName.bytes(path), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { unlink(FileName.bytes(path)) }
        return descriptor
    }

    /// A file that has a name and stays, for what another process may go on with. None may have it open at the same time.
    ///
    /// - Parameters:
    ///   - url: Of a file that is there, or will be.
    ///   - bytes: What it will hold.
    ///   - content: What it holds, for messages.
    /// - Throws: `FileError`; with `isDiskFull` where there is less room already.
    package init(at url: URL, bytes: Int, content: String) throws(FileError) {
        folder = url.deletingLastPathComponent().path
        self.content = content
        descriptor = open(FileName.bytes(url.path), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: folder, operation: "keep \(content) in this folder") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw FileError(path: folder, operation: "keep \(content) in this folder, where another process does")
        }
        var information = stat()
        let held = fstat(descriptor, &information) == 0 ? Int(information.st_blocks) * 512 : 0
        if let free = freeDiskSpace(at: url), free < bytes - held {
            throw FileError(
                path: folder, operation: "keep \(gigabytes(bytes)) of \(content), with \(gigabytes(free + held)) free", code: ENOSPC)
        }
    }

    deinit { close(descriptor) }

    /// Waits until all that was written is on the disk.
    package func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path: folder, operation: "write \(content) in this folder") }
    }

    /// Writes bytes from a place on.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        try move(bytes.count, "write") { pwrite(descriptor, bytes.baseAddress?.advanced(by: $0), bytes.count - $0, off_t(offset + $0)) }
    }

    /// Reads bytes from a place on, all of them.
    package func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        try move(bytes.count, "read") { pread(descriptor, bytes.baseAddress?.advanced(by: $0), bytes.count - $0, off_t(offset + $0)) }
    }

    /// Calls `part` with the bytes that are done until all are.
    private func move(_ count: Int, _ operation: String, _ part: (Int) -> Int) throws {
        var done = 0
        while done < count {
            let moved = part(done)
            if moved > 0 {
                done += moved
            } else if moved == 0 || errno != EINTR {
                throw FileError(path: folder, operation: "\(operation) \(content) in this folder", code: moved == 0 ? EIO : errno)
            }
        }
    }
}
