import Foundation
import TestSupport
import Testing

@testable import TensorBoard

struct TFRecordTests {
    /// The check values of RFC 3720, appendix B.4, and the usual one of nine digits.
    @Test(
        arguments: [
            ([UInt8]("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), ([UInt8](0..<32), 0x46DD_794E),
            ([UInt8]((0..<32).reversed()), 0x113F_DB5C), ([], 0),
        ] as [([UInt8], UInt32)])
    func checksumsAreTheStandards(bytes: [UInt8], expected: UInt32) {
        #expect(CRC32C.checksum(Data(bytes)) == expected)
        #expect(crc32c(bytes) == expected)
    }

    /// How every event file that TensorFlow writes begins: the length of a version record, 24.
    @Test func framesLengthAndData() {
        let record = [UInt8](TFRecord.framed(Data(repeating: 0, count: 24)))
        #expect(record.prefix(12) == [0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
        #expect(record.count == 12 + 24 + 4)
    }
}
