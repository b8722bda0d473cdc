import TestSupport
import Testing
import Torch

@testable import CycleGANTraining

@Suite struct PictureMetricsTests {
    private func images(_ value: Double, count: Int = 1) -> Tensor { .full([count, 3, 16, 16], value) }

    @Test func valuesAreMeansOverImages() throws {
        let metrics = PictureMetrics(PictureMetrics.Comparison.reconstructions + PictureMetrics.Comparison.identities)
        for (count, offset) in [(1, 0.4), (3, 0.2)] {
            let (realA, realB) = (images(0.1, count: count), images(-0.5, count: count))
            metrics.update(
                TranslatedBatch(rows: [
                    .init(
                        .aToB,
                        [.init(.real, .a, realA), .init(.reconstructed, .a, realA + offset), .init(.identity, .a, realA - 2 * offset)]),
                    .init(.bToA, [.init(.real, .b, realB), .init(.reconstructed, .b, realB), .init(.identity, .b, realB)]),
                ]))
        }
        let values = metrics.compute()
        #expect(Set(values.keys) == Set(metrics.values.map(\.name)))
        expectClose(try #require(values["cycleA"]), (0.4 + 3 * 0.2) / 4, relative: 1e-5)
        expectClose(try #require(values["cycleB"]), 0, absolute: 1e-7)
        expectClose(try #require(values["cycle"]), (0.4 + 3 * 0.2) / 8, relative: 1e-5)
        expectClose(try #require(values["identityA"]), (0.8 + 3 * 0.4) / 4, relative: 1e-5)
        expectClose(try #require(values["ssimB"]), 1, relative: 1e-6)
        let similarity = try #require(values["ssimA"])
        #expect(similarity < 1)
        metrics.reset()
        #expect(metrics.compute().isEmpty)
    }

    @Test func onlySimilarityIsBetterWhenHigher() {
        let higher = PictureMetrics(PictureMetrics.Comparison.reconstructions).values.filter(\.isHigherBetter).map(\.name)
        #expect(higher == ["ssim", "ssimA", "ssimB"])
    }
}
