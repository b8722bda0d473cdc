import Checkpoints
import CycleGANMetrics
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct FrechetDistanceTests {
    private func normal(_ shape: [Int], seed: UInt64) -> Tensor {
        let tensor = Tensor.zeros(shape, dtype: .float64)
        tensor.fillNormal(using: TorchRandom(seed: seed))
        return tensor
    }

    @Test(arguments: [[60], [1, 59], [20, 0, 40], [7, 30, 3, 20]]) func batchesGiveNumpysStatistics(sizes: [Int]) throws {
        let features = try StatisticsGolden.features("first").values
        var batches: [Tensor] = []
        for size in sizes {
            let start = batches.reduce(0) { $0 + $1.shape[0] }
            batches.append(features.narrowed(dimension: 0, start: start, length: size))
        }
        var forward = FeatureAccumulator(path: "forward")
        for batch in batches { try forward.update(with: batch) }
        var merged = FeatureAccumulator(path: "merged")
        for batch in batches.reversed() {
            var part = FeatureAccumulator(path: "part")
            try part.update(with: batch)
            merged.merge(part)
        }
        let golden = try StatisticsGolden.tensors()
        for accumulator in [forward, merged] {
            let statistics = try accumulator.statistics()
            #expect(statistics.count == 60 && statistics.length == 16)
            expectClose(statistics.mean, try #require(golden["first.mu"]), relative: 1e-12, absolute: 0)
            expectClose(statistics.covariance, try #require(golden["first.sigma"]), relative: 1e-9, absolute: 1e-15)
        }
    }

    @Test func aLargeMeanDoesNotCancel() throws {
        let values = normal([40, 3], seed: 1)
        var accumulator = FeatureAccumulator(path: "far")
        for start in stride(from: 0, to: 40, by: 8) {
            try accumulator.update(with: values.narrowed(dimension: 0, start: start, length: 8) + 1e6)
        }
        let near = try FeatureStatistics(of: FeatureSet(path: "near", values: values))
        expectClose(try accumulator.statistics().covariance, near.covariance, relative: 1e-8, absolute: 1e-9)
    }

    @Test func badFeaturesAreErrors() throws {
        #expect(throws: MetricError.tooFewImages(path: "one", found: 1, needed: 2, metric: "a covariance")) {
            try FeatureStatistics(of: FeatureSet(path: "one", values: .ones([1, 4])))
        }
        #expect(throws: MetricError.tooFewImages(path: "none", found: 0, needed: 2, metric: "a covariance")) {
            try FeatureAccumulator(path: "none").statistics()
        }
        for value in [Double.nan, .infinity] {
            #expect(throws: MetricError.notFinite(path: "bad", what: "a feature")) {
                var accumulator = FeatureAccumulator(path: "bad")
                try accumulator.update(with: .full([3, 4], value))
            }
        }
        let short = try FeatureStatistics(of: FeatureSet(path: "short", values: normal([5, 3], seed: 1)))
        let long = try FeatureStatistics(of: FeatureSet(path: "long", values: normal([5, 4], seed: 1)))
        #expect(throws: MetricError.featureLength(path: "short", found: 3, other: "long", expected: 4)) { try FrechetDistance(short, long) }
    }

    @Test func agreesWithPytorchFIDAndTorchFidelity() throws {
        let golden = try StatisticsGolden.read()
        let first = try FeatureStatistics(of: StatisticsGolden.features("first"))
        let distance = try FrechetDistance(first, FeatureStatistics(of: StatisticsGolden.features("second")))
        expectClose(distance.value, golden.frechet.pytorchFID, relative: 1e-10)
        expectClose(distance.value, golden.frechet.torchFidelity, relative: 1e-10)
        expectClose(distance.meanTerm + distance.covarianceTerm, distance.value, relative: 1e-15)
        #expect(distance.firstRank == 16 && distance.secondRank == 16 && !distance.isSingular)

        // Their square roots of eigenvalues that are zero but for rounding cost digits.
        let ofFew = try FrechetDistance(first, FeatureStatistics(of: StatisticsGolden.features("few")))
        expectClose(ofFew.value, golden.frechetOfFew.pytorchFID, relative: 1e-8)
        expectClose(ofFew.value, golden.frechetOfFew.torchFidelity, relative: 1e-7)
        #expect(ofFew.firstRank == golden.frechetOfFew.firstRank && ofFew.secondRank == golden.frechetOfFew.secondRank && ofFew.isSingular)
    }

    @Test func diagonalCovariancesHaveAClosedForm() throws {
        // Columns that are orthogonal and sum to zero have a diagonal covariance: (a², b²) · 4 / 3.
        let signs = Tensor([1, 1, -1, -1, 1, -1, 1, -1] as [Double], shape: [2, 4]).permuted([1, 0])
        func features(_ a: Double, _ b: Double, mean: Double) throws -> FeatureStatistics {
            try FeatureStatistics(of: FeatureSet(path: "\(a)", values: signs * Tensor([a, b], shape: [2]) + mean))
        }
        let distance = try FrechetDistance(features(1, 2, mean: 0), features(4, 0.5, mean: 3))
        expectClose(distance.meanTerm, 18, relative: 1e-14)
        expectClose(distance.covarianceTerm, 4.0 / 3 * (9 + 2.25), relative: 1e-14)
    }

    @Test(arguments: [200, 12]) func equalSetsAreAtZero(count: Int) throws {
        let statistics = try FeatureStatistics(of: FeatureSet(path: "same", values: normal([count, 64], seed: 3)))
        let distance = try FrechetDistance(statistics, statistics)
        #expect(distance.meanTerm == 0 && abs(distance.value) < 1e-11)
        #expect(distance.firstRank == min(count - 1, 64) && distance.isSingular == (count < 65))
    }

    @Test func smallEigenvaluesKeepTheirRoots() throws {
        // Standard deviations from 1 to 10⁻⁴: covariances whose eigenvalues span eight decimals, and their products' sixteen.
        let scales = Tensor((0..<64).map { pow(10, -4 * Double($0) / 63) }, shape: [64])
        let values = normal([200, 64], seed: 4) * scales
        let statistics = try FeatureStatistics(of: FeatureSet(path: "one", values: values))
        let doubled = try FeatureStatistics(of: FeatureSet(path: "doubled", values: values * 2))
        // Tr(Σ + 4 Σ - 2 · 2 Σ) = Tr Σ
        let trace = (values - values.mean([0])).square().sum().item() / 199
        let distance = try FrechetDistance(statistics, doubled)
        expectClose(distance.covarianceTerm, trace, relative: 1e-7)
        #expect(distance.firstRank == 64 && distance.secondRank == 64)
    }

    @Test func whatIsNoCovarianceIsAnError() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "indefinite.safetensors")
            let sigma = Tensor([1, 2, 2, 1] as [Double], shape: [2, 2])
            try SafetensorsFile.write(StateDict([("mu", .zeros([2], dtype: .float64)), ("sigma", sigma)]), to: url)
            let statistics = try StatisticsFile.read(url).statistics
            let error = #expect(throws: MetricError.self) { try FrechetDistance(statistics, statistics) }
            let text = try #require(error).description
            #expect(text.contains(url.path) && text.contains("negative eigenvalues"), "\(text)")
        }
    }

    @Test func equalImagesHaveNoCovariance() throws {
        let constant = try FeatureStatistics(of: FeatureSet(path: "same", values: .ones([5, 4])))
        let other = try FeatureStatistics(of: FeatureSet(path: "other", values: .zeros([5, 4])))
        let distance = try FrechetDistance(constant, other)
        #expect(distance.value == 4 && distance.firstRank == 0 && distance.isSingular)
    }
}
