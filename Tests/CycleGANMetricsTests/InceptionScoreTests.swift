import CycleGANMetrics
import TestSupport
import Testing
import Torch

@Suite struct InceptionScoreTests {
    @Test(arguments: [1, 10]) func agreesWithTorchFidelity(splits: Int) throws {
        let golden = try #require(try StatisticsGolden.read().inceptionScore["\(splits)"])
        let score = try InceptionScore(logits: StatisticsGolden.features("logits"), splits: splits)
        expectClose(score.mean, golden.mean, relative: 1e-12)
        expectClose(score.standardDeviation, golden.standardDeviation, relative: 1e-10)
        #expect(score.splits == splits)
    }

    @Test func certainAnswersCountTheClasses() throws {
        // Every class once, with a certainty that leaves nothing of the others.
        let logits = try FeatureSet(path: "certain", values: Tensor([2000, 0, 0, 0, 2000, 0, 0, 0, 2000] as [Float], shape: [3, 3]))
        expectClose(try InceptionScore(logits: logits, splits: 1).mean, 3, relative: 1e-14)
        let alike = try FeatureSet(path: "alike", values: .ones([6, 3]))
        expectClose(try InceptionScore(logits: alike, splits: 2).mean, 1, relative: 1e-14)
    }

    @Test func theOrderComesFromTheSeed() throws {
        let logits = try StatisticsGolden.features("logits")
        func score(_ seed: UInt64?) throws -> InceptionScore { try InceptionScore(logits: logits, shuffleSeed: seed) }
        let (one, again, other, inOrder) = (try score(1), try score(1), try score(2), try score(nil))
        #expect(one == again && one != other && one != inOrder)
    }

    @Test func fewerImagesThanPartsAreAnError() throws {
        let logits = try FeatureSet(path: "few", values: .ones([9, 4]))
        let expected = MetricError.tooFewImages(path: "few", found: 9, needed: 10, metric: "the Inception score in 10 parts")
        #expect(throws: expected) { try InceptionScore(logits: logits) }
    }
}
