import CycleGANMetrics
import TestSupport
import Testing
import Torch

@Suite struct KernelInceptionDistanceTests {
    /// Few subsets are computed one by one, and many together; repeating them all changes neither result.
    @Test(arguments: [1, 5]) func agreesWithTorchFidelityOnItsSubsets(repetitions: Int) throws {
        let golden = try StatisticsGolden.read().kid
        let subsets = golden.subsets.map { ($0.first, $0.second) }
        let distance = try KernelInceptionDistance(
            StatisticsGolden.features("first"), StatisticsGolden.features("second"),
            subsets: Array(repeatElement(subsets, count: repetitions).joined()))
        expectClose(distance.mean, golden.mean, relative: 1e-10)
        expectClose(distance.standardDeviation, golden.standardDeviation, relative: 1e-10)
        #expect(distance.subsetSize == 20 && distance.subsetCount == 5 * repetitions)
    }

    @Test func subsetsComeFromTheSeed() throws {
        let (first, second) = (try StatisticsGolden.features("first"), try StatisticsGolden.features("second"))
        func distance(_ seed: UInt64) throws -> KernelInceptionDistance {
            try KernelInceptionDistance(first, second, subsetCount: 10, subsetSize: 20, seed: seed)
        }
        let (one, again, other) = (try distance(1), try distance(1), try distance(2))
        #expect(one == again && one != other)
    }

    @Test func smallSetsAreTakenWhole() throws {
        let features = try StatisticsGolden.features("few")
        let distance = try KernelInceptionDistance(features, features, subsetCount: 3)
        #expect(distance.subsetSize == 9 && distance.subsetCount == 3)
        #expect(distance.standardDeviation < 1e-12, "each subset holds the same images")
    }

    @Test func valuesByHand() throws {
        // With D = 1: k(x, y) = (xy + 1)³. Within: k(0, 1) = 1 and k(1, 2) = 27; between: (1 + 1 + 8 + 27) / 4.
        let first = try FeatureSet(path: "first", values: Tensor([0, 1] as [Float], shape: [2, 1]))
        let second = try FeatureSet(path: "second", values: Tensor([1, 2] as [Float], shape: [2, 1]))
        let distance = try KernelInceptionDistance(first, second, subsetCount: 2)
        expectClose(distance.mean, 1 + 27 - 2 * 37 / 4, relative: 1e-14)
    }

    @Test func badSetsAreErrors() throws {
        let one = try FeatureSet(path: "one", values: .ones([1, 4]))
        let two = try FeatureSet(path: "two", values: .ones([2, 4]))
        let short = try FeatureSet(path: "short", values: .ones([2, 3]))
        #expect(throws: MetricError.tooFewImages(path: "one", found: 1, needed: 2, metric: "KID")) { try KernelInceptionDistance(two, one) }
        #expect(throws: MetricError.featureLength(path: "two", found: 4, other: "short", expected: 3)) {
            try KernelInceptionDistance(two, short)
        }
    }
}
