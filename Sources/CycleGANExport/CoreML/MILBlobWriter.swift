import Foundation

/// The file of weights of an ML program: a header, then for each set of numbers a record of where and what they are, and the numbers.
///
/// Records and numbers begin at multiples of 64 bytes. Version 2 of the format; all in little-endian order.
struct MILBlobWriter {
    private var data = Data(count: 64)
    private var count: UInt32 = 0

    /// The whole file.
    var contents: Data {
        var contents = data
        contents.replaceSubrange(0..<8, with: bytes(count) + bytes(UInt32(2)))
        return contents
    }

    /// Adds numbers.
    ///
    /// - Returns: Where their record is.
    mutating func append(_ numbers: Data, _ kind: MILKind) -> Int {
        let place = data.count
        count += 1
        data += bytes(UInt32(0xDEAD_BEEF)) + bytes(Self.number(of: kind))
        data += bytes(UInt64(numbers.count)) + bytes(UInt64(place + 64))
        data += Data(count: 40)
        data += numbers
        data += Data(count: (64 - data.count % 64) % 64)
        return place
    }

    /// What the file calls a type, which the program calls otherwise.
    private static func number(of kind: MILKind) -> UInt32 {
        switch kind {
        case .float16: 1
        case .float32: 2
        case .uint8: 3
        case .int8: 4
        default: preconditionFailure("weights of \(kind) are not written")
        }
    }
}

private func bytes(_ value: some FixedWidthInteger) -> Data {
    withUnsafeBytes(of: value.littleEndian) { Data($0) }
}
