import Foundation

/// Why a file is not one of TensorFlow's records.
public struct EventRecordError: Error {
    /// Where the damaged record starts.
    public let offset: Int
}

/// The data of the records of an event file, whose lengths and check values must be right.
public func eventRecords(of file: URL) throws -> [Data] {
    let bytes = [UInt8](try Data(contentsOf: file))
    var records: [Data] = []
    var offset = 0
    while offset < bytes.count {
        guard bytes.count - offset >= 16 else { throw EventRecordError(offset: offset) }
        let length = Int(littleEndian(bytes[offset..<offset + 8]))
        guard length <= bytes.count - offset - 16 else { throw EventRecordError(offset: offset) }
        let data = bytes[offset + 12..<offset + 12 + length]
        guard littleEndian(bytes[offset + 8..<offset + 12]) == masked(crc32c(bytes[offset..<offset + 8])),
            littleEndian(bytes[data.endIndex..<data.endIndex + 4]) == masked(crc32c(data))
        else { throw EventRecordError(offset: offset) }
        records.append(Data(data))
        offset = data.endIndex + 4
    }
    return records
}

/// CRC-32C by polynomial division, bit after bit.
public func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
        for bit in 0..<8 {
            let carry = (remainder ^ UInt32(byte >> bit)) & 1
            remainder >>= 1
            if carry == 1 { remainder ^= 0x82F6_3B78 }
        }
    }
    return ~remainder
}

private func masked(_ crc: UInt32) -> UInt64 {
    UInt64((crc >> 15 | crc << 17) &+ 0xA282_EAD8)
}

private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
