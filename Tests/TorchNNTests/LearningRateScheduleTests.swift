import Foundation
import TestSupport
import Testing

@testable import TorchNN

@Suite struct LearningRateScheduleTests {
    private func factors(_ policy: LearningRatePolicy, epochs: [Int]) -> [Double] {
        let schedule = LearningRateSchedule(policy: policy, constantEpochs: 100, decayEpochs: 100)
        return epochs.map { schedule.factor(epoch: $0, step: 0) }
    }

    @Test func linearNeverReachesZeroAndTheOldFormulaDoes() {
        let afterOne = 1 - 1.0 / 101
        let afterHundred = 1 - 100.0 / 101
        #expect(factors(.linear, epochs: [1, 100, 101, 200]) == [1, 1, afterOne, afterHundred])
        #expect(factors(.linear2020, epochs: [1, 99, 100, 200]) == [1, 1, afterOne, 0])
    }

    @Test func cosineFallsOverTheWholeTraining() {
        let values = factors(.cosine, epochs: [1, 101, 200])
        expectClose(values[0], 1)
        expectClose(values[1], 0.5)
        expectClose(values[2], (1 + cos(.pi * 199 / 200)) / 2)
    }

    @Test func stepDividesByTenEveryFiftyEpochs() {
        for (found, expected) in zip(factors(.step, epochs: [1, 50, 51, 101, 200]), [1, 1, 0.1, 0.01, 0.001]) {
            expectClose(found, expected)
        }
    }

    @Test func warmupMultipliesAnyPolicy() {
        let schedule = LearningRateSchedule(policy: .constant, constantEpochs: 1, decayEpochs: 0, warmupSteps: 1000)
        #expect([0, 499, 999, 5000].map { schedule.factor(epoch: 1, step: $0) } == [0.001, 0.5, 1, 1])
    }

    @Test func plateauLowersTheRateAfterMoreThanFiveBadEpochs() {
        var state = PlateauState()
        // Less than one percent better counts as no improvement.
        for metric in [1.0, 0.995, 0.999, 0.992, 1, 1] { state.observe(metric) }
        #expect(state.factor == 1)
        state.observe(1)
        expectClose(state.factor, 0.2)
        state.observe(0.5)
        for _ in 0..<5 { state.observe(0.5) }
        expectClose(state.factor, 0.2)
        state.observe(0.5)
        expectClose(state.factor, 0.04)
    }
}
