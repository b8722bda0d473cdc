import Foundation
import Testing

@testable import CycleGANTraining

/// Counters of a checkpoint that some run can have had, and others.
@Suite struct TrainingProgressTests {
    /// Of epochs of 5 batches, 2 of which make a step: one batch is left for the third.
    private func problem(_ changes: [String: Any]) throws -> String? {
        let counters: [String: Any] = [
            "step": 7, "epoch": 3, "batchesDone": 2, "picturesEpoch": 2, "rollbacks": 1, "plateau": ["factor": 0.5, "badEpochs": 1],
            "best": ["metric": "cycle", "value": 0.5, "epoch": 2, "step": 6],
            "earlyStopping": ["best": 0.5, "bestEpoch": 2, "epochsWithoutProgress": 0],
        ]
        let data = try JSONSerialization.data(withJSONObject: counters.merging(changes) { $1 })
        guard let progress = TrainingProgress(metadata: ["trainer": String(decoding: data, as: UTF8.self)]) else { return "unreadable" }
        return progress.problem(batchesPerEpoch: 5, batchesPerStep: 2)
    }

    @Test func possibleCountersAreRead() throws {
        #expect(try problem([:]) == nil)
        #expect(
            try problem(["step": 0, "epoch": 1, "batchesDone": 0, "picturesEpoch": 0, "best": NSNull(), "earlyStopping": NSNull()]) == nil)
        #expect(try problem(["step": 6, "batchesDone": 0, "rollbacks": NSNull()]) == nil)
        #expect(try problem(["step": 8, "batchesDone": 4]) == nil)
    }

    @Test(arguments: ["step", "epoch", "batchesDone", "rollbacks", "picturesEpoch"]) func impossibleCountersAreNot(_ key: String) throws {
        for value in [-1, -5, Int.max, Int.min, 1_000_000_000_000] { #expect(try problem([key: value]) != nil, "\(key) \(value)") }
    }

    @Test func countersThatDoNotFitTogetherAreNot() throws {
        for changes in [["step": 6], ["step": 8], ["epoch": 2], ["batchesDone": 1], ["batchesDone": 5, "step": 9], ["batchesDone": 4]] {
            #expect(try problem(changes)?.contains("which cannot be with 5 batches and 3 steps in an epoch") == true, "\(changes)")
        }
        #expect(try problem(["best": ["metric": "cycle", "value": 0.5, "epoch": 4, "step": 6]]) != nil)
        #expect(try problem(["best": ["metric": "cycle", "value": 0.5, "epoch": 2, "step": 8]]) != nil)
        #expect(try problem(["plateau": ["factor": -1, "badEpochs": 1]]) != nil)
        #expect(try problem(["earlyStopping": ["best": 0.5, "bestEpoch": 4, "epochsWithoutProgress": 0]]) != nil)
    }
}
