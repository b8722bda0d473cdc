import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANBaselines

/// Colour transfer and histogram matching against NumPy and scikit-image.
struct ColorBaselineTests {
    private func histogram(_ images: PixelImage...) -> HistogramMatching {
        var style = ChannelHistograms()
        for image in images { style.add(ChannelHistograms(of: image, in: domain(of: image))) }
        return HistogramMatching(style: style)
    }

    private func colors(_ images: PixelImage...) -> ColorTransfer {
        var style = ColorStatistics()
        for image in images { style.add(ColorStatistics(of: image, in: domain(of: image))) }
        return ColorTransfer(style: style)
    }

    private func picture(of image: PixelImage, by baseline: any Baseline) throws -> PixelImage {
        let result = try baseline.picture(of: image, in: domain(of: image), name: "image")
        #expect(result.size == image.size && result.bands == image.bands && result.format == image.format)
        return result
    }

    private func image(_ bands: Int = 3, _ format: PixelImage.Format = .uint8) -> PixelImage {
        CycleGANBaselinesTests.picture(17, 23, bands, format, seed: 1)
    }

    private func style(_ bands: Int = 3, _ format: PixelImage.Format = .uint8, seed: Int = 3) -> PixelImage {
        CycleGANBaselinesTests.picture(19, 14, bands, format, seed: seed)
    }

    @Test func histogramsAreMatchedAsByScikitImage() throws {
        for (name, bands, format) in [("uint8", 3, .uint8), ("uint16", 3, .uint16), ("grey", 1, .uint8)]
            as [(String, Int, PixelImage.Format)]
        {
            let result = try picture(of: image(bands, format), by: histogram(style(bands, format)))
            expectClose(result.levels, try expected("histogram.\(name)"), relative: 0, absolute: 0, name)
        }
        let pooled = try picture(of: image(), by: histogram(style(), style(seed: 0)))
        expectClose(pooled.levels, try expected("histogram.pooled"), relative: 0, absolute: 0)
        let reference = CycleGANBaselinesTests.picture(17, 23, 2, .float32, seed: 3)
        let floats = try picture(of: image(2, .float32), by: histogram(reference))
        expectClose(floats.levels, try expected("histogram.float"), relative: 1e-6)
    }

    @Test func coloursGetTheMeansAndSpreadsOfNumPy() throws {
        for (name, format) in [("uint8", .uint8), ("uint16", .uint16)] as [(String, PixelImage.Format)] {
            let result = try picture(of: image(3, format), by: colors(style(3, format), style(3, format, seed: 0)))
            expectClose(result.levels, try expected("reinhard.\(name)"), relative: 0, absolute: 0, name)
        }
        let two = try picture(of: image(2), by: colors(CycleGANBaselinesTests.picture(17, 23, 2, seed: 3)))
        expectClose(two.levels, try expected("reinhard.two"), relative: 0, absolute: 0)
    }

    /// Equal statistics change nothing, whichever images they were of.
    @Test func aStyleOfItselfLeavesAnImageAsItIs() throws {
        for format in PixelImage.Format.allCases {
            let own = image(3, format)
            #expect(try picture(of: own, by: histogram(own)) == own)
            guard format != .float32 else { continue }
            #expect(try picture(of: own, by: colors(own)) == own)
        }
        // Black has no logarithm, and stays black.
        let black = PixelImage(width: 2, height: 1, bands: 3, bytes: [0, 0, 0, 200, 90, 30])
        #expect(try picture(of: black, by: colors(black)) == black)
    }

    /// Depths share their statistics: a level of 8 bits is 257 of 16 bits.
    @Test func depthsMix() throws {
        let (eight, sixteen) = (image(), image(3, .uint16))
        #expect(try picture(of: eight, by: histogram(style(3, .uint16))) == picture(of: eight, by: histogram(style())))
        #expect(try picture(of: eight, by: colors(style(3, .uint16))) == picture(of: eight, by: colors(style())))
        let deep = try picture(of: sixteen, by: histogram(style()))
        #expect(Set(deep.levels.array(of: Float.self).map { Int($0) / 257 }).isSubset(of: 0...255))
        let float = try picture(of: image(1, .float32), by: histogram(style(1)))
        let (least, most) = (float.levels.min().item(), float.levels.max().item())
        let bytes = style(1).bytes.map { Double($0) / 255 }
        expectClose(most, try #require(bytes.max()), relative: 1e-6)
        #expect(least >= (bytes.min() ?? 1) - 1e-6)
    }

    /// One colour all over has no spread: it becomes the mean, and the only value that has its share.
    @Test func flatImagesAndStyles() throws {
        let flat = PixelImage(width: 3, height: 2, bands: 1, bytes: [7, 7, 7, 7, 7, 7])
        let style = PixelImage(width: 2, height: 1, bands: 1, bytes: [100, 200])
        #expect(try picture(of: flat, by: colors(style)).bytes == [150, 150, 150, 150, 150, 150])
        #expect(try picture(of: flat, by: histogram(style)).bytes == [200, 200, 200, 200, 200, 200])
        #expect(try picture(of: style, by: colors(flat)).bytes == [7, 7])
        #expect(try picture(of: style, by: histogram(flat)).bytes == [7, 7])
    }

    @Test func numbersStayNumbersInTheirRange() throws {
        let range = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(-1000...1000))
        func floats(_ values: [Float]) -> PixelImage {
            PixelImage(width: values.count, height: 1, bands: 1, format: .float32, bytes: values.withUnsafeBytes { Array($0) })
        }
        let (image, style) = (floats([-900, 0, .nan, 100]), floats([-1000, 400, 1000, -1000]))
        let matched = try HistogramMatching(style: ChannelHistograms(of: style, in: range)).picture(of: image, in: range, name: "ct")
        // Shares of 1/3, 2/3 and 1; the style has 1/2 at -1000, 3/4 at 400 and 1 at 1000. NaN becomes what libraries make of it, 0.
        let found = matched.levels.array(of: Float.self)
        #expect(found[0] == -1000 && abs(found[1] - (-1000 + 1400 * (2.0 / 3 - 0.5) / 0.25)) < 1e-3 && found[2] == 0 && found[3] == 1000)
    }

    @Test func statisticsOfManyImagesAreThoseOfAllPixels() {
        let (first, second) = (style(), style(seed: 0))
        var added = ColorStatistics(of: first, in: domain(of: first))
        added.add(ColorStatistics())
        added.add(ColorStatistics(of: second, in: domain(of: second)))
        let both = PixelImage(width: 14, height: 38, bands: 3, bytes: first.bytes + second.bytes)
        let whole = ColorStatistics(of: both, in: domain(of: both))
        #expect(added.count == 532 && whole.count == 532)
        for band in 0..<3 {
            expectClose(added.means[band], whole.means[band], relative: 1e-12)
            expectClose(added.deviations[band], whole.deviations[band], relative: 1e-12)
        }
    }

    /// However many values there are, few enough are kept, and quantiles stay.
    @Test func countsOfFloatsAreBounded() {
        let floats = (0..<(1 << 20) + 10).map { Float($0) }
        var counts = ValueCounts(of: floats, band: 0, bands: 1, isWhole: false)
        counts.add(ValueCounts(of: [0.5], band: 0, bands: 1, isWhole: false))
        #expect(counts.values.count == (1 << 19) + 6 && counts.total == floats.count + 1)
        #expect(counts.values.last == Double(floats.count - 1))
        let quantile = counts.quantiles[counts.values.count / 2]
        expectClose(counts.values[counts.values.count / 2] / Double(floats.count), quantile, relative: 1e-5)
    }
}
