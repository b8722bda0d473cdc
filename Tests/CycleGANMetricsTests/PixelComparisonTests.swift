import CycleGANMetrics
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@Suite struct PixelComparisonTests {
    /// What `PixelScores` are in JSON.
    private struct Report: Decodable {
        struct Image: Decodable {
            let name: String
            let ssim, psnr: Double?
        }

        let images: [Image]
        let mean: [String: Double?]
    }

    @Test(arguments: try PixelGolden.load().pixels) func valuesEqualScikitImages(_ golden: PixelGolden.Pixels) throws {
        let (first, second) = images(golden.height, golden.width, golden.bands, golden.fullScale)
        let gaussian = try PixelComparison(metrics: [.ssim, .psnr, .l1]).values(first, second)
        #expect(gaussian.count == 3)
        expectClose(try #require(gaussian[.ssim]), golden.gaussian)
        expectClose(try #require(gaussian[.psnr]), golden.psnr)
        expectClose(try #require(gaussian[.l1]), golden.l1)
        let uniform = try PixelComparison(metrics: [.ssim], window: .uniform).values(first, second)
        expectClose(try #require(uniform[.ssim]), golden.uniform)
    }

    @Test func multiScaleSSIMEqualsItsFactorsByTorchmetricsAndScikitImage() throws {
        for golden in try PixelGolden.load().multiscale {
            let (first, second) = images(golden.height, golden.width, golden.bands, 255)
            let value = try #require(try PixelComparison(metrics: [.multiScaleSSIM]).values(first, second)[.multiScaleSSIM])
            expectClose(value, golden.value)
            // torchmetrics treats edges and channels in another way.
            expectClose(value, golden.torchmetrics, relative: 1e-4)
        }
    }

    @Test func negativeMultiScaleMeansCountAsZero() throws {
        let image = PixelImage.formula(height: 176, width: 176, bands: 1, seed: 1)
        let inverted = PixelImage(width: 176, height: 176, bands: 1, bytes: image.bytes.map { 255 - $0 })
        #expect(try PixelComparison(metrics: [.multiScaleSSIM]).values(image, inverted) == [.multiScaleSSIM: 0])
    }

    @Test(arguments: SSIMWindow.allCases) func equalImagesHaveTheBestValues(_ window: SSIMWindow) throws {
        let image = PixelImage.formula(height: 176, width: 180, bands: 3, seed: 1)
        let values = try PixelComparison(window: window).values(image, image)
        expectClose(try #require(values[.ssim]), 1, absolute: 1e-9)
        expectClose(try #require(values[.multiScaleSSIM]), 1, absolute: 1e-9)
        #expect(values[.psnr] == .infinity)
        #expect(values[.l1] == 0)
    }

    @Test(arguments: SSIMWindow.allCases) func constantImagesDifferInLuminanceOnly(_ window: SSIMWindow) throws {
        let (x, y) = (0.25, 0.5)
        // 1 pixel, fewer than the windows have, and more.
        for side in [1, 4, 20] {
            let values = try PixelComparison(metrics: [.ssim, .psnr, .l1], window: window)
                .values(.constant(Float(x), side: side), .constant(Float(y), side: side))
            expectClose(try #require(values[.ssim]), (2 * x * y + 1e-4) / (x * x + y * y + 1e-4), "side \(side)")
            expectClose(try #require(values[.psnr]), 10 * log10(16))
            expectClose(try #require(values[.l1]), 0.25)
        }
    }

    @Test func theDataRangeCanBeGiven() throws {
        let values = try PixelComparison(metrics: [.psnr, .l1], dataRange: 100)
            .values(.constant(10, side: 8), .constant(20, side: 8))
        expectClose(try #require(values[.psnr]), 20)
        expectClose(try #require(values[.l1]), 0.1)
    }

    @Test func batchesInMemoryHaveARangeOfTwo() throws {
        let (first, second) = images(180, 200, 3, 255)
        let domain = DomainConfiguration(channels: 3)
        let comparison = PixelComparison()
        let batch = Tensor.concatenated([first.tensor(for: domain), second.tensor(for: domain)])
        let values = try comparison.values(batch, second.tensor(for: domain).expanded(to: batch.shape))
        let expected = try comparison.values(first, second)
        for metric in [PixelMetric.psnr, .l1] {
            let found = try #require(values[metric])
            expectClose(found[0], try #require(expected[metric]), relative: 1e-5, metric.rawValue)
        }
        #expect(values[.psnr]?[1] == .infinity)
        #expect(values[.ssim]?.count == 2)
        #expect(throws: MetricError.self) { try comparison.values(Tensor.zeros([1, 3, 175, 200]), Tensor.zeros([1, 3, 175, 200])) }
    }

    @Test func alphaIsLeftOut() throws {
        let (first, second) = images(20, 24, 3, 255)
        var bytes: [UInt8] = []
        for pixel in 0..<20 * 24 { bytes += first.bytes[3 * pixel..<3 * pixel + 3] + [UInt8(pixel % 256)] }
        let transparent = PixelImage(width: 24, height: 20, bands: 4, hasAlpha: true, bytes: bytes)
        let comparison = PixelComparison(metrics: [.ssim, .psnr, .l1])
        #expect(try comparison.values(transparent, second) == comparison.values(first, second))
    }

    @Test func unlikeImagesAreRefused() throws {
        let image = PixelImage.formula(height: 20, width: 24, bands: 3, seed: 1)
        let others = [
            PixelImage.formula(height: 20, width: 25, bands: 3, seed: 1), .formula(height: 20, width: 24, bands: 1, seed: 1),
            .formula(height: 20, width: 24, bands: 3, fullScale: 65535, seed: 1),
        ]
        for other in others {
            let error = #expect(throws: MetricError.self) {
                try PixelComparison(metrics: [.l1]).values(image, other, names: ("a.png", "b.png"))
            }
            let message = try #require(error).description
            #expect(message.contains("a.png") && message.contains("b.png") && message.contains("24x20 pixels, 3 channels of uint8"))
        }
        let small = #expect(throws: MetricError.self) { try PixelComparison().values(image, image, names: ("a.png", "b.png")) }
        #expect(try #require(small).description.contains("a.png: 24x20 (width x height) is smaller than the 176 pixels"))
        let damaged = #expect(throws: MetricError.self) {
            try PixelComparison(metrics: [.l1]).values(.constant(0, side: 8), .constant(.nan, side: 8), names: ("a.tif", "b.tif"))
        }
        #expect(try #require(damaged).description.contains("b.tif"))
    }

    @Test func foldersAreComparedPairByPair() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["a": 5, "b": 5], to: root)
            let equal = try PixelImage(contentsOf: root.appending(path: "a/002.png"))
            try equal.write(to: root.appending(path: "b/002.png"))
            let pairs = try ImagePairs(root.appending(path: "a"), root.appending(path: "b"))
            let comparison = PixelComparison(metrics: [.ssim, .psnr])
            let scores = try comparison.scores(of: pairs, workers: 3)
            #expect(scores.names == ["000.png", "001.png", "002.png", "003.png", "004.png"])
            for (pair, values) in zip(pairs.pairs, scores.values) {
                let expected = try comparison.values(PixelImage(contentsOf: pair.first), PixelImage(contentsOf: pair.second))
                #expect(values.keys == expected.keys)
                expectClose(try #require(values[.ssim]), try #require(expected[.ssim]), relative: 1e-12)
            }
            let ssim = scores.values(of: .ssim)
            expectClose(try #require(scores.mean(of: .ssim)), ssim.reduce(0, +) / 5)
            #expect(scores.mean(of: .psnr) == .infinity)
            #expect(scores.mean(of: .l1) == nil)
            #expect(PixelMetric.psnr.text(.infinity) == "infinite: equal images")

            let json = try JSONDecoder().decode(Report.self, from: JSONEncoder().encode(scores))
            #expect(json.images.map(\.name) == scores.names)
            #expect(json.images.map(\.ssim) == ssim)
            #expect(json.images.map { $0.psnr == nil } == [false, false, true, false, false])
            #expect(json.mean == ["ssim": scores.mean(of: .ssim), "psnr": Double?.none])
        }
    }

    @Test func theFirstFileThatFailsIsNamed() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["a": 6, "b": 6], to: root)
            for name in ["001", "004"] { try Data("none".utf8).write(to: root.appending(path: "b/\(name).png")) }
            let pairs = try ImagePairs(root.appending(path: "a"), root.appending(path: "b"))
            let error = #expect(throws: ImageError.self) { try PixelComparison(metrics: [.l1]).scores(of: pairs, workers: 4) }
            #expect(try #require(error).description.contains("b/001.png"))
        }
    }

    private func images(_ height: Int, _ width: Int, _ bands: Int, _ fullScale: Int) -> (PixelImage, PixelImage) {
        (
            .formula(height: height, width: width, bands: bands, fullScale: fullScale, seed: 1),
            .formula(height: height, width: width, bands: bands, fullScale: fullScale, seed: 2)
        )
    }
}
