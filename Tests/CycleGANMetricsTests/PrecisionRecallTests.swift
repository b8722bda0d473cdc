import CycleGANMetrics
import TestSupport
import Testing
import Torch

@Suite struct PrecisionRecallTests {
    private func expectGolden(_ result: PrecisionRecall, _ golden: StatisticsGolden.Manifolds) {
        // torch-fidelity takes means in float32.
        expectClose(result.precision, golden.precision, relative: 1e-6)
        expectClose(result.recall, golden.recall, relative: 1e-6)
        expectClose(result.fScore, golden.fScore, relative: 1e-6)
    }

    @Test func agreesWithTorchFidelity() throws {
        let golden = try StatisticsGolden.read()
        let small = try PrecisionRecall(generated: StatisticsGolden.features("first"), real: StatisticsGolden.features("second"))
        expectGolden(small, golden.precisionRecall)
        let large = try PrecisionRecall(generated: StatisticsGolden.features("generated"), real: StatisticsGolden.features("real"))
        expectGolden(large, golden.precisionRecallInBlocks)
    }

    @Test func valuesByHand() throws {
        // With k = 1, the balls of 0, 1, 3 have the radii 1, 1, 2, and those of 4, 6, 20 the radii 2, 2, 14.
        let real = try FeatureSet(path: "real", values: Tensor([0, 1, 3] as [Float], shape: [3, 1]))
        let generated = try FeatureSet(path: "generated", values: Tensor([4, 6, 20] as [Float], shape: [3, 1]))
        let result = try PrecisionRecall(generated: generated, real: real, neighbours: 1)
        expectClose(result.precision, 1.0 / 3)
        expectClose(result.recall, 1.0 / 3)
        expectClose(result.fScore, 1.0 / 3)
    }

    @Test func equalImagesLieInTheirOwnBallsOfRadiusZero() throws {
        let row = try StatisticsGolden.features("first").values.narrowed(dimension: 0, start: 0, length: 1)
        let same = try FeatureSet(path: "same", values: row.expanded(to: [1500, 16]) * 100)
        let result = try PrecisionRecall(generated: same, real: same)
        #expect(result.precision == 1 && result.recall == 1)
        let others = try PrecisionRecall(generated: same, real: FeatureSet(path: "others", values: same.values + 0.01))
        #expect(others.precision == 0 && others.recall == 0 && others.fScore == 0)
    }

    @Test func tooFewImagesAreAnError() throws {
        let (three, four) = (try FeatureSet(path: "3", values: .ones([3, 2])), try FeatureSet(path: "4", values: .ones([4, 2])))
        let expected = MetricError.tooFewImages(path: "3", found: 3, needed: 4, metric: "precision and recall with 3 neighbours")
        #expect(throws: expected) { try PrecisionRecall(generated: four, real: three) }
        #expect(throws: expected) { try PrecisionRecall(generated: three, real: four) }
    }
}
