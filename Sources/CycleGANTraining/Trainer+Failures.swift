import Foundation
import Torch

/// A failure of the training that a run can go back from.
struct TrainingFailure: Error {
    /// What was seen.
    let reason: String
}

extension Trainer {
    // A run that fails again and again with ever smaller steps will not get well.
    private static let rollbackLimit = 4

    /// Goes back to the last checkpoint from before a failure, with half the learning rate.
    ///
    /// - Returns: Why that cannot be done; `nil` when it is done.
    /// - Throws: A checkpoint error when the file cannot be used, and what observers throw.
    func rollBack(because reason: String) throws -> String? {
        let rollbacks = (state.rollbacks ?? 0) + 1
        if rollbacks > Self.rollbackLimit { return "the run has already gone back \(Self.rollbackLimit) times" }
        let url = run.goodCheckpoint
        guard FileManager.default.fileExists(atPath: url.path) else { return "there is no checkpoint from before the failure" }
        let fromStep = state.step
        try restore(TrainingCheckpoint(contentsOf: url), file: url)
        state.rollbacks = rollbacks
        failure = nil
        guardian = FiniteGuard(names: objective.lossNames, device: device)
        lastPublishedStep = state.step
        // Written anew, so that a resumed run has the lower learning rate too.
        lastCheckpointStep = nil
        try emit(
            .rolledBack(
                Rollback(
                    fromStep: fromStep, step: state.step, epoch: state.epoch, learningRateScale: state.learningRateScale, reason: reason)))
        try save()
        return nil
    }
}
