import CZlib
import Foundation

/// The members of a zip archive, stored or deflated, also of one of 4 GiB and more (zip64).
///
/// Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
package struct ZipDirectory {
    package struct Member {
        package let name: String
        let flags, method: UInt16
        let crc: UInt32
        let compressedSize: Int
        /// The bytes of its content.
        package let size: Int
        let headerOffset: Int
        /// What Unix calls its mode, where the archive was made there; a link is told by it.
        package let mode: UInt16
    }

    private let file: FileBytes
    /// What is in the archive, in order.
    package let members: [Member]
    private let indices: [String: Int]

    // Four times the file and 256 MB: statistics of images do not get smaller than that, and bombs do.
    private static func mostUnpacked(of file: FileBytes) -> Int { 4 * file.data.count + (256 << 20) }

    /// Reads the table of contents of an archive.
    ///
    /// - Throws: `CheckpointError` naming the file.
    package init(contentsOf url: URL) throws(CheckpointError) {
        try self.init(FileBytes(contentsOf: url))
    }

    /// Reads the table of contents, which is at the end of the file.
    init(_ file: FileBytes) throws(CheckpointError) {
        self.file = file
        let table = try Self.table(of: file)
        var cursor = ByteCursor(file, range: table.bytes)
        var members: [Member] = []
        for _ in 0..<table.count { members.append(try Self.member(&cursor)) }
        self.members = members
        indices = Dictionary(members.enumerated().map { ($1.name, $0) }) { first, _ in first }
        guard indices.count == members.count else { throw .damaged(file: file.name, reason: "two members have one name") }
        // Members that share bytes would make many of few.
        guard Self.sum(members.map(\.compressedSize)) <= file.data.count else {
            throw .damaged(file: file.name, reason: "its members are larger than the file: they overlap")
        }
        let (unpacked, limit) = (Self.sum(members.map(\.size)), Self.mostUnpacked(of: file))
        guard unpacked <= limit else {
            throw .damaged(file: file.name, reason: "its members unpack to \(unpacked) bytes; at most \(limit) are allowed for its size")
        }
    }

    /// The members' names in order.
    var names: [String] { members.map(\.name) }

    /// Whether there is a member of that name.
    func contains(_ name: String) -> Bool { indices[name] != nil }

    /// Where the bytes of a member lie in the file; those of a compressed one are packed.
    private func packedRange(of member: Member) throws(CheckpointError) -> Range<Int> {
        guard member.flags & 1 == 0 else { throw .unsupported(file: file.name, what: "the encrypted member '\(member.name)'") }
        guard member.headerOffset <= file.data.count else { throw damaged(member.name, "begins outside the file") }
        var cursor = ByteCursor(file, range: member.headerOffset..<file.data.count)
        guard try cursor.integer(UInt32.self) == 0x0403_4B50 else { throw damaged(member.name, "has no header") }
        _ = try cursor.skip(22)
        let nameLength = try cursor.integer(UInt16.self)
        let extraLength = try cursor.integer(UInt16.self)
        _ = try cursor.skip(Int(nameLength) + Int(extraLength))
        return try cursor.skip(member.compressedSize)
    }

    /// Where the bytes of a member lie that is not compressed.
    ///
    /// - Throws: `CheckpointError` also for a compressed one. What is there is not compared with its CRC-32.
    func range(of name: String) throws(CheckpointError) -> Range<Int> {
        let member = try member(name)
        guard member.method == 0, member.size == member.compressedSize else { throw damaged(name, "is compressed") }
        return try packedRange(of: member)
    }

    /// The unpacked bytes of a member, compared with its CRC-32.
    ///
    /// - Throws: `CheckpointError` also for encryption and unknown compression.
    package func content(of name: String) throws(CheckpointError) -> Data {
        let member = try member(name)
        let range = try packedRange(of: member)
        let packed = file.data.withUnsafeBytes { Data($0[range]) }
        let content: Data
        switch member.method {
        case 0: content = packed
        case 8: content = try inflated(packed, member)
        case let other: throw .unsupported(file: file.name, what: "the compression \(other) of member '\(name)'; stored and deflated are")
        }
        guard content.count == member.size else { throw damaged(name, "has \(content.count) bytes, not \(member.size)") }
        guard checksum(content) == member.crc else { throw damaged(name, "has other bytes than were written (CRC-32)") }
        return content
    }

    private func member(_ name: String) throws(CheckpointError) -> Member {
        guard let member = indices[name].map({ members[$0] }) else { throw damaged(name, "missing") }
        return member
    }

    private func inflated(_ packed: Data, _ member: Member) throws(CheckpointError) -> Data {
        // Deflate makes at most 1032 bytes of one: a damaged size cannot ask for all memory.
        guard member.size / 1032 <= packed.count else { throw damaged(member.name, "claims \(member.size) bytes in \(packed.count)") }
        // zlib counts in 32 bits.
        guard max(member.size, packed.count) <= UInt32.max else {
            throw .unsupported(file: file.name, what: "the compressed member '\(member.name)' of \(member.size) bytes: 4 GiB and more")
        }
        var output = Data(count: member.size)
        let status = output.withUnsafeMutableBytes { output in
            packed.withUnsafeBytes { input in
                var stream = z_stream()
                // Negative window bits: raw deflate, without zlib's own header.
                guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                    return Z_MEM_ERROR
                }
                defer { inflateEnd(&stream) }
                stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: Bytef.self).baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.bindMemory(to: Bytef.self).baseAddress
                stream.avail_out = UInt32(output.count)
                let status = inflate(&stream, Z_FINISH)
                return status == Z_STREAM_END && stream.avail_out > 0 ? Z_DATA_ERROR : status
            }
        }
        guard status == Z_STREAM_END else { throw damaged(member.name, "cannot be unpacked (zlib's status \(status))") }
        return output
    }

    private func damaged(_ name: String, _ reason: String) -> CheckpointError {
        .damaged(file: file.name, reason: "member '\(name)' \(reason)")
    }
}

/// The CRC-32 of zip archives.
func checksum(_ data: Data) -> UInt32 {
    UInt32(data.withUnsafeBytes { crc32_z(0, $0.bindMemory(to: Bytef.self).baseAddress, $0.count) })
}
