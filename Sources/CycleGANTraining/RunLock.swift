import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps everyone else out of a run folder while this value lives; the system releases it when the process ends in any way.
public final class RunLock {
    private let descriptor: Int32
    private let path: String

    /// Whether the folder is still where it was: nobody has removed or renamed it.
    var isInPlace: Bool {
        var locked = stat()
        var found = stat()
        guard fstat(descriptor, &locked) == 0, stat(path, &found) == 0 else { return false }
        return locked.st_ino == found.st_ino && locked.st_dev == found.st_dev
    }

    /// - Throws: `RunError.locked` when the run is in use, or `FileError` naming what cannot be made.
    public init(_ run: RunFolder) throws {
        try AtomicFile.createFolder(run.url)
        path = run.lock.path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "open") }
        // Unlike lockf's, this lock belongs to the open file: closing another descriptor of the same file does not end it.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? RunError.locked(run.url.path) : FileError(path: path, operation: "lock", code: code)
        }
        run.removeLeftovers()
    }

    deinit { close(descriptor) }
}
