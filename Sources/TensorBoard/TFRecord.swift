import Foundation

/// The framing of records in TensorFlow's files.
enum TFRecord {
    /// A record: the length (8 bytes), its masked CRC-32C (4 bytes), the data, their masked CRC-32C (4 bytes); integers are little endian.
    static func framed(_ data: Data) -> Data {
        let length = bytes(UInt64(data.count))
        return length + bytes(CRC32C.masked(length)) + data + bytes(CRC32C.masked(data))
    }

    private static func bytes(_ value: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }
}
