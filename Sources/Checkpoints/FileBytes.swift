import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file mapped into memory, with the name it has in messages.
struct FileBytes {
    let name: String
    let data: Data
    /// Which tensors to copy out of it, by name.
    let isWanted: (String) -> Bool

    init(name: String, data: Data) {
        self.name = name
        self.data = data
        isWanted = { _ in true }
    }

    /// Maps a file, so that large ones are not copied.
    ///
    /// - Throws: `CheckpointError.unreadable` with the system's reason.
    init(contentsOf url: URL, where isWanted: @escaping (String) -> Bool = { _ in true }) throws(CheckpointError) {
        name = url.path
        self.isWanted = isWanted
        if url.isFolder {
            throw .unreadable(file: url.path, reason: systemReason(FileError(path: url.path, operation: "read", code: EISDIR)))
        }
        if let problem = RegularFile.problem(at: url.path) { throw .unreadable(file: url.path, reason: problem) }
        do {
            data = try Data(contentsOf: url, options: .mappedIfSafe)
        } catch {
            if access(url.path, R_OK) != 0 {
                throw .unreadable(file: url.path, reason: systemReason(FileError(path: url.path, operation: "read")))
            }
            // Foundation tells nothing of memory that it did not get.
            let size = (try? url.resourceValues(forKeys: [.fileSizeKey]))?.fileSize.map { "\($0) bytes" } ?? "content"
            let isUnknown = (error as? CocoaError)?.code == .fileReadUnknown
            throw .unreadable(file: url.path, reason: isUnknown ? "there is no memory for its \(size)" : systemReason(error))
        }
    }
}

/// The system's own words for a failed reading or writing, which Foundation hides under its errors.
func systemReason(_ error: any Error) -> String {
    if let error = error as? FileError { return error.reason }
    if let cause = (error as? CocoaError)?.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
        return FileError(path: "", operation: "", code: Int32(cause.code)).reason
    }
    return error is CocoaError ? error.localizedDescription : "\(error)"
}

/// Reads little-endian numbers and runs of bytes one after the other, never beyond the end.
struct ByteCursor {
    let file: FileBytes
    private(set) var position: Int
    private let end: Int

    /// - Parameter range: The part of the file to read, all of it by default.
    init(_ file: FileBytes, range: Range<Int>? = nil) {
        self.file = file
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? file.data.count
    }

    /// The number of bytes left.
    var remaining: Int { end - position }

    /// Skips `count` bytes and tells where they lie in the file.
    mutating func skip(_ count: Int) throws(CheckpointError) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw .damaged(file: file.name, reason: "cut off: \(count) bytes are wanted at byte \(position) and \(remaining) are left")
        }
        defer { position += count }
        return position..<position + count
    }

    /// The next `count` bytes.
    mutating func read(_ count: Int) throws(CheckpointError) -> Data {
        let range = try skip(count)
        return file.data.withUnsafeBytes { Data($0[range]) }
    }

    /// The next little-endian integer.
    mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(CheckpointError) -> Integer {
        let range = try skip(MemoryLayout<Integer>.size)
        return Integer(littleEndian: file.data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Integer.self) })
    }

    /// The next byte, which stays unread.
    func peek() -> UInt8? {
        remaining > 0 ? file.data[file.data.startIndex + position] : nil
    }

    /// The next bytes up to a line feed, which is skipped.
    mutating func line() throws(CheckpointError) -> Data {
        let length = file.data.withUnsafeBytes { $0[position..<end].firstIndex(of: UInt8(ascii: "\n")).map { $0 - position } }
        guard let length else { throw .damaged(file: file.name, reason: "cut off: a line at byte \(position) does not end") }
        let text = try read(length)
        _ = try skip(1)
        return text
    }
}
