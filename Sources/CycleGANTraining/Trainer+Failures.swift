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
        let lastBest = state.best
        try restore(TrainingCheckpoint(contentsOf: url), file: url)
        try forgetLaterFiles(best: lastBest)
        state.rollbacks = rollbacks
        failure = nil
        finiteGuard = FiniteGuard(names: objective.monitoring.lossNames, device: device)
        lastPublishedStep = state.step
        // Written anew, so that a resumed run has the lower learning rate too.
        lastCheckpointStep = nil
        try emit(
            .rolledBack(
                Rollback(
                    fromStep: fromStep, step: state.step, epoch: state.epoch, learningRateScale: state.learningRateScale, reason: reason)))
        try save()
        // Of a step that does not count any more.
        if run.previousCheckpoint.exists { try FileManager.default.removeItem(at: run.previousCheckpoint) }
        return nil
    }

    /// Keeps the present state as one to go back to, unless nobody will or something is wrong already.
    func saveRollbackPoint(_ checkpoint: @autoclosure () throws -> TrainingCheckpoint) throws {
        guard configuration.validation.onFailure == .rollback, doctor?.hasSuspicion != true else { return }
        try checkpoint().write(to: run.goodCheckpoint)
    }

    /// Removes what the steps that do not count any more have left: nobody should take it for a result.
    ///
    /// - Parameter best: The best validation before the return. Its files took the place of those of an earlier one.
    private func forgetLaterFiles(best: BestValidation?) throws {
        var later: [URL] = []
        for folder in [run.models, run.samples] {
            let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
            later += files.filter { file in
                func number(after prefix: String) -> Int? {
                    let name = file.lastPathComponent
                    return name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count).prefix { $0.isNumber }) : nil
                }
                return number(after: "epoch-").map { $0 >= state.epoch } ?? number(after: "step-").map { $0 > state.step } ?? false
            }
        }
        if let best, best.step > state.step {
            state.best = nil
            let files = (try? FileManager.default.contentsOfDirectory(at: run.models, includingPropertiesForKeys: nil)) ?? []
            later += [run.bestCheckpoint] + files.filter { $0.lastPathComponent.hasPrefix("best_") }
        }
        for file in later { try FileManager.default.removeItem(at: file) }
    }

    /// Tells of a loss or tensor that is no number as the doctor tells of its findings.
    func report(_ error: RunError) throws {
        guard case .notFinite(let what, let step, _, _) = error, doctor != nil else { return }
        try emit(.finding(Finding(notFinite: what, step: step, configuration: configuration)))
    }
}
