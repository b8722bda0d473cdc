import Foundation
import Testing

@testable import Imaging

struct SampleTypeTests {
    @Test(arguments: ["numbers_", "signed_", "tiled_", "bands", "opacity_", "planes_", "all_opacity"].flatMap(ValueFixture.names))
    func samplesAreThoseThatTifffileReads(name: String) throws {
        #expect(try ValueFixture.named(name).largestDifference() == 0)
    }

    @Test func thereAreFixtures() {
        #expect(ValueFixture.names("numbers_").count == 14 && ValueFixture.names("bands").count == 12)
    }

    @Test(
        arguments: [
            ("int16", .int16), ("int32", .int32), ("uint32", .uint32), ("int64", .int64), ("uint64", .uint64), ("float16", .float16),
            ("float32", .float32), ("float64", .float64), ("uint16", .uint16), ("12bit", .uint16),
        ] as [(String, SampleType)])
    func theTypeInTheFileIsKnown(name: String, type: SampleType) throws {
        #expect(try ValueFixture.named("numbers_\(name).tif").image().storedAs == type)
    }

    /// 2 (v - low) / (high - low) - 1, in the order of operations of `ToTensor` and `Normalize`.
    private func expected(_ levels: [Double], _ range: ClosedRange<Double>) -> [Float] {
        levels.map { level in
            let share = (Float(level) - Float(range.lowerBound)) / (Float(range.upperBound) - Float(range.lowerBound))
            return (min(max(share, 0), 1) - 0.5) / 0.5
        }
    }

    @Test(arguments: ValueFixture.names("numbers_"), BitDepth.allCases)
    func theSameNumbersAreTheSameInput(name: String, depth: BitDepth) throws {
        let fixture = ValueFixture.named(name)
        for range in [0...4095, 80...4080, 100.5...3000.25] {
            let domain = DomainConfiguration(channels: 1, bitDepth: depth, valueRange: ValueRange(range))
            let input = try fixture.image().converted(to: domain, name: name).tensor(for: domain)
            #expect(input.array(of: Float.self) == expected(fixture.pages[0].levels, range))
        }
    }

    @Test(arguments: ["signed_int16.tif", "numbers_int32.tif", "numbers_float32.tif"])
    func rangesBelowZeroWorkInEveryDepth(name: String) throws {
        let fixture = ValueFixture.named(name)
        for depth in BitDepth.allCases {
            let domain = DomainConfiguration(channels: 1, bitDepth: depth, valueRange: ValueRange(-1000...2000))
            let image = try fixture.image().converted(to: domain, name: name)
            #expect(image.tensor(for: domain).array(of: Float.self) == expected(fixture.pages[0].levels, -1000...2000))
            // And back, as floats: no whole number of 8 or 16 bits is below zero.
            let back = PixelImage(tensor: image.tensor(for: domain), domain: domain)
            #expect(back.format == .float32)
            #expect(zip(back.levels, fixture.pages[0].levels).allSatisfy { abs($0 - min(max($1, -1000), 2000)) < 0.001 })
        }
    }

    @Test(
        arguments: [
            ("8-bit range", 8, 0.0...200, BitDepth.eight), ("12 bits", 8, 0...4095, .sixteen), ("steps", 16, 0...1, .float),
            ("halves", 16, 0...99.5, .float), ("float", 32, 0...4095, .float),
        ] as [(String, Int, ClosedRange<Double>, BitDepth)])
    func resultsAreWrittenInADepthThatHoldsTheirRange(what: String, bits: Int, range: ClosedRange<Double>, written: BitDepth) throws {
        let depth = try #require(BitDepth(rawValue: bits))
        #expect(DomainConfiguration(bitDepth: depth, valueRange: ValueRange(range)).writtenDepth == written, "\(what)")
        #expect(DomainConfiguration(bitDepth: depth).writtenDepth == depth)
    }

    @Test(arguments: ["int16", "int32", "uint32", "float32", "float64"])
    func numbersWithoutARangeAreRefusedWithTheirValues(type: String) throws {
        let name = "numbers_\(type).tif"
        let image = try ValueFixture.named(name).image()
        let error = #expect(throws: ImageError.self) { try image.converted(to: DomainConfiguration(channels: 1), name: name) }
        #expect(error == .numbersWithoutRange(path: name, type: image.storedAs, least: 80, greatest: 4032))
        #expect(error?.description.contains("here 80...4032") == true)
        #expect(error?.remedies == [.giveRange("80,4032")])
    }

    @Test func aTypeThatCannotHoldTheRangeIsRefused() throws {
        let domain = DomainConfiguration(bitDepth: .sixteen, valueRange: ValueRange(0...4095))
        let error = #expect(throws: ImageError.self) { try Fixture.image("small.png").converted(to: domain, name: "small.png") }
        #expect(error == .rangeOutOfReach(path: "small.png", type: .uint8, range: 0...4095))
        #expect(error?.remedies == [.other("give files of such numbers"), .giveRange("0,255")])
        let signed = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(-1000...1000))
        #expect(throws: ImageError.self) { try Fixture.image("grey16.png").converted(to: signed) }
        // A measured range may end a little beyond.
        _ = try Fixture.image("small.png").converted(to: DomainConfiguration(valueRange: ValueRange(-1...255.5)))
    }

    @Test func numbersOnTransparencyAreShownOnTheRange() throws {
        // A value of 100 at a quarter of the opacity, on the middle grey of 1000...3000.
        let samples: [UInt16] = [100, 16384]
        let image = PixelImage(
            width: 1, height: 1, bands: 2, format: .uint16, hasAlpha: true, bytes: samples.withUnsafeBytes { Array($0) })
        let domain = DomainConfiguration(channels: 1, bitDepth: .float, valueRange: ValueRange(1000...3000), background: [127.5])
        let opacity = 16384 / 65535.0
        #expect(abs(try image.converted(to: domain).levels[0] - (100 * opacity + 2000 * (1 - opacity))) < 0.001)
    }

    @Test func halvesOfEveryExponent() {
        // numpy.frombuffer(..., "float16"): zero, the least, the greatest below normal, 1, 65504, -2, infinity.
        let bits: [UInt16] = [0, 1, 0x3FF, 0x3C00, 0x7BFF, 0xC000, 0x7C00]
        let values: [Float] = [0, 5.9604645e-08, 6.097555e-05, 1, 65504, -2, .infinity]
        #expect(bits.map(TIFFSamples.half) == values)
        #expect(TIFFSamples.half(0x7E00).isNaN)
    }

    @Test(arguments: [("complex.tif", "complex samples"), ("jpeg2000.tif", "the compression JPEG 2000 (34712)")])
    func whatIsNotReadIsNotCalledDamaged(name: String, feature: String) throws {
        let error = #expect(throws: ImageError.self) { try PixelImage(contentsOf: Fixture.url("values/\(name)")) }
        guard case .unsupported(_, .tiff, feature, let command)? = error else {
            Issue.record("\(error.map(\.description) ?? "no error")")
            return
        }
        #expect(command.contains(name) && error?.description.contains("damaged") == false)
    }

    @Test(arguments: ["numbers_float64.tif", "numbers_float16_lzw.tif", "numbers_12bit.tif", "tiled_float64.tif"], [0.2, 0.5, 0.8])
    func damagedFilesOfTheseTypesAreErrors(name: String, share: Double) throws {
        let data = try Fixture.data("values/\(name)")
        #expect(throws: ImageError.self) { try PixelImage(encoded: data.prefix(Int(Double(data.count) * share)), name: name) }
    }
}
