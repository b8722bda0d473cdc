import Foundation
import Support
import TorchNN

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file without a name, for maps that do not fit into memory: whatever ends the process, nothing is left of it.
final class MapSpill: MapFile {
    private let descriptor: Int32
    private let folder: String

    /// - Parameters:
    ///   - folder: On the disk that has room for it.
    ///   - bytes: What it will hold.
    /// - Throws: `FileError`; with `isDiskFull` where there is less room already.
    init(in folder: URL, bytes: Int) throws(FileError) {
        self.folder = folder.path
        if let free = freeDiskSpace(at: folder), free < bytes {
            throw FileError(path: folder.path, operation: "keep \(gigabytes(bytes)) of maps, with \(gigabytes(free)) free", code: ENOSPC)
        }
        let path = folder.appending(path: ".maps-\(getpid())-\(UUID().uuidString.prefix(8))").path
        descriptor = open(FileName.bytes(path), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: folder.path, operation: "keep maps in this folder") }
        unlink(FileName.bytes(path))
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        try move(bytes.count, "write") { pwrite(descriptor, bytes.baseAddress?.advanced(by: $0), bytes.count - $0, off_t(offset + $0)) }
    }

    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
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
                throw FileError(path: folder, operation: "\(operation) maps in this folder", code: moved == 0 ? EIO : errno)
            }
        }
    }
}
