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
        // Of flat images in 0...1 only the luminances count, (2 xy + c) / (x² + y² + c), and how their variances round.
        func similarity(_ x: Double, _ y: Double) -> Double { (2 * x * y + 1e-4) / (x * x + y * y + 1e-4) }
        expectClose(
            try #require(values["ssimA"]), (similarity(0.55, 0.75) + 3 * similarity(0.55, 0.65)) / 4, relative: 1e-3)
        metrics.reset()
        #expect(metrics.compute().isEmpty)
    }

    /// Of one domain there is the plain name alone.
    @Test func translationsAreComparedWithTheirTruth() throws {
        let metrics = PictureMetrics(PictureMetrics.Comparison.pairs, domains: [.b])
        for difference in [0.2, 0.4] {
            metrics.update(
                TranslatedBatch(rows: [
                    .init(
                        .aToB, [.init(.real, .a, images(0.9)), .init(.fake, .b, images(0.1)), .init(.real, .b, images(0.1 + difference))])
                ]))
        }
        let values = metrics.compute()
        #expect(Set(values.keys) == ["l1", "ssim", "psnr"])
        expectClose(try #require(values["l1"]), 0.3, relative: 1e-5)
        // The differences are 0.1 and 0.2 of the range.
        expectClose(try #require(values["psnr"]), (20 + 20 * 0.698_970_004) / 2, relative: 1e-4)
        metrics.reset()
        metrics.update(TranslatedBatch(rows: [.init(.aToB, [.init(.fake, .b, images(0.1)), .init(.real, .b, images(0.1))])]))
        expectClose(try #require(metrics.compute()["psnr"]), 96.0206, relative: 1e-4)
    }

    @Test func onlySimilarityIsBetterWhenHigher() {
        let higher = PictureMetrics(PictureMetrics.Comparison.reconstructions).values.filter(\.isHigherBetter).map(\.name)
        #expect(higher == ["ssim", "ssimA", "ssimB"])
    }
}
