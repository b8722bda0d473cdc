import CZlib
import Foundation
import Support

/// Reads a tar archive from its beginning to its end, packed with gzip or not (POSIX.1-2017, pax; GNU's long names).
final class TarReader {
    /// An entry, without its content.
    struct Entry {
        var name: String
        var size: Int
        /// `0` for a file, `5` for a folder, anything else for what no data set has.
        var kind: UInt8
    }

    private let path: String
    private let file: gzFile
    /// The bytes of the current entry that were not read yet, and those behind it up to the next block.
    private var rest = 0
    private var padding = 0
    private static let block = 512

    /// - Throws: `FileError`.
    init(_ url: URL) throws {
        path = url.path
        guard let file = gzopen(path, "rb") else { throw FileError(path: path, operation: "read") }
        self.file = file
        gzbuffer(file, 1 << 17)
    }

    deinit { gzclose(file) }

    /// The next entry; what is left of the one before is skipped. `nil` at the end.
    ///
    /// - Throws: `ArchiveError.damaged`.
    func next() throws -> Entry? {
        var longName: String?
        var longSize: Int?
        while true {
            try skip(rest + padding)
            (rest, padding) = (0, 0)
            guard let header = try header() else { return nil }
            var entry = try entry(header)
            rest = entry.size
            padding = (Self.block - entry.size % Self.block) % Self.block
            switch entry.kind {
            case UInt8(ascii: "L"):
                longName = text(try content(of: entry, limit: 1 << 16)[...])
            case UInt8(ascii: "x"):
                for (key, value) in paxRecords(try content(of: entry, limit: 1 << 20)) {
                    if key == "path" { longName = value }
                    if key == "size" { longSize = Int(value) }
                }
            case UInt8(ascii: "g"), UInt8(ascii: "K"): continue
            default:
                if let longName { entry.name = longName }
                if let longSize, longSize >= 0 {
                    entry.size = longSize
                    rest = longSize
                    padding = (Self.block - longSize % Self.block) % Self.block
                }
                return entry
            }
        }
    }

    /// The next bytes of the current entry: an empty list at its end.
    func read(atMost count: Int) throws -> [UInt8] {
        let bytes = try take(min(count, rest))
        rest -= bytes.count
        return bytes
    }

    private func content(of entry: Entry, limit: Int) throws -> [UInt8] {
        guard entry.size <= limit else { throw damaged("a name or a description of \(entry.size) bytes") }
        return try read(atMost: entry.size)
    }

    /// The next block that is not empty; two empty ones, or the end of the file, end the archive.
    private func header() throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Self.block)
        for _ in 0..<2 {
            let count = try fill(&buffer)
            if count == 0 { return nil }
            guard count == Self.block else { throw damaged("it ends within an entry") }
            if buffer.contains(where: { $0 != 0 }) { return buffer }
        }
        return nil
    }

    private func entry(_ header: [UInt8]) throws -> Entry {
        // The sum over the header, its own eight bytes counted as spaces.
        let sum = header.indices.reduce(0) { $0 + (148..<156 ~= $1 ? 32 : Int(header[$1])) }
        guard let expected = octal(header[148..<156]), expected == sum else { throw damaged("an entry of it does not begin as such") }
        guard let size = number(header[124..<136]), size < 1 << 40 else { throw damaged("an entry of it has no size") }
        let isPOSIX = header[257..<262].elementsEqual(Array("ustar".utf8)) && header[262] == 0
        let prefix = isPOSIX ? text(header[345..<500]) : ""
        let name = text(header[0..<100])
        let kind = header[156] == 0 ? UInt8(ascii: "0") : header[156]
        return Entry(
            name: prefix.isEmpty ? name : prefix + "/" + name, size: size, kind: kind == UInt8(ascii: "7") ? UInt8(ascii: "0") : kind)
    }

    /// Records `27 path=some/name\n`, each with its length in front.
    private func paxRecords(_ bytes: [UInt8]) -> [(String, String)] {
        var records: [(String, String)] = []
        var rest = bytes[...]
        while let space = rest.firstIndex(of: UInt8(ascii: " ")), let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
            length > space - rest.startIndex + 1, length <= rest.count
        {
            let record = rest[space...].dropFirst().prefix(length - (space - rest.startIndex) - 2)
            let parts = record.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { records.append((String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))) }
            rest = rest.dropFirst(length)
        }
        return records
    }

    /// A number in octal digits or, with the highest bit set, in binary.
    private func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first, first & 0x80 != 0 else { return octal(field) }
        guard first == 0x80, field.dropFirst().prefix(4).allSatisfy({ $0 == 0 }) else { return nil }
        let value = field.suffix(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }

    private func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let text = text(field).trimmingCharacters(in: .whitespaces)
        return text.isEmpty ? 0 : Int(text, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    private func text(_ field: ArraySlice<UInt8>) -> String { String(decoding: field.prefix { $0 != 0 }, as: UTF8.self) }

    private func skip(_ count: Int) throws {
        var count = count
        while count > 0 { count -= try take(min(count, 1 << 16)).count }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        guard count > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: count)
        guard try fill(&buffer) == count else { throw damaged("it ends within an entry") }
        return buffer
    }

    private func fill(_ buffer: inout [UInt8]) throws -> Int {
        let count = buffer.withUnsafeMutableBytes { gzread(file, $0.baseAddress, UInt32($0.count)) }
        var code: Int32 = 0
        let reason = gzerror(file, &code).map { String(cString: $0) } ?? ""
        // A file that was cut off gives what there is, and says so at its end.
        guard count >= 0, code == Z_OK || code == Z_STREAM_END else { throw damaged("it cannot be unpacked (\(reason))") }
        return Int(count)
    }

    private func damaged(_ reason: String) -> ArchiveError { .damaged(file: path, reason: reason) }
}
