import Foundation
import Imaging
import Testing

struct DomainConfigurationTests {
    private func decode(_ json: String) throws -> DomainConfiguration {
        try JSONDecoder().decode(DomainConfiguration.self, from: Data(json.utf8))
    }

    @Test func everyKeyMayBeMissing() throws {
        #expect(try decode("{}") == DomainConfiguration())
        let medical = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...4095), background: [0])
        #expect(try decode(#"{"channels": 1, "bitDepth": 16, "range": [0, 4095], "background": [0]}"#) == medical)
        let domain = DomainConfiguration(channels: 2, bitDepth: .sixteen, valueRange: ValueRange(-5...4095), background: [1, 2])
        #expect(try JSONDecoder().decode(DomainConfiguration.self, from: JSONEncoder().encode(domain)) == domain)
    }

    /// (JSON, the key, the value as the message has it).
    @Test(arguments: [
        (#"{"channels": 0}"#, "channels", "0"), (#"{"channels": 5000}"#, "channels", "5000"),
        (#"{"range": [5, 1]}"#, "range", "[5.0, 1.0]"), (#"{"range": [1, 1]}"#, "range", "[1.0, 1.0]"),
        (#"{"range": [1]}"#, "range", "[1.0]"), (#"{"range": [[0, 1], [2, 1]]}"#, "range", "[[0.0, 1.0], [2.0, 1.0]]"),
        (#"{"range": [[0, 1], [0, 2]]}"#, "range", "2 ranges"), (#"{"background": [0, 0]}"#, "background", "[0.0, 0.0]"),
        (#"{"background": [256]}"#, "background", "[256.0]"), (#"{"background": []}"#, "background", "[]"),
    ])
    func impossibleValuesAreNamed(_ json: String, _ key: String, _ value: String) throws {
        do {
            _ = try decode(json)
            Issue.record("\(json) should be refused")
        } catch DecodingError.dataCorrupted(let context) {
            guard case .invalidDomain(key, value, let allowed) = context.underlyingError as? ImageError else {
                Issue.record("\(context)")
                return
            }
            #expect(!allowed.isEmpty)
        }
    }

    @Test func bandsMayHaveRangesOfTheirOwn() throws {
        let range = try #require(ValueRange(bands: [0...4095, 0...1.5]))
        let domain = DomainConfiguration(channels: 2, bitDepth: .float, valueRange: range)
        #expect(try decode(#"{"channels": 2, "bitDepth": 32, "range": [[0, 4095], [0, 1.5]]}"#) == domain)
        #expect(try JSONDecoder().decode(DomainConfiguration.self, from: JSONEncoder().encode(domain)) == domain)
        #expect(try decode(#"{"range": null}"#) == DomainConfiguration())
        #expect(range.hull == 0...4095 && range.common == nil && range.description == "0...4095, 0...1.5")
        // Equal ranges are one; steps of 1.5 need floats.
        #expect(ValueRange(bands: [0...9, 0...9])?.common == 0...9 && ValueRange(bands: []) == nil)
        #expect(DomainConfiguration(channels: 2, bitDepth: .sixteen, valueRange: range).writtenDepth == .float)
    }

    @Test func otherDepthsAreRefused() {
        #expect(throws: DecodingError.self) { try decode(#"{"bitDepth": 12}"#) }
    }
}
