import CycleGANTraining
import Settings
import Testing

@testable import CycleGANRuns

/// Plans from given measurements.
struct BudgetPlanTests {
    private func plan(
        _ configuration: TrainingConfiguration = TrainingConfiguration(), seconds: Double, secondsPerStep: Double, stepsPerEpoch: Int,
        validationImages: Int = 0, secondsPerSample: Double = 0.01
    ) throws -> BudgetPlan {
        let estimate = TrainingEstimate(
            configuration: configuration, device: "cpu", secondsPerStep: secondsPerStep, stepsPerEpoch: stepsPerEpoch, peakMemory: nil,
            secondsPerSample: secondsPerSample)
        return try BudgetPlan(
            for: configuration, seconds: seconds, estimate: estimate, samplesPerEpoch: stepsPerEpoch, validationImages: validationImages)
    }

    /// 0.85 of 10,000 s, 100 s and 0.18 s of samples for an epoch: 84 epochs.
    @Test func manyEpochsAreWholeAndHalfOfThemDecay() throws {
        let plan = try plan(seconds: 10_000, secondsPerStep: 0.1, stepsPerEpoch: 1000)
        #expect(plan.configuration.optimization.epochs == 42 && plan.configuration.optimization.decayEpochs == 42)
        #expect(plan.configuration.data.epochSize == nil)
        #expect(plan.text.contains("84,000 steps in 84 epochs; the learning rate falls from epoch 43; no validation images"))
    }

    /// 0.85 of 7,200 s less 30 sets of samples, 2 s each: 3,057 steps, less than half of an epoch; 30 epochs of 101 steps.
    @Test func epochsBecomeShortWhereTheTimeIsNotEnoughForMany() throws {
        var configuration = TrainingConfiguration()
        (configuration.optimization.batchSize, configuration.optimization.accumulate) = (2, 3)
        let plan = try plan(configuration, seconds: 7200, secondsPerStep: 2, stepsPerEpoch: 7038)
        #expect(plan.configuration.data.epochSize == 101 * 6)
        #expect(plan.configuration.totalEpochs == 30 && plan.configuration.optimization.decayEpochs == 15)
        #expect(plan.text.contains("3,030 steps in 30 epochs, each of 606 samples (the data set has 7,038)"))
    }

    @Test func theObjectivesSharesOfConstantAndDecayingEpochsStay() throws {
        let fast = try plan(.defaults(for: .fastCUT), seconds: 1000, secondsPerStep: 0.1, stepsPerEpoch: 91)
        #expect(fast.configuration.optimization.epochs == 68 && fast.configuration.optimization.decayEpochs == 23)
    }

    /// A set of samples costs 8 times 0.5 s and 0.1 s; at 0.1 s per step and 3 % that is one every 1,367 steps. Validation of 100 images costs 100 s,
    /// of 6 % of the 7,900 s that are left.
    @Test func samplesAndValidationsTakeTheirShare() throws {
        let plan = try plan(
            seconds: 10_000, secondsPerStep: 0.1, stepsPerEpoch: 1000, validationImages: 100, secondsPerSample: 0.5)
        #expect(plan.configuration.run.sampleEvery == 2000)
        #expect(plan.configuration.totalEpochs == 75 && plan.configuration.validation.validateEvery == 16)
        var chosen = TrainingConfiguration()
        (chosen.run.sampleEvery, chosen.validation.validateEvery) = (70, 2)
        let kept = try self.plan(
            chosen, seconds: 10_000, secondsPerStep: 0.1, stepsPerEpoch: 1000, validationImages: 100, secondsPerSample: 0.5)
        #expect(kept.configuration.run.sampleEvery == 70 && kept.configuration.validation.validateEvery == 2)
    }

    @Test func tooLittleTimeIsRefused() {
        let error = #expect(throws: BudgetError.self) { try plan(seconds: 60, secondsPerStep: 2, stepsPerEpoch: 100) }
        #expect(
            error.map { "\($0)" }
                == "the time is too short: a step takes 2.000 s, so that 1:00 are enough for 30 steps; expected at least 2:28, "
                + "or smaller images and networks")
    }

    @Test func whatCutsARunOffGivesWayAndEpochsHaveALimit() throws {
        var configuration = TrainingConfiguration()
        (configuration.run.maxSteps, configuration.run.maxMinutes) = (2, 1)
        let plan = try plan(configuration, seconds: 1e7, secondsPerStep: 1e-3, stepsPerEpoch: 1)
        #expect(plan.configuration.run.maxSteps == nil && plan.configuration.run.maxMinutes == nil)
        #expect(plan.configuration.totalEpochs == 1_000_000)
    }

    @Test func aRunThatGoesOnKeepsItsPlan() throws {
        let planned = try plan(seconds: 7200, secondsPerStep: 2, stepsPerEpoch: 7038).configuration
        var given = TrainingConfiguration()
        given.takePlan(of: planned)
        #expect(given == planned)
    }
}
