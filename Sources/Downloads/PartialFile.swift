import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The part of a download that has come: `FILE.part`, with `FILE.part.json` that says of which file of the server it is a part.
///
/// It is locked, so that only one process at a time adds to it, and may be left at any moment: the next one goes on behind its last byte.
final class PartialFile {
    /// What the bytes are a part of.
    struct Origin: Codable, Equatable {
        /// Where they were got.
        var address: String
        /// The server's mark of the file's content, an `ETag` or the date of its last change.
        var validator: String
        /// The bytes of the whole file, where they are known.
        var total: Int?
    }

    /// The file that is to be.
    let destination: URL
    /// The bytes that have come.
    private(set) var count: Int
    /// What they are a part of, if that is known.
    private(set) var origin: Origin?
    private let descriptor: Int32

    /// Where the bytes are.
    var url: URL { destination.appendingPathExtension("part") }
    private var record: URL { url.appendingPathExtension("json") }

    /// Opens or makes the file.
    ///
    /// - Throws: `FileError`; `DownloadError.busy` where another process has it.
    init(for destination: URL) throws {
        self.destination = destination
        let path = destination.path + ".part"
        descriptor = try Self.openLocked(path)
        count = Int(lseek(descriptor, 0, SEEK_END))
        origin = (try? Data(contentsOf: record)).flatMap { try? JSONDecoder().decode(Origin.self, from: $0) }
    }

    private static func openLocked(_ path: String) throws -> Int32 {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw FileError(path: path, operation: "write") }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                close(descriptor)
                if code == EWOULDBLOCK { throw DownloadError.busy(path: path) }
                throw FileError(path: path, operation: "lock", code: code)
            }
            // Between opening and locking another process may have finished and moved the file, or removed it.
            var locked = stat()
            var found = stat()
            if fstat(descriptor, &locked) == 0, stat(path, &found) == 0, locked.st_ino == found.st_ino, locked.st_dev == found.st_dev {
                return descriptor
            }
            close(descriptor)
        }
    }

    deinit {
        // Nothing that one could go on with.
        if count == 0, destination.appendingPathExtension("part").exists { discard() }
        close(descriptor)
    }

    /// Forgets the bytes and says what those that follow are a part of.
    func start(_ origin: Origin?) throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw FileError(path: url.path, operation: "write")
        }
        count = 0
        self.origin = origin
        guard let origin else {
            unlink(record.path)
            return
        }
        try AtomicFile.write(JSONEncoder().encode(origin), to: record)
    }

    /// Adds bytes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw FileError(path: url.path, operation: "write") }
            rest = rest.dropFirst(written)
            count += written
        }
    }

    /// Makes the destination of it.
    func finish() throws {
        guard fsync(descriptor) == 0 else { throw FileError(path: url.path, operation: "sync") }
        guard rename(url.path, destination.path) == 0 else {
            throw FileError(path: destination.path, operation: "rename the new file")
        }
        unlink(record.path)
    }

    /// Removes it.
    func discard() {
        unlink(url.path)
        unlink(record.path)
    }
}
