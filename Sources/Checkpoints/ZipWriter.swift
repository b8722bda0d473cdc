import Foundation

/// Writes a zip archive of stored members, one after the other.
struct ZipWriter {
    private let handle: FileHandle
    private var directory = Data()
    private var offset = 0
    private var count = 0

    init(_ handle: FileHandle) {
        self.handle = handle
    }

    /// Appends a member.
    ///
    /// - Throws: What the file handle throws, or `ZipLimitError`.
    mutating func add(_ name: String, _ content: Data) throws {
        // The sizes and offsets of a plain zip archive are 32-bit numbers; all bits set means that they are elsewhere.
        guard offset + content.count + 1 << 16 < UInt32.max, count + 1 < UInt16.max else { throw ZipLimitError() }
        let size = UInt32(content.count)
        var common = Data()
        // Version 2.0, no flags (UTF-8 names), stored, 1 January 1980: the same content gives the same file.
        common.append(contentsOf: [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0])
        for number in [checksum(content), size, size] { common.append(littleEndian: number) }
        common.append(littleEndian: UInt16(name.utf8.count))
        common.append(littleEndian: UInt16(0))
        directory.append(contentsOf: [0x50, 0x4B, 1, 2, 20, 0])
        directory.append(common)
        directory.append(Data(count: 10))
        directory.append(littleEndian: UInt32(offset))
        directory.append(contentsOf: name.utf8)
        let header = Data([0x50, 0x4B, 3, 4]) + common + Data(name.utf8)
        try handle.write(contentsOf: header)
        try handle.write(contentsOf: content)
        offset += header.count + content.count
        count += 1
    }

    /// Writes the table of contents.
    mutating func finish() throws {
        var end = Data([0x50, 0x4B, 5, 6, 0, 0, 0, 0])
        for _ in 0..<2 { end.append(littleEndian: UInt16(count)) }
        end.append(littleEndian: UInt32(directory.count))
        end.append(littleEndian: UInt32(offset))
        end.append(littleEndian: UInt16(0))
        try handle.write(contentsOf: directory + end)
    }
}

/// More content than a plain zip archive holds.
struct ZipLimitError: Error, CustomStringConvertible {
    var description: String { "a zip archive holds less than 4 GiB and 65535 members; use the safetensors format" }
}

extension Data {
    mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
