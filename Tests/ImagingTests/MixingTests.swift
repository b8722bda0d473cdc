import Foundation
import Testing

@testable import Imaging

/// Two images that become one: mixed, with the luma of one in the other, and with soft edges of a mask.
@Suite struct MixingTests {
    private static func image<Sample: PixelSample>(_ samples: [Sample], bands: Int) -> PixelImage {
        PixelImage(of: Sample.self, width: samples.count / bands, height: 1, bands: bands) { target in
            for (index, sample) in samples.enumerated() { target.initializeElement(at: index, to: sample) }
        }
    }

    private static func samples<Sample: PixelSample>(_ image: PixelImage, _ type: Sample.Type) -> [Sample] {
        image.withSamples(of: type) { Array($0) }
    }

    /// Half of the light of white is 188 of 255 in sRGB: 1.055 · 0.5^(1 / 2.4) - 0.055 = 0.735357.
    @Test func lightIsMixedAndSamplesAreMixed() {
        let (black, white) = (Self.image([0, 0, 0] as [UInt8], bands: 3), Self.image([255, 255, 255] as [UInt8], bands: 3))
        #expect(black.mixed(with: white, weights: [0.5], of: .light).bytes == [188, 188, 188])
        #expect(black.mixed(with: white, weights: [0.5], of: .samples).bytes == [128, 128, 128])
        let deep = Self.image([0, 65535, 20000] as [UInt16], bands: 1)
        let other = Self.image([65535, 0, 20000] as [UInt16], bands: 1)
        let mixed = Self.samples(deep.mixed(with: other, weights: [0.25, 0.25, 0.25], of: .light), UInt16.self)
        func share(_ light: Double) -> UInt16 { UInt16((65535 * (1.055 * pow(light, 1 / 2.4) - 0.055)).rounded()) }
        #expect(mixed == [share(0.25), share(0.75), 20000])
        // Below 0.0031308 the curve is straight: 5 of 255 at a half is 2.5.
        let dark = Self.image([0] as [UInt16], bands: 1).mixed(with: Self.image([1000] as [UInt16], bands: 1), weights: [0.5], of: .light)
        #expect(Self.samples(dark, UInt16.self) == [500])
        let floats = Self.image([-2, 6] as [Float], bands: 2).mixed(
            with: Self.image([2, 7] as [Float], bands: 2), weights: [0.75], of: .light)
        #expect(Self.samples(floats, Float.self) == [1, 6.75])
    }

    @Test(arguments: [PixelImage.MixedValues.light, .samples]) func theEndsAreExactAndTheWayIsMonotone(_ values: PixelImage.MixedValues) {
        let from = (0..<3000).map { UInt8($0 * 37 % 256) }
        let to = (0..<3000).map { UInt8($0 * 101 % 256) }
        let (start, end) = (Self.image(from, bands: 3), Self.image(to, bands: 3))
        let steps = stride(from: Float(0), through: 1, by: 1 / 64).map { weight in
            start.mixed(with: end, weights: [Float](repeating: weight, count: 1000), of: values).bytes
        }
        #expect(steps.first == from && steps.last == to)
        for (before, after) in zip(steps, steps.dropFirst()) {
            #expect(from.indices.allSatisfy { from[$0] <= to[$0] ? before[$0] <= after[$0] : before[$0] >= after[$0] })
        }
        // 16 bits and floats that are no numbers keep every bit at the ends.
        let deep = Self.image((0..<65536).map { UInt16($0) }, bands: 1)
        let other = Self.image((0..<65536).map { UInt16(65535 - $0) }, bands: 1)
        let halves = (0..<65536).map { Float($0 % 2) }
        let mixed = Self.samples(deep.mixed(with: other, weights: halves, of: values), UInt16.self)
        let levels = [UInt16](0...65535)
        let expected = levels.map { (level: UInt16) -> UInt16 in level % 2 == 0 ? level : 65535 - level }
        #expect(mixed == expected)
        let odd = Self.image([.nan, -0.0, .infinity] as [Float], bands: 1)
        #expect(odd.mixed(with: Self.image([1, 1, 1] as [Float], bands: 1), weights: [0, 0, 0], of: values).bytes == odd.bytes)
    }

