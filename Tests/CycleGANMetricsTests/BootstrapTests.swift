import CycleGANMetrics
import Foundation
import TestSupport
import Testing

@Suite struct BootstrapTests {
    @Test func theIntervalOfTheMeanIsSciPys() throws {
        let golden = try PixelGolden.load().bootstrap
        let values = (0..<golden.count).map { Double(pixelNoise(x: $0, y: 0, band: 0, seed: 3) % 1000) / 1000 }
        let interval = try #require(Bootstrap(resamples: 20_000).interval(ofMean: values))
        // The ends scatter by about 1 % of the width.
        let tolerance = 0.05 * (golden.upper - golden.lower)
        expectClose(interval.lower, golden.lower, relative: 0, absolute: tolerance)
        expectClose(interval.upper, golden.upper, relative: 0, absolute: tolerance)
        #expect(interval.level == 0.95)
    }

    @Test func quantilesAreInterpolated() throws {
        // The statistics of 5 draws are 0, 1, 2, 3, 4.
        var draw = -1.0
        let interval = try #require(
            Bootstrap(resamples: 5, level: 0.75).interval(count: 2) { _ in
                draw += 1
                return draw
            })
        #expect(interval.lower == 0.5 && interval.upper == 3.5)
    }

    @Test func equalValuesHaveAnIntervalWithoutWidth() throws {
        let interval = try #require(Bootstrap().interval(ofMean: Array(repeating: 0.1, count: 7)))
        #expect(interval.lower == interval.upper)
        expectClose(interval.lower, 0.1, relative: 1e-15)
    }

    @Test func aSeedGivesTheSameInterval() throws {
        let values = (0..<20).map { Double($0 * $0 % 17) }
        #expect(Bootstrap(seed: 7).interval(ofMean: values) == Bootstrap(seed: 7).interval(ofMean: values))
        #expect(Bootstrap(seed: 7).interval(ofMean: values) != Bootstrap(seed: 8).interval(ofMean: values))
    }

    @Test func thereIsNoIntervalOfOneValueOrOfInfinity() {
        #expect(Bootstrap().interval(ofMean: []) == nil)
        #expect(Bootstrap().interval(ofMean: [1]) == nil)
        #expect(Bootstrap().interval(ofMean: [1, .infinity, 2]) == nil)
        #expect(Bootstrap().interval(count: 3) { _ in .nan } == nil)
    }
}
