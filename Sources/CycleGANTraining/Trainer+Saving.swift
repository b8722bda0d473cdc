import CycleGANModels
import Foundation
import Settings
import Torch

extension Trainer {
    /// Optimiser steps taken so far.
    package var completedSteps: Int { state.step }

    /// Continues from the run's latest checkpoint.
    ///
    /// - Throws: `RunError.noCheckpoint`, or a checkpoint error naming the file and what does not fit.
    public func resume() throws {
        let url = run.latestCheckpoint
        guard url.exists else {
            let previous = run.previousCheckpoint
            throw previous.exists
                ? RunError.damagedCheckpoint(reason: "\(url.path) does not exist", previous: previous.path)
                : RunError.noCheckpoint(url.path)
        }
        let checkpoint = try run.readingLatest { try TrainingCheckpoint(contentsOf: url) }
        let imageChanges = { ImageNames(contentsOf: self.run.images).map { ImageNames(self.dataset).changes(since: $0) } }
        try checkpoint.checkFits(configuration, data: fingerprint, imageChanges: imageChanges, file: url.path)
        if let problem = checkpoint.trainer.problem(batchesPerEpoch: batchesPerEpoch, batchesPerStep: configuration.optimization.accumulate)
        {
            throw CheckpointStateError(file: url.path, problem: problem)
        }
        try restore(checkpoint, file: url)
        if device == .cpu, let notice = checkpoint.kernelNotice { notices.append(notice) }
        if let maxSteps = configuration.run.maxSteps, maxSteps < state.step {
            throw ConfigurationError(
                key: "maxSteps", value: "\(maxSteps)", allowed: "at least the \(state.step) steps that the run has taken already")
        }
        lastCheckpointStep = state.step
        lastPublishedStep = state.step
        // Seen before the run stopped, and not yet acted upon.
        if configuration.validation.onFailure == .rollback { failure = doctor?.active.first(where: \.isFailure)?.description }
    }

    func restore(_ checkpoint: TrainingCheckpoint, file: URL) throws {
        guard checkpoint.epochSums.shape == epochSums.shape else {
            throw CheckpointStateError(
                file: file.path, problem: "trainer.epochSums has shape \(checkpoint.epochSums.shape), expected \(epochSums.shape)")
        }
        try checkpoint.restore(objective, file: file.path)
        state = checkpoint.trainer
        epochSums = checkpoint.epochSums.to(device)
        if let examined = checkpoint.doctor { doctor?.state = examined }
    }

    /// Writes the full state, unless that of this step is written already.
    ///
    /// - Parameters:
    ///   - publishing: Whether to write the generators alone too. They come first: a checkpoint says that they are there.
    ///   - isRollbackPoint: Whether a failure may send the run back here. Not where the clock chose the step: what is trained must not depend
    ///     on it.
    func save(publishing: Bool = false, isRollbackPoint: Bool = true) throws {
        let (isDue, isUnpublished) = (lastCheckpointStep != state.step, publishing && lastPublishedStep != state.step)
        guard isDue || isUnpublished else { return }
        try saving.measure {
            try checkFinite()
            let checkpoint = try checkpoint()
            if isUnpublished { try publish() }
            guard isDue else { return }
            try emit(.checkpointDue(step: state.step))
            try run.keepPreviousCheckpoint()
            try checkpoint.write(to: run.latestCheckpoint)
            if isRollbackPoint { try saveRollbackPoint(checkpoint) }
        }
        guard isDue else { return }
        lastCheckpointStep = state.step
        try emit(.checkpointSaved(url: run.latestCheckpoint, step: state.step))
    }

    /// Writes the full state and the generators of the best validation.
    func saveBest() throws {
        try checkpoint().write(to: run.bestCheckpoint)
        try publish(as: "best")
    }

    /// Notices that the run folder has gone. Asked before each step, where the state is whole, and when something could not be written.
    ///
    /// - Throws: `RunError.vanished`, once the state is saved beside the place where the folder was.
    func checkRunFolder(isBetweenSteps: Bool = true) throws {
        guard let lock, !lock.isInPlace else { return }
        // A write failed at the end of an epoch, which does not come again.
        if state.batchesDone == batchesPerEpoch { beginNextEpoch() }
        let name = "\(run.url.lastPathComponent)-rescued-step-\(state.step).safetensors"
        let file = run.url.deletingLastPathComponent().appending(path: name)
        let isSaved = (try? checkpoint().write(to: file)) != nil
        throw RunError.vanished(run.url.path, rescued: isSaved ? file.path : nil, isBetweenSteps: isBetweenSteps)
    }

    func checkpoint() throws -> TrainingCheckpoint {
        let (checkpoint, nonFinite) = try withinMemory {
            let checkpoint = try TrainingCheckpoint(
                objective: objective, trainer: state, epochSums: epochSums, doctor: doctor?.state, data: fingerprint,
                scales: scales, configuration: configuration)
            return (checkpoint, checkpoint.firstNonFiniteTensor)
        }
        // The losses are those of before the update, so the last update can have spoilt weights that no loss has seen yet.
        if let name = nonFinite {
            throw RunError.notFinite(
                what: "tensor \(name)", step: state.step, files: finiteGuard.latestFiles, checkpoint: lastGoodCheckpoint)
        }
        return checkpoint
    }

    /// Writes the generators alone, named after the epoch that they have completed, or after the step in mid-epoch.
    private func publish() throws {
        lastPublishedStep = state.step
        try publish(as: state.batchesDone == 0 ? "epoch-" + padded(state.epoch - 1, 4) : "step-" + padded(state.step, 8))
        if let count = configuration.run.keepModels { try run.keepModels(count) }
    }

    private func publish(as label: String) throws {
        let card = ModelCard(state, data: fingerprint, configuration: configuration)
        for generator in objective.publishedGenerators {
            try TrainingCheckpoint.publish(
                generator.trained(at: scales), card: card, to: run.models.appending(path: "\(label)_\(generator.name).safetensors"))
        }
    }

    /// Waits for the device.
    ///
    /// - Throws: `RunError.notFinite` naming the first loss that became NaN or infinite.
    func checkFinite() throws {
        try finiteGuard.check(checkpoint: lastGoodCheckpoint)
    }

    /// Runs `body` with errors of libtorch as throws.
    func withinMemory<Result>(_ body: () throws -> Result) throws -> Result {
        try configuration.withinMemory(checkpoint: lastGoodCheckpoint, body)
    }

    private var lastGoodCheckpoint: String? { lastCheckpointStep == nil ? nil : run.latestCheckpoint.path }

    private func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
