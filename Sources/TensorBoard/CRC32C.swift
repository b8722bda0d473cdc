import Foundation

/// The cyclic redundancy check of Castagnoli et al. 1993 (polynomial 0x1EDC6F41, bits reflected), as in RFC 3720.
enum CRC32C {
    /// The check value of the bytes.
    static func checksum(_ data: Data) -> UInt32 {
        ~data.withUnsafeBytes { bytes in
            bytes.reduce(UInt32.max) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
        }
    }

    /// The check value as event files hold it: rotated right by 15 bits, plus 0xA282EAD8.
    ///
    /// The check value of data that contains its own is the same for all data; the mask avoids that.
    static func masked(_ data: Data) -> UInt32 {
        let crc = checksum(data)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }

    /// What each value of the low byte does to the rest within eight steps.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
}
