import Foundation
import Support
import Testing

@testable import Imaging

struct ValueWatchTests {
    private func deep(_ levels: [UInt16]) -> PixelImage {
        PixelImage(width: levels.count, height: 1, bands: 1, format: .uint16, bytes: levels.withUnsafeBytes { Array($0) })
    }

    @Test func clampedValuesAreCountedForEachFolder() {
        var watch = ValueWatch()
        let domain = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...4095))
        watch.observe(deep([0, 4095, 4096, 5000]), of: domain, name: "/data/a/1.tif")
        watch.observe(deep([0, 4095, 10, 20]), of: domain, name: "/data/a/2.tif")
        watch.observe(deep([4000, 60000, 1, 2]), of: domain, name: "/data/b/1.tif")
        #expect(
            watch.notices() == [
                "/data/a: 1 of 2 images has values outside 0...4095, which are clamped: 25.00 % of all, such as 1.tif",
                "/data/b: 1 of 1 image has values outside 0...4095, which are clamped: 25.00 % of all, such as 1.tif",
            ])
    }

    @Test func picturesThatWouldBeDarkAreNamedWithTheRemedy() {
        var watch = ValueWatch()
        watch.observe(deep([80, 4080]), of: DomainConfiguration(channels: 1), name: "/data/x.png")
        watch.observe(deep([0, 65535]), of: DomainConfiguration(channels: 1), name: "/data/y.png")
        // One level, of which nothing can be said.
        watch.observe(deep([7, 7]), of: DomainConfiguration(channels: 1), name: "/data/z.png")
        let notices = watch.notices { remedy in
            guard case .giveRange(let range) = remedy else { return "?" }
            return "--range \(range)"
        }
        #expect(notices == ["/data: 1 of 3 images uses less than a tenth of 0...65535, such as x.png: values 80...4080; --range 0,4095"])
    }

    @Test(
        arguments: [
            ("0,4095", .fixed(ValueRange(0...4095))), ("-1000...3000", .fixed(ValueRange(-1000...3000))),
            ("percentile:1,99", .percentile(low: 1, high: 99)),
            ("window:40,400", .fixed(ValueRange(-160...240))), ("0.5, 2", .fixed(ValueRange(0.5...2))),
            ("percentile-per-band:2,98", .percentile(low: 2, high: 98, perBand: true)), ("0,9/0,9", .fixed(ValueRange(0...9))),
        ] as [(String, RangeChoice)])
    func choicesAreRead(text: String, choice: RangeChoice) {
        #expect(RangeChoice(text) == choice)
    }

    @Test(arguments: [
        "", "5", "5,5", "9,1", "percentile:0,101", "percentile:9,1", "window:1,0", "other:1,2", "1,2,3", "a,b", "nan,1", "0,inf", "0,1/",
        "0,1/2", "0,1/2,2", "window:1,2/3,4",
        "percentile:1,9/1,9",
    ])
    func otherTextsAreNot(text: String) {
        #expect(RangeChoice(text) == nil)
    }

    @Test func percentilesAreThoseOfNumpy() {
        // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6, 5, 3.5], [10, 75])
        let bounds = RangeChoice.percentile(low: 10, high: 75).bounds(of: [3, 1, 4, .nan, 1, 5, 9, 2, 6, 5, 3.5, .infinity])
        #expect(bounds == ValueRange(1...5))
        // numpy.percentile([0, 10, 20], [2, 97])
        let close = RangeChoice.percentile(low: 2, high: 97).bounds(of: [20, 0, 10])
        #expect(abs((close?.hull.lowerBound ?? 0) - 0.4) < 1e-9 && abs((close?.hull.upperBound ?? 0) - 19.4) < 1e-9)
        #expect(RangeChoice.percentile(low: 1, high: 99).bounds(of: [7, 7]) == ValueRange(7...8))
    }
}