    /// Y = 0.299 R + 0.587 G + 0.114 B.
    private func luma(_ colour: [Double]) -> Double { 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] }

    @Test func coloursKeepTheirChromaAndTakeTheLuma() {
        // Greys of 40 and 60 more: all three samples move by the difference.
        let colour = Self.image([100, 120, 90, 10, 20, 30] as [UInt8], bands: 3)
        let greys = Self.image([150, 150, 150, 60, 60, 60] as [UInt8], bands: 3)
        let result = colour.withLuma(of: greys, range: ValueRange(0...255))
        let (first, second) = (150 - luma([100, 120, 90]), 60 - luma([10, 20, 30]))
        let expected = [100 + first, 120 + first, 90 + first, 10 + second, 20 + second, 30 + second].map { UInt8($0.rounded()) }
        #expect(result.bytes == expected)
        // An image with its own luma is itself.
        #expect(colour.withLuma(of: colour, range: ValueRange(0...255)) == colour)
    }

    @Test(arguments: [PixelImage.Format.uint8, .uint16, .float32]) func theLumaIsRightEverywhereAndTheHueStays(_ format: PixelImage.Format)
    {
        let white = format == .uint8 ? 255.0 : format == .uint16 ? 65535 : 1
        func noise(_ factor: Int) -> PixelImage {
            Self.image((0..<6000).map { Float($0 * factor % 997) / 996 * Float(white) }, bands: 3).holding(format)
        }
        let (colours, lumas) = (noise(613), noise(389))
        let result = colours.withLuma(of: lumas, range: ValueRange(0...white)).sampleLevels.map { Double($0) / white }
        let (own, others) = (colours.sampleLevels.map { Double($0) / white }, lumas.sampleLevels.map { Double($0) / white })
        let step = format == .float32 ? 1e-6 : 0.51 / white
        for start in stride(from: 0, to: 6000, by: 3) {
            let (made, from) = (Array(result[start..<start + 3]), Array(own[start..<start + 3]))
            let (new, old) = (luma(Array(others[start..<start + 3])), luma(from))
            #expect(abs(luma(made) - new) < step + 3e-5)
            // One factor for all differences from grey, at most 1.
            let (chroma, before) = (made.map { $0 - new }, from.map { $0 - old })
            let largest = before.indices.max { abs(before[$0]) < abs(before[$1]) } ?? 0
            let factor = before[largest] == 0 ? 1 : chroma[largest] / before[largest]
            #expect(factor < 1 + 2 * step / abs(before[largest]) + 1e-3)
            #expect(zip(chroma, before).allSatisfy { abs($0 - factor * $1) < 2 * step + 1e-4 })
            #expect(made.allSatisfy { $0 >= -1e-9 && $0 <= 1 + 1e-9 })
        }
    }

    @Test(arguments: [0, 1, 3, 8]) func softEdgesFollowTheDistanceToTheNearestPixelOutside(feather: Int) {
        let (width, height) = (23, 17)
        // A block that touches the rim, a diagonal and single pixels.
        let bytes: [UInt8] = (0..<width * height).map { index in
            let (x, y) = (index % width, index / width)
            return (x < 13 && y > 3 && !(x == 5 && y == 9)) || (x - y) % 11 == 0 ? 255 : 0
        }
        let weights = PixelImage(width: width, height: height, bands: 1, bytes: bytes).softWeights(feather: feather)
        let outside = bytes.indices.filter { bytes[$0] == 0 }
        for index in bytes.indices {
            let (x, y) = (index % width, index / width)
            let nearest = outside.map { hypot(Double($0 % width - x), Double($0 / width - y)) }.min() ?? .infinity
            #expect(abs(Double(weights[index]) - min(1, nearest / Double(feather + 1))) < 1e-6, "\(x), \(y)")
            #expect((weights[index] == 0) == (bytes[index] == 0))
        }
        let whole = PixelImage(width: 5, height: 4, bands: 1, bytes: [UInt8](repeating: 255, count: 20))
        #expect(whole.softWeights(feather: feather) == [Float](repeating: 1, count: 20))
    }
}
