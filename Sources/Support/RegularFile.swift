import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that end, unlike pipes and devices, which a reader would wait for or read without end.
package enum RegularFile {
    /// What is wrong with what lies at a path; `nil` for a regular file or a folder, and where the path cannot be looked at.
    package static func problem(at path: String) -> String? {
        var information = stat()
        guard stat(FileName.bytes(path), &information) == 0 else { return nil }
        switch information.st_mode & S_IFMT {
        case S_IFREG, S_IFDIR: return nil
        case S_IFIFO: return "it is a pipe; save what comes through it to a file first"
        default: return "it is a device or a socket; a file was expected"
        }
    }

    /// The whole content of a file, whatever its name.
    ///
    /// - Parameter isMapped: Whether it is read only where it is looked at.
    /// - Throws: `FileError` naming the file.
    package static func content(at path: String, isMapped: Bool = false) throws(FileError) -> Data {
        let descriptor = open(FileName.bytes(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "read") }
        var information = stat()
        if isMapped, fstat(descriptor, &information) == 0, information.st_size > 0 {
            defer { close(descriptor) }
            let count = Int(information.st_size)
            guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
                throw FileError(path: path, operation: "read")
            }
            return Data(bytesNoCopy: memory, count: count, deallocator: .unmap)
        }
        do {
            return try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).readToEnd() ?? Data()
        } catch {
            throw FileError(path: path, operation: "read", code: EIO)
        }
    }

    /// Puts bytes in the place of others in a file, or behind its end.
    ///
    /// - Throws: `FileError` naming the file.
    package static func replace(_ bytes: [UInt8], at offset: Int, in path: String) throws(FileError) {
        let descriptor = open(FileName.bytes(path), O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "write") }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { bytes in
                pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
            }
            if written < 0, errno != EINTR { throw FileError(path: path, operation: "write") }
            done += max(0, written)
        }
    }

    /// Lets go of the memory of mapped data, which is read again where it is looked at. Other data would be lost.
    package static func release(_ data: Data) {
        data.withUnsafeBytes { bytes in
            let page = Int(getpagesize())
            guard let start = bytes.baseAddress, Int(bitPattern: start).isMultiple(of: page) else { return }
            madvise(UnsafeMutableRawPointer(mutating: start), bytes.count, MADV_DONTNEED)
        }
    }
}
