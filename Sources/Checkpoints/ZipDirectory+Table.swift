import Foundation

extension ZipDirectory {
    /// Where the table of contents lies, and how many entries it has.
    static func table(of file: FileBytes) throws(CheckpointError) -> (bytes: Range<Int>, count: Int) {
        let begin = try endRecord(of: file)
        var end = ByteCursor(file, range: begin..<file.data.count)
        _ = try end.skip(10)
        var count = UInt64(try end.integer(UInt16.self))
        var size = UInt64(try end.integer(UInt32.self))
        var start = UInt64(try end.integer(UInt32.self))
        if count == UInt16.max || size == UInt32.max || start == UInt32.max {
            // A record of its own has the numbers that do not fit; another one, in front of this one, says where it is.
            let nowhere = CheckpointError.damaged(file: file.name, reason: "its table of contents is nowhere")
            guard begin >= 20 else { throw nowhere }
            var locator = ByteCursor(file, range: begin - 20..<begin)
            let signature = try locator.integer(UInt32.self)
            _ = try locator.skip(4)
            let place = try locator.integer(UInt64.self)
            guard signature == 0x0706_4B50, place < begin else { throw nowhere }
            var record = ByteCursor(file, range: Int(place)..<begin)
            guard try record.integer(UInt32.self) == 0x0606_4B50 else { throw nowhere }
            _ = try record.skip(28)
            count = try record.integer(UInt64.self)
            size = try record.integer(UInt64.self)
            start = try record.integer(UInt64.self)
        }
        let available = UInt64(file.data.count)
        // An entry has 46 bytes at least.
        guard start <= available, size <= available - start, count <= size / 46 else {
            throw .damaged(file: file.name, reason: "its table of contents lies outside the file")
        }
        return (Int(start)..<Int(start + size), Int(count))
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

    /// The next entry of a table of contents.
    static func member(_ cursor: inout ByteCursor) throws(CheckpointError) -> Member {
        guard try cursor.integer(UInt32.self) == 0x0201_4B50 else {
            throw .damaged(file: cursor.file.name, reason: "an entry of its table of contents does not begin as such")
        }
        // The high byte of the version says on what kind of system it was made; 3 is Unix.
        let isOfUnix = try cursor.integer(UInt16.self) >> 8 == 3
        _ = try cursor.skip(2)
        let flags = try cursor.integer(UInt16.self)
        let method = try cursor.integer(UInt16.self)
        _ = try cursor.skip(4)
        let crc = try cursor.integer(UInt32.self)
        let compressedSize = try cursor.integer(UInt32.self)
        let size = try cursor.integer(UInt32.self)
        let nameLength = try cursor.integer(UInt16.self)
        let extraLength = try cursor.integer(UInt16.self)
        let commentLength = try cursor.integer(UInt16.self)
        _ = try cursor.skip(4)
        let attributes = try cursor.integer(UInt32.self)
        let offset = try cursor.integer(UInt32.self)
        let name = String(decoding: try cursor.read(Int(nameLength)), as: UTF8.self)
        let extra = ByteCursor(cursor.file, range: try cursor.skip(Int(extraLength)))
        _ = try cursor.skip(Int(commentLength))
        let wide = try wideNumbers(extra, for: [size, compressedSize, offset])
        return Member(
            name: name, flags: flags, method: method, crc: crc, compressedSize: wide[1], size: wide[0], headerOffset: wide[2],
            mode: isOfUnix ? UInt16(attributes >> 16) : 0)
    }

    /// Numbers of an entry; those with all bits set stand in its zip64 field, one after the other.
    private static func wideNumbers(_ extra: ByteCursor, for numbers: [UInt32]) throws(CheckpointError) -> [Int] {
        var fields = extra
        var wide: ByteCursor?
        while numbers.contains(.max), wide == nil, fields.remaining >= 4 {
            let kind = try fields.integer(UInt16.self)
            let content = try fields.skip(Int(try fields.integer(UInt16.self)))
            if kind == 1 { wide = ByteCursor(fields.file, range: content) }
        }
        guard var wide else { return numbers.map(Int.init) }
        var result: [Int] = []
        for number in numbers { result.append(number == .max ? Int(clamping: try wide.integer(UInt64.self)) : Int(number)) }
        return result
    }

    /// The sum of numbers that are not negative, or the largest number there is.
    static func sum(_ numbers: [Int]) -> Int {
        numbers.reduce(0) { sum, number in
            let (next, overflow) = sum.addingReportingOverflow(number)
            return overflow ? .max : next
        }
    }
}
