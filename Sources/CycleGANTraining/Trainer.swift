import Datasets
import Foundation
import Torch
import TorchNN

/// Runs epochs and batches, tells observers what happens, and saves. It knows no loss: the objective does.
public final class Trainer {
    private let objective: any TrainingObjective
    private let configuration: TrainingConfiguration
    private let run: RunFolder
    private let dataset: UnpairedImageDataset
    private let fingerprint: DataFingerprint
    private let samples: [UnpairedBatch]
    private let device: Device
    private let observers: [any TrainingObserver]
    private let notices: [String]
    private let shouldStop: () -> Bool

    private var state = TrainingProgress()
    // Shape [number of losses]: the sums over the steps of the current epoch, which the epoch's means come from.
    private var epochSums: Tensor
    private var guardian: FiniteGuard
    private var lastCheckpointStep: Int?
    private var lastPublishedStep: Int?
    private var clock = IntervalClock(step: 0)

    /// - Parameters:
    ///   - samples: Pairs of batch size 1 whose translations are shown while training.
    ///   - notices: Warnings from before the training, told to the observers at its start.
    ///   - shouldStop: Asked after every step; `true` saves and ends the run, to be resumed later.
    public init(
        objective: any TrainingObjective, configuration: TrainingConfiguration, run: RunFolder, dataset: UnpairedImageDataset,
        samples: [UnpairedBatch], device: Device, observers: [any TrainingObserver], notices: [String] = [],
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.objective = objective
        self.configuration = configuration
        self.run = run
        self.dataset = dataset
        fingerprint = DataFingerprint(dataset)
        self.samples = samples
        self.device = device
        self.observers = observers
        self.notices = notices
        self.shouldStop = shouldStop
        let names = objective.lossNames
        // MPS has no float64.
        epochSums = Tensor.zeros([names.count], dtype: device == .mps ? .float32 : .float64, device: device)
        guardian = FiniteGuard(names: names, device: device)
    }

    /// Continues from the run's latest checkpoint.
    ///
    /// - Throws: `RunError.noCheckpoint`, or a checkpoint error naming the file and what does not fit.
    public func resume() throws {
        let url = run.latestCheckpoint
        guard FileManager.default.fileExists(atPath: url.path) else { throw RunError.noCheckpoint(url.path) }
        let checkpoint = try TrainingCheckpoint(contentsOf: url)
        try checkpoint.checkFits(configuration, data: fingerprint, file: url.path)
        try checkpoint.restore(objective, file: url.path)
        state = checkpoint.trainer
        epochSums = checkpoint.epochSums.to(device)
        lastCheckpointStep = state.step
        lastPublishedStep = state.step
    }

    /// Trains until all epochs or steps are done, the time is up, or `shouldStop` says so; then saves.
    ///
    /// - Throws: `RunError.notFinite` when a loss becomes NaN or infinite, data and file errors, and what observers throw.
    public func train() throws -> RunSummary {
        do {
            return try runToEnd()
        } catch {
            // What went wrong matters more than an observer that cannot take it in.
            try? emit(.failed(message: "\(error)"))
            throw error
        }
    }

    private func runToEnd() throws -> RunSummary {
        clock = IntervalClock(step: state.step)
        let start = ContinuousClock.now
        try emit(.started(outline))
        for notice in objective.notices + notices { try emit(.warning(notice)) }
        let loader = DataLoader(dataset: dataset, batchSize: configuration.batchSize, workers: configuration.workers)
        var warnings: [String] = []
        loader.onWarning = { warnings.append($0) }
        var reason = RunSummary.Reason.completed
        if state.step == 0 { try showPictures() }
        epochs: while state.epoch <= configuration.totalEpochs, !isComplete {
            let epoch = state.epoch
            loader.start(epoch: epoch, fromBatch: state.batchesDone)
            while state.epoch == epoch, !isComplete, let batch = try loader.next() {
                try takeStep(batch, waited: loader.waitingSeconds)
                for warning in warnings { try emit(.warning(warning)) }
                warnings.removeAll()
                // The end of an epoch belongs to the step that completes it, so that a checkpoint never lies between them.
                if state.batchesDone == stepsPerEpoch { try endEpoch() }
                if let period = configuration.checkpointSteps, state.step.isMultiple(of: period) { try save() }
                if let stop = reasonToStop(since: start) {
                    reason = stop
                    break epochs
                }
            }
        }
        return try finish(reason, since: start)
    }

    private func takeStep(_ batch: UnpairedBatch, waited: Double) throws {
        let factor = schedule.factor(epoch: state.epoch, step: state.step, plateauFactor: state.plateau.factor)
        for (_, optimizer) in objective.optimizers { optimizer.learningRateFactor = factor }
        let losses = objective.step(batch.moved(to: device))
        state.step += 1
        state.batchesDone += 1
        withoutGradients { epochSums.add(losses.values.to(epochSums.dtype)) }
        guardian.observe(losses, step: state.step, files: batch.pathsA + batch.pathsB)
        try emit(.stepped(epoch: state.epoch, step: state.step))
        if guardian.isFull { try guardian.check(checkpoint: lastGoodCheckpoint) }
        // Also the last step, so that the log and the curves reach the end.
        if state.step.isMultiple(of: configuration.logEvery) || isComplete {
            try guardian.check(checkpoint: lastGoodCheckpoint)
            try emit(.logged(record(losses, waited: waited)))
        }
        if state.step.isMultiple(of: configuration.sampleEvery) { try showPictures() }
    }

