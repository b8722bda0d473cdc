import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Bytes that come through a pipe or from a file, with a look at those ahead. To be used from one thread at a time.
package final class ByteStream {
    private let descriptor: Int32
    private var held: [UInt8] = []
    /// Where the bytes that are not taken yet begin.
    private var start = 0
    private var isAtEnd = false
    /// From `true` on the stream is at its end, whatever may still come.
    package var isStopped: (@Sendable () -> Bool)?

    /// - Parameter descriptor: An open file, which stays open.
    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The bytes that are here and not taken yet.
    package var available: ArraySlice<UInt8> { held[start...] }

    /// Waits for more bytes.
    ///
    /// - Returns: Whether there were any.
    /// - Throws: `FileError`.
    package func receive() throws(FileError) -> Bool {
        if isAtEnd { return false }
        if start > 0 {
            held.removeFirst(start)
            start = 0
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            if let isStopped {
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                while poll(&request, 1, 100) == 0 {
                    if isStopped() {
                        isAtEnd = true
                        return false
                    }
                }
            }
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: "standard input", operation: "read") }
            isAtEnd = count == 0
            held += chunk[..<count]
            return count > 0
        }
    }

    /// Takes so many bytes; fewer where the stream ends before.
    ///
    /// - Throws: `FileError`.
    package func take(_ count: Int) throws(FileError) -> [UInt8] {
        // What a header claims may never come.
        held.reserveCapacity(min(count, 1 << 26) + 1 << 18)
        while available.count < count, try receive() {}
        let taken = Array(available.prefix(count))
        start += taken.count
        return taken
    }

    /// Takes all that is left.
    ///
    /// - Throws: `FileError`.
    package func takeAll() throws(FileError) -> Data {
        while try receive() {}
        defer { start = held.count }
        return Data(available)
    }

    /// Writes all bytes to an open file.
    ///
    /// - Parameter name: What to call it in errors.
    package static func write(_ data: Data, to descriptor: Int32, name: String) throws(FileError) {
        var done = 0
        while done < data.count {
            let written = data.withUnsafeBytes { bytes in
                #if canImport(Glibc)
                    Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                #else
                    Darwin.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                #endif
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw FileError(path: name, operation: "write") }
            done += written
        }
    }
}
