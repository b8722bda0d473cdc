import Testing
import Torch

@testable import Imaging
@testable import Pages

/// Bands with value ranges of their own.
struct BandRangeTests {
    private let range: ValueRange
    private var domain: DomainConfiguration { DomainConfiguration(channels: 2, bitDepth: .float, valueRange: range) }
    /// Two pixels: (250, 0.5) and (2000, -1).
    private let image = PixelImage(of: Float.self, width: 2, height: 1, bands: 2) { samples in
        for (index, value) in [250, 0.5, 2000, -1].enumerated() { samples.initializeElement(at: index, to: Float(value)) }
    }

    init() throws { range = try #require(ValueRange(bands: [0...1000, -1...1])) }

    @Test func eachBandIsMappedByItsOwnRangeAndBack() throws {
        let tensor = try image.converted(to: domain).tensor(for: domain)
        // 2 (v - low) / (high - low) - 1, clamped; channel by channel.
        #expect(tensor.array(of: Float.self) == [-0.5, 1, 0.5, -1])
        #expect(PixelImage(tensor: tensor, domain: domain).levels == [250, 0.5, 1000, -1])
    }

    @Test func valuesOutsideAreCountedBandByBand() {
        let use = image.use(of: range, channels: 2)
        #expect(use.count == 4 && use.outside == 1 && use.least == -1 && use.greatest == 2000)
        // 250...1000 of 0...1000, and -1...0.5 of -1...1.
        #expect(use.usedShare == 0.75)
        var watch = ValueWatch()
        watch.observe(image, of: domain, name: "/d/x.tif")
        #expect(
            watch.notices() == [
                "/d: 1 of 1 image has values outside the ranges of their bands, which are clamped: 25.00 % of all, such as x.tif"
            ])
    }

    @Test func percentilesMayBeThoseOfEachBand() {
        let levels: [Float] = [0, 10, 4, 20, 8, 30, .nan, 40, 2, 50]
        let choice = RangeChoice.percentile(low: 0, high: 75, perBand: true)
        // numpy.percentile([0, 4, 8, 2], [0, 75]) and numpy.percentile([10, 20, 30, 40, 50], [0, 75])
        #expect(choice.bounds(of: levels, bands: 2) == ValueRange(bands: [0...5, 10...40]))
        #expect(choice.bounds(of: [1, .nan], bands: 2) == nil)
    }

    @Test func picturesShowEachBandOnItsRange() throws {
        let three = PixelImage(of: Float.self, width: 1, height: 1, bands: 3) { samples in
            for (index, value) in [500, 0, 5].enumerated() { samples.initializeElement(at: index, to: Float(value)) }
        }
        let range = try #require(ValueRange(bands: [0...1000, -1...1, 0...5]))
        #expect(three.displayed(range: range).bytes == [128, 128, 255])
        // Half as bright on each range.
        #expect(three.adjusted([.brightness(0.5)], range: range).levels == [250, -0.5, 2.5])
        // Nothing shows but the background: 51 of 255 of each range.
        let clear = PixelImage(of: Float.self, width: 1, height: 1, bands: 4, hasAlpha: true, storedAs: .float32) { samples in
            for index in 0..<4 { samples.initializeElement(at: index, to: 0) }
        }
        let behind = DomainConfiguration(bitDepth: .float, valueRange: range, background: [51])
        let levels = try clear.converted(to: behind).levels
        #expect(zip(levels, [200, -0.6, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    }
}
