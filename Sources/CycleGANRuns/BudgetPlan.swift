import CycleGANTraining
import Datasets
import Foundation
import Support

/// How a run fits into a given time: its epochs, with the decay of the learning rate at their end, from the measured time of some steps.
public struct BudgetPlan {
    /// The configuration with the plan's epochs, and with the times of samples and validations where these had not been chosen.
    public let configuration: TrainingConfiguration
    /// The plan in words.
    public let text: String

    // What measuring some steps cannot foresee, and what is written beside them: runs of one and two minutes took 5 to 19 % more for a step.
    private static let reserve = 0.12
    // Shares of the time for sample pictures and for validation.
    private static let (sampleShare, validationShare) = (0.03, 0.06)
    // So that the learning rate falls in small steps, and validations are many enough to choose from.
    private static let leastEpochs = 30
    private static let leastSteps = 60

    /// Measures some steps.
    ///
    /// - Parameters:
    ///   - configuration: What is to be trained; its epochs tell how many parts of the time the learning rate is constant and falls.
    ///   - seconds: The time that there is, the measurement included.
    /// - Throws: `BudgetError` where the time is too short, and the errors of `TrainingEstimate`.
    public init(for configuration: TrainingConfiguration, seconds: Double) throws {
        let start = ContinuousClock.now
        let estimate = try TrainingEstimate(measuring: configuration, steps: 5, leastSeconds: min(15, seconds / 60))
        let spent = start.duration(to: .now) / .seconds(1)
        let images = try configuration.hasImages(.validation) ? configuration.dataset(.validation).count : 0
        try self.init(
            for: configuration, seconds: seconds, spent: spent, estimate: estimate, samplesPerEpoch: configuration.dataset(.train).count,
            validationImages: images)
    }

    init(
        for configuration: TrainingConfiguration, seconds: Double, spent: Double = 0, estimate: TrainingEstimate, samplesPerEpoch: Int,
        validationImages: Int
    ) throws {
        var planned = configuration
        (planned.run.maxSteps, planned.run.maxMinutes) = (nil, nil)
        let defaults = TrainingConfiguration.defaults(for: configuration.objective.kind)
        let secondsPerStep = estimate.secondsPerStep
        let samplesPerStep = configuration.optimization.batchSize * configuration.optimization.accumulate
        // Of four samples; drawing and encoding take about as long again, and a tenth of a second.
        let samples = 4 * 2 * estimate.secondsPerSample + 0.1
        let validation = 2 * estimate.secondsPerSample * Double(validationImages)
        let shares = Self.reserve + Self.sampleShare + (validationImages > 0 ? Self.validationShare : 0)
        let time = max(0, seconds - spent) * (1 - shares)
        // Every epoch ends with a set of samples.
        let whole = Int(min(time / (Double(estimate.stepsPerEpoch) * secondsPerStep + samples), Double(TrainingConfiguration.mostEpochs)))
        let shortSteps = max(0, time - Double(Self.leastEpochs) * samples) / secondsPerStep
        let steps = whole < Self.leastEpochs ? Int(min(shortSteps, 1e12)) : whole * estimate.stepsPerEpoch
        guard steps >= Self.leastSteps else {
            throw BudgetError(
                seconds: seconds, secondsPerStep: secondsPerStep,
                leastSeconds: spent + (Double(Self.leastSteps) * secondsPerStep + Double(Self.leastEpochs) * samples) / (1 - shares))
        }
        let epochs = max(whole, Self.leastEpochs)
        if whole < Self.leastEpochs { planned.data.epochSize = max(1, steps / epochs) * samplesPerStep }
        let stepsPerEpoch = whole < Self.leastEpochs ? max(1, steps / epochs) : estimate.stepsPerEpoch
        let parts = (configuration.optimization.epochs, configuration.totalEpochs)
        planned.optimization.epochs = Int((Double(epochs) * Double(parts.0) / Double(parts.1)).rounded())
        planned.optimization.decayEpochs = epochs - planned.optimization.epochs
        let total = epochs * stepsPerEpoch
        if configuration.run.sampleEvery == defaults.run.sampleEvery {
            planned.run.sampleEvery = max(defaults.run.sampleEvery, Self.rounded(samples / (Self.sampleShare * secondsPerStep)))
        }
        if configuration.validation.validateEvery == defaults.validation.validateEvery, validationImages > 0 {
            planned.validation.validateEvery = min(
                epochs, max(1, Int((validation * Double(epochs) / (Self.validationShare * time)).rounded(.up))))
        }
        self.configuration = planned
        let size = planned.data.epochSize.map { ", each of \(grouped($0)) samples (the data set has \(grouped(samplesPerEpoch)))" } ?? ""
        let decay =
            planned.optimization.decayEpochs > 0
            ? "the learning rate falls from epoch \(grouped(planned.optimization.epochs + 1))" : "the learning rate does not fall"
        let validations =
            validationImages > 0 ? "validation every \(counted(planned.validation.validateEvery, "epoch"))" : "no validation images"
        text = """
            Plan for \(durationText(seconds)): \(shortNumber(secondsPerStep)) s per step measured on \(estimate.device), \
            \(counted(total, "step")) in \(counted(epochs, "epoch"))\(size); \(decay); \(validations); \
            samples every \(grouped(planned.run.sampleEvery)) steps
            """
    }

    /// Up to one or two digits: 100, 250, 1000.
    private static func rounded(_ steps: Double) -> Int {
        guard steps.isFinite, steps < 1e9 else { return 1_000_000 }
        return [50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000].first { Double($0) >= steps }
            ?? 1_000_000
    }
}

/// A time that is too short to train in.
public struct BudgetError: Error, CustomStringConvertible {
    let seconds, secondsPerStep, leastSeconds: Double

    /// How many steps there is time for, and what there should be.
    public var description: String {
        "the time is too short: a step takes \(shortNumber(secondsPerStep)) s, so that \(durationText(seconds)) are enough for "
            + "\(counted(Int(seconds / secondsPerStep), "step")); expected at least \(durationText(leastSeconds.rounded(.up))), "
            + "or smaller images and networks"
    }
}

extension TrainingConfiguration {
    /// Takes over what a plan had decided for a run that goes on.
    package mutating func takePlan(of run: TrainingConfiguration) {
        (optimization.epochs, optimization.decayEpochs) = (run.optimization.epochs, run.optimization.decayEpochs)
        data.epochSize = run.data.epochSize
        (self.run.sampleEvery, validation.validateEvery) = (run.run.sampleEvery, run.validation.validateEvery)
    }
}
