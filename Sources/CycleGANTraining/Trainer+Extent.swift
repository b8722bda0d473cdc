import Foundation
import TorchNN

/// How far a run goes.
extension Trainer {
    var schedule: LearningRateSchedule { configuration.schedule }

    var batchesPerEpoch: Int { (dataset.count + configuration.optimization.batchSize - 1) / configuration.optimization.batchSize }

    var stepsPerEpoch: Int { configuration.stepsPerEpoch(of: dataset) }

    var totalSteps: Int { configuration.totalSteps(stepsPerEpoch: stepsPerEpoch) }

    var isComplete: Bool { state.step >= totalSteps }

    /// The share of all epochs that is over.
    var progress: Double {
        (Double(state.epoch - 1) + Double(state.batchesDone) / Double(batchesPerEpoch)) / Double(configuration.totalEpochs)
    }

    var outline: RunOutline {
        RunOutline(
            lossNames: objective.monitoring.lossNames, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps,
            totalEpochs: configuration.totalEpochs,
            completedSteps: state.step, earlierSeconds: earlierSeconds, timeLimit: configuration.run.maxMinutes.map { $0 * 60 })
    }

    var earlyStop: RunSummary.Reason? {
        guard let patience = configuration.validation.earlyStopping, !isComplete else { return nil }
        let monitored =
            stoppingMetric ?? "the mean of \(objective.monitoring.progressLosses.joined(separator: " + "))"
        return state.earlyStopping?.reason(patience: patience, of: monitored).map { .earlyStopping($0) }
    }

    /// Wall-clock seconds of the whole run until now.
    var elapsedSeconds: Double { earlierSeconds + start.duration(to: .now) / .seconds(1) }

    func reasonToStop() -> RunSummary.Reason? {
        if isComplete { return nil }
        if let earlyStop { return earlyStop }
        if shouldStop() { return .interrupted }
        if let minutes = configuration.run.maxMinutes, start.duration(to: .now) >= .seconds(minutes * 60) { return .timeLimit }
        return nil
    }
}
