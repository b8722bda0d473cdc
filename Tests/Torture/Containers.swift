import Foundation

/// Containers with check values, made anew around damaged content, so that readers get to it.
enum Containers {
    /// A zip archive of stored members.
    static func zip(_ members: [(name: String, content: Data)]) -> Data {
        var (archive, table) = (Data(), Data())
        for (name, content) in members {
            // Flags, method, time and date are zero; then the check value, both sizes and the lengths of the names.
            let common =
                [20, 0, 0, 0, 0, 0, 0, 0, 0, 0].map { $0 as UInt8 } + little(Int(crc32(content)), 4) + little(content.count, 4)
                + little(content.count, 4) + little(name.utf8.count, 2) + [0, 0]
            table += [0x50, 0x4B, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10) + little(archive.count, 4) + Array(name.utf8)
            archive += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + content
        }
        return archive + table + endOfZip(count: members.count, size: table.count, start: archive.count)
    }

    /// The stored members of a zip archive that is as it should be and has no comment; none of any other file.
    static func members(ofZip archive: Data) -> [(name: String, content: Data)] {
        let bytes = [UInt8](archive)
        func number(_ at: Int, _ count: Int) -> Int { bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.count >= 22, bytes[(bytes.count - 22)...].starts(with: [0x50, 0x4B, 5, 6]) else { return [] }
        var entry = number(bytes.count - 6, 4)
        return (0..<number(bytes.count - 12, 2)).map { _ in
            let (size, header) = (number(entry + 24, 4), number(entry + 42, 4))
            let name = String(decoding: bytes[entry + 46..<entry + 46 + number(entry + 28, 2)], as: UTF8.self)
            let start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
            entry += 46 + number(entry + 28, 2) + number(entry + 30, 2) + number(entry + 32, 2)
            return (name, Data(bytes[start..<start + size]))
        }
    }

    /// The record at the end of a zip archive.
    static func endOfZip(count: Int, size: Int, start: Int) -> [UInt8] {
        [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(count, 2) + little(count, 2) + little(size, 4) + little(start, 4) + [0, 0]
    }

    /// A PNG file with the check values that its chunks should have.
    static func png(_ file: Data) -> Data {
        var bytes = [UInt8](file)
        var start = 8
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - start - 12 else { break }
            let end = start + 8 + length
            bytes.replaceSubrange(end..<end + 4, with: little(Int(crc32(bytes[start + 4..<end])), 4).reversed())
            start = end + 4
        }
        return Data(bytes)
    }

    static func little(_ number: Int, _ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0.prefix(count)) }
    }

    /// The check value of zip and PNG: polynomial division, a byte at a time.
    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }

    private static let table: [UInt32] = (0..<256 as Range<UInt32>).map { byte in
        (0..<8).reduce(byte) { remainder, _ in remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
    }
}
