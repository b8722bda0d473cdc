import Foundation
import Testing

@testable import CycleGANExport

/// Tables of numbers.
struct PaletteTests {
    /// Sixteen numbers need no others, and places lie from the lowest bits on.
    @Test func numbersOfATableStayAsTheyAre() {
        let numbers = (0..<32).map { Float(($0 * 7) % 16) - 8 }
        let palette = Palette(of: numbers, bits: 4)
        #expect(palette.values == (0..<16).map { Float($0) - 8 })
        // The first places: 0, 7, 14, 5.
        #expect(Array(palette.indices.prefix(2)) == [0x70, 0x5E] && palette.indices.count == 16)
    }

    /// Places of 6 bits cross the borders of bytes: 3, 10, 17, 24 are 000011 001010 010001 011000 from the right.
    @Test func placesCrossBytes() {
        let palette = Palette(of: (0..<64).map { Float(($0 * 7 + 3) % 64) }, bits: 6)
        #expect(palette.values == (0..<64).map { Float($0) })
        let bits = 3 | 10 << 6 | 17 << 12 | 24 << 18
        #expect(Array(palette.indices.prefix(3)) == [UInt8(bits & 255), UInt8(bits >> 8 & 255), UInt8(bits >> 16)])
    }

    /// The means of groups: of 0...3 and 100...103 in a table of many, no number is further than from its group.
    @Test func numbersComeToTheMiddleOfTheirGroup() {
        var numbers: [Float] = []
        for group in 0..<16 { numbers += [-1, 0, 1].map { Float(100 * group) + $0 } }
        #expect(Palette(of: numbers, bits: 4).values == (0..<16).map { Float(100 * $0) })
        #expect(Palette(of: [], bits: 4).indices.isEmpty)
        #expect(Palette(of: [2, 2, 2], bits: 4).values == Array(repeating: 2, count: 16))
    }
}