    private func record(_ losses: StepLosses, waited: Double) -> StepRecord {
        let interval = clock.lap(step: state.step, waited: waited)
        return StepRecord(
            step: state.step, epoch: state.epoch, losses: losses.read(),
            learningRates: Dictionary(
                uniqueKeysWithValues: objective.optimizers.map {
                    ($0.name, $0.optimizer.groups[0].learningRate * $0.optimizer.learningRateFactor)
                }),
            imagesPerSecond: Double(interval.steps * configuration.batchSize) / interval.seconds,
            dataWait: min(1, interval.waited / interval.seconds))
    }

    private func endEpoch() throws {
        try guardian.check(checkpoint: lastGoodCheckpoint)
        let means = (epochSums.to(.cpu).to(.float64) / Double(stepsPerEpoch)).array(of: Double.self)
        let meanLosses = Dictionary(uniqueKeysWithValues: zip(objective.lossNames, means))
        if configuration.learningRatePolicy == .plateau {
            state.plateau.observe(objective.monitoredLosses.compactMap { meanLosses[$0] }.reduce(0, +))
        }
        try emit(.epochEnded(EpochSummary(epoch: state.epoch, step: state.step, meanLosses: meanLosses)))
        let epoch = state.epoch
        state.epoch += 1
        state.batchesDone = 0
        epochSums.fill(0)
        if epoch.isMultiple(of: configuration.checkpointEvery) || epoch == configuration.totalEpochs {
            try save()
            try publish()
        }
    }

    private func finish(_ reason: RunSummary.Reason, since start: ContinuousClock.Instant) throws -> RunSummary {
        try save()
        if lastPublishedStep != state.step { try publish() }
        if !state.step.isMultiple(of: configuration.sampleEvery) { try showPictures() }
        let summary = RunSummary(
            reason: reason, step: state.step, epoch: state.batchesDone > 0 ? state.epoch : state.epoch - 1,
            seconds: start.duration(to: .now) / .seconds(1), unreadableFiles: dataset.unreadableFiles)
        try emit(.finished(summary))
        return summary
    }

    private func save() throws {
        guard lastCheckpointStep != state.step else { return }
        try guardian.check(checkpoint: lastGoodCheckpoint)
        let checkpoint = try TrainingCheckpoint(
            objective: objective, trainer: state, epochSums: epochSums, data: fingerprint, configuration: configuration)
        // The losses are those of before the update, so the last update can have spoilt weights that no loss has seen yet.
        if let name = checkpoint.firstNonFiniteTensor {
            throw RunError.notFinite(
                what: "tensor \(name)", step: state.step, files: guardian.latestFiles, checkpoint: lastGoodCheckpoint)
        }
        try checkpoint.write(to: run.latestCheckpoint)
        lastCheckpointStep = state.step
        try emit(.checkpointSaved(url: run.latestCheckpoint, step: state.step))
    }

    /// Writes the generators alone, named after the epoch that they have completed, or after the step in mid-epoch.
    private func publish() throws {
        let label = state.batchesDone == 0 ? "epoch-" + padded(state.epoch - 1, 4) : "step-" + padded(state.step, 8)
        lastPublishedStep = state.step
        for (name, network, description) in objective.publishedGenerators {
            let url = run.models.appending(path: "\(label)_\(name).safetensors")
            try TrainingCheckpoint.publish(network, description: description, to: url)
        }
    }

    private func showPictures() throws {
        var rows: [[SamplePictures.Picture]] = []
        for sample in samples {
            for row in objective.pictures(of: sample.moved(to: device)) {
                rows.append(
                    row.map { label, image, domain in
                        let domainConfiguration = domain == .a ? configuration.domainA : configuration.domainB
                        return SamplePictures.Picture(label: label, image: .init(tensor: image, domain: domainConfiguration))
                    })
            }
        }
        try emit(.pictures(SamplePictures(epoch: state.epoch, step: state.step, rows: rows)))
    }

    private func emit(_ event: TrainingEvent) throws {
        for observer in observers { try observer.handle(event) }
    }
}

extension Trainer {
    private var schedule: LearningRateSchedule { configuration.schedule }

    private var stepsPerEpoch: Int {
        (dataset.count + configuration.batchSize - 1) / configuration.batchSize
    }

    private var totalSteps: Int {
        let all = configuration.totalEpochs * stepsPerEpoch
        return min(all, configuration.maxSteps ?? all)
    }

    private var isComplete: Bool { state.step >= totalSteps }

    private var lastGoodCheckpoint: String? { lastCheckpointStep == nil ? nil : run.latestCheckpoint.path }

    private var outline: RunOutline {
        RunOutline(
            lossNames: objective.lossNames, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, totalEpochs: configuration.totalEpochs,
            completedSteps: state.step, timeLimit: configuration.maxMinutes.map { $0 * 60 })
    }

    private func reasonToStop(since start: ContinuousClock.Instant) -> RunSummary.Reason? {
        if isComplete { return nil }
        if shouldStop() { return .interrupted }
        if let minutes = configuration.maxMinutes, start.duration(to: .now) >= .seconds(minutes * 60) { return .timeLimit }
        return nil
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

/// Measures the time and the waiting between two log records.
private struct IntervalClock {
    private var start = ContinuousClock.now
    private var step: Int
    private var waited = 0.0

    init(step: Int) {
        self.step = step
    }

    /// What has passed since the last lap.
    mutating func lap(step: Int, waited: Double) -> (steps: Int, seconds: Double, waited: Double) {
        let now = ContinuousClock.now
        defer { (start, self.step, self.waited) = (now, step, waited) }
        return (step - self.step, max(start.duration(to: now) / .seconds(1), 1e-9), waited - self.waited)
    }
}
