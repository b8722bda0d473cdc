import CZlib
import Foundation

/// The members of a plain zip archive, stored or deflated, each checked against its CRC-32.
///
/// Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. Archives of 4 GiB and more are not read.
struct ZipDirectory {
    private struct Member {
        let name: String
        let flags, method: UInt16
        let crc: UInt32
        let compressedSize, size, headerOffset: Int
    }

    private let file: FileBytes
    /// In order.
    private let members: [Member]
    private let indices: [String: Int]

    // Four times the file and 256 MB: statistics of images do not get smaller than that, and bombs do.
    private static func mostUnpacked(of file: FileBytes) -> Int { 4 * file.data.count + (256 << 20) }

    /// Reads the table of contents, which is at the end of the file.
    init(_ file: FileBytes) throws(CheckpointError) {
        self.file = file
        var end = try ByteCursor(file, range: Self.endRecord(of: file)..<file.data.count)
        _ = try end.skip(10)
        let count = try end.integer(UInt16.self)
        let size = Int(try end.integer(UInt32.self))
        let start = Int(try end.integer(UInt32.self))
        guard count < UInt16.max, start < UInt32.max else {
            throw .unsupported(file: file.name, what: "a zip archive of 65535 members or 4 GiB and more")
        }
        guard start <= file.data.count, size <= file.data.count - start else {
            throw .damaged(file: file.name, reason: "its table of contents lies outside the file")
        }
        var cursor = ByteCursor(file, range: start..<start + size)
        var members: [Member] = []
        for _ in 0..<count { members.append(try Self.member(&cursor)) }
        self.members = members
        indices = Dictionary(members.enumerated().map { ($1.name, $0) }) { first, _ in first }
        guard indices.count == members.count else { throw .damaged(file: file.name, reason: "two members have one name") }
        // Members that share bytes would make many of few.
        guard members.reduce(0, { $0 + $1.compressedSize }) <= file.data.count else {
            throw .damaged(file: file.name, reason: "its members are larger than the file: they overlap")
        }
        let (unpacked, limit) = (members.reduce(0) { $0 + $1.size }, Self.mostUnpacked(of: file))
        guard unpacked <= limit else {
            throw .damaged(file: file.name, reason: "its members unpack to \(unpacked) bytes; at most \(limit) are allowed for its size")
        }
    }

    /// The members' names in order.
    var names: [String] { members.map(\.name) }

    /// The unpacked bytes of a member.
    ///
    /// - Throws: `CheckpointError` also for encryption and unknown compression.
    func content(of name: String) throws(CheckpointError) -> Data {
        guard let member = indices[name].map({ members[$0] }) else { throw damaged(name, "missing") }
        guard member.flags & 1 == 0 else { throw .unsupported(file: file.name, what: "the encrypted member '\(name)'") }
        guard member.headerOffset <= file.data.count else { throw damaged(name, "begins outside the file") }
        var cursor = ByteCursor(file, range: member.headerOffset..<file.data.count)
        guard try cursor.integer(UInt32.self) == 0x0403_4B50 else { throw damaged(name, "has no header") }
        _ = try cursor.skip(22)
        let nameLength = try cursor.integer(UInt16.self)
        let extraLength = try cursor.integer(UInt16.self)
        _ = try cursor.skip(Int(nameLength) + Int(extraLength))
        let packed = try cursor.read(member.compressedSize)
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

    private func inflated(_ packed: Data, _ member: Member) throws(CheckpointError) -> Data {
        // Deflate makes at most 1032 bytes of one: a damaged size cannot ask for all memory.
        guard member.size / 1032 <= packed.count else { throw damaged(member.name, "claims \(member.size) bytes in \(packed.count)") }
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

    /// Where the record at the end begins; an archive's comment may follow it.
    private static func endRecord(of file: FileBytes) throws(CheckpointError) -> Int {
        let (count, length) = (file.data.count, 22)
        let found = file.data.withUnsafeBytes { bytes in
            stride(from: count - length, through: max(0, count - length - Int(UInt16.max)), by: -1).first {
                bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4B, 5, 6])
            }
        }
        guard let found else { throw .damaged(file: file.name, reason: "it is not a whole zip archive: the table of contents is missing") }
        return found
    }

    private static func member(_ cursor: inout ByteCursor) throws(CheckpointError) -> Member {
        guard try cursor.integer(UInt32.self) == 0x0201_4B50 else {
            throw .damaged(file: cursor.file.name, reason: "an entry of its table of contents does not begin as such")
        }
        _ = try cursor.skip(4)
        let flags = try cursor.integer(UInt16.self)
        let method = try cursor.integer(UInt16.self)
        _ = try cursor.skip(4)
        let crc = try cursor.integer(UInt32.self)
        let compressedSize = try cursor.integer(UInt32.self)
        let size = try cursor.integer(UInt32.self)
        let nameLength = try cursor.integer(UInt16.self)
        let extraLength = try cursor.integer(UInt16.self)
        let commentLength = try cursor.integer(UInt16.self)
        _ = try cursor.skip(8)
        let offset = try cursor.integer(UInt32.self)
        let name = String(decoding: try cursor.read(Int(nameLength)), as: UTF8.self)
        _ = try cursor.skip(Int(extraLength) + Int(commentLength))
        return Member(
            name: name, flags: flags, method: method, crc: crc, compressedSize: Int(compressedSize), size: Int(size),
            headerOffset: Int(offset))
    }

    private func damaged(_ name: String, _ reason: String) -> CheckpointError {
        .damaged(file: file.name, reason: "member '\(name)' \(reason)")
    }
}

/// The CRC-32 of zip archives.
func checksum(_ data: Data) -> UInt32 {
    UInt32(data.withUnsafeBytes { crc32_z(0, $0.bindMemory(to: Bytef.self).baseAddress, $0.count) })
}
