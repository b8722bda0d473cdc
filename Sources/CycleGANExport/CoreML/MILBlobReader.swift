import Foundation

/// Finds numbers in the file of weights of an ML program, and says what is wrong with a damaged one.
struct MILBlobReader {
    private let data: Data
    private let file: String

    /// - Throws: `ExportError.damaged` for what is no such file.
    init(_ data: Data, file: String) throws(ExportError) {
        (self.data, self.file) = (data, file)
        guard data.count >= 64, number(UInt32.self, at: 4) == 2 else {
            throw .damaged(file: file, reason: "its weights are no file of version 2 of the format")
        }
    }

    /// The numbers whose record is at `offset`.
    ///
    /// - Parameter type: What the record must call them: 1 for float16, 2 for float32, 3 for uint8, 4 for int8.
    /// - Throws: `ExportError.damaged`.
    func numbers(at offset: Int, type: Int, bytes: Int) throws(ExportError) -> Data {
        func require(_ isTrue: Bool, _ problem: String) throws(ExportError) {
            guard isTrue else { throw .damaged(file: file, reason: "the weights at byte \(offset) \(problem)") }
        }
        try require(offset >= 64 && offset.isMultiple(of: 64) && offset <= data.count - 64, "are not in the file of \(data.count) bytes")
        try require(number(UInt32.self, at: offset) == 0xDEAD_BEEF, "have no record")
        try require(number(UInt32.self, at: offset + 4) == UInt32(type), "are of another type")
        try require(number(UInt64.self, at: offset + 8) == UInt64(bytes), "are not as many as the program says")
        let start = Int(clamping: number(UInt64.self, at: offset + 16))
        try require(start.isMultiple(of: 64) && start > offset && start <= data.count && bytes <= data.count - start, "end behind the file")
        return data.subdata(in: data.startIndex + start..<data.startIndex + start + bytes)
    }

    private func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
        data.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
    }
}
