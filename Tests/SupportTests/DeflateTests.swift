import Foundation
import Testing

@testable import Support

struct DeflateTests {
    private let content = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7 &* 31) })

    @Test func whatIsPackedComesBack() throws {
        let packed = try Deflate.gzipped(content)
        #expect(packed.count < content.count / 4)
        #expect(try Deflate.unpackedPrefix(of: packed, .gzip, count: content.count) == content)
        #expect(try Deflate.unpackedPrefix(of: packed, .gzip, count: 1 << 40) == content)
        #expect(try Deflate.unpackedPrefix(of: packed, .gzip, count: 1000) == content.prefix(1000))
        #expect(try Deflate.unpackedPrefix(of: packed.dropFirst(10).dropLast(8), .none, count: content.count) == content)
        #expect(try Deflate.gzipped(content) == packed)
    }

    @Test func membersFollowEachOther() throws {
        let packed = try Deflate.gzipped(content) + Deflate.gzipped(content)
        #expect(try Deflate.unpackedPrefix(of: packed, .gzip, count: 1 << 30) == content + content)
    }

    @Test func whatIsCutOffOrDamagedIsTold() throws {
        let packed = try Deflate.gzipped(content)
        let part = try Deflate.unpackedPrefix(of: packed.prefix(packed.count / 2), .gzip, count: content.count)
        #expect(!part.isEmpty && content.starts(with: part) && part.count < content.count)
        #expect(throws: Deflate.Damage.self) { try Deflate.unpackedPrefix(of: Data("no gzip at all".utf8), .gzip, count: 100) }
        // The checksum at the end.
        var wrong = packed
        wrong[wrong.count - 6] ^= 1
        #expect(throws: Deflate.Damage.self) { try Deflate.unpackedPrefix(of: wrong, .gzip, count: content.count) }
    }
}
