import CycleGANModels
import Datasets
import Foundation
import Imaging
import Support
import Torch

/// Runs epochs and batches, tells observers what happens, and saves. It knows no loss: the objective does.
public final class Trainer {
    let objective: any TrainingObjective
    let configuration: TrainingConfiguration
    let run: RunFolder
    let dataset: any ImageDataset
    let fingerprint: DataFingerprint
    let scales: [Domain: TrainingScale]
    let device: Device
    private let samples: [ImageBatch]
    private let validator: Validator?
    private let observers: [any TrainingObserver]
    var notices: [String]
    let lock: RunLock?
    let shouldStop: () -> Bool

    var state = TrainingProgress()
    // Shape [number of losses]: the sums over the steps of the current epoch, which the epoch's means come from.
    var epochSums: Tensor
    var finiteGuard: FiniteGuard
    /// Watches for failures; `nil` when nobody should.
    var doctor: TrainingDoctor?
    /// A failure that the doctor has just found, where the run must react to it.
    var failure: String?
    var lastCheckpointStep: Int?
    var lastPublishedStep: Int?
    /// When the state was last written, and how long that took.
    var saving = SavingClock()
    private var clock = IntervalClock()
    private(set) var start = ContinuousClock.now
    /// The wall-clock seconds that earlier processes took for the steps of the checkpoint that the run goes on from.
    package var earlierSeconds = 0.0

    /// - Parameters:
    ///   - samples: Pairs of batch size 1 whose translations are shown while training.
    ///   - validator: Measures the networks after epochs and so chooses the best ones.
    ///   - notices: Warnings from before the training, told to the observers at its start.
    ///   - lock: That of the run folder, by which a run notices that the folder has gone.
    ///   - shouldStop: Asked after every step; `true` saves and ends the run, to be resumed later.
    public init(
        objective: any TrainingObjective, configuration: TrainingConfiguration, run: RunFolder, dataset: any ImageDataset,
        samples: [ImageBatch], validator: Validator? = nil, device: Device, observers: [any TrainingObserver],
        notices: [String] = [], lock: RunLock? = nil, shouldStop: @escaping () -> Bool = { false }
    ) {
        self.objective = objective
        self.configuration = configuration
        self.run = run
        self.dataset = dataset
        fingerprint = DataFingerprint(dataset)
        scales = configuration.scales(of: dataset)
        self.samples = samples
        self.validator = validator
        self.device = device
        self.observers = observers
        self.notices = notices
        self.lock = lock
        self.shouldStop = shouldStop
        let names = objective.monitoring.lossNames
        // MPS has no float64.
        epochSums = Tensor.zeros([names.count], dtype: device == .mps ? .float32 : .float64, device: device)
        finiteGuard = FiniteGuard(names: names, device: device)
        if configuration.validation.doctor {
            doctor = TrainingDoctor(monitoring: objective.monitoring, configuration: configuration, stepsPerEpoch: stepsPerEpoch)
        }
    }

    /// Trains until all epochs or steps are done, the time is up, early stopping or `shouldStop` says so; then saves.
    ///
    /// - Throws: `RunError.notFinite` when a loss becomes NaN or infinite, `OutOfMemoryError`, data and file errors, and what observers throw.
    public func train() throws -> RunSummary {
        do {
            return try runToEnd()
        } catch let error as RunError where error.isVanished {
            throw error
        } catch {
            // Nothing can be written where the folder has gone. A step without memory may have changed a part of the weights: not to be saved.
            if !(error is OutOfMemoryError) { try checkRunFolder(isBetweenSteps: false) }
            // What went wrong matters more than an observer that cannot take it in.
            try? emit(.failed(message: "\(error)"))
            throw error
        }
    }

    private func runToEnd() throws -> RunSummary {
        clock = IntervalClock()
        saving = SavingClock()
        start = .now
        // Who holds the lock has made the folder.
        if lock == nil { try AtomicFile.createFolder(run.url) }
        try emit(.started(outline))
        for notice in objective.notices + notices { try emit(.warning(notice)) }
        let loader = DataLoader(dataset: dataset, batchSize: configuration.optimization.batchSize, workers: configuration.run.workers)
        if state.step == 0 { try showPictures() }
        // A run that goes on keeps the one that it has: where it was interrupted must not matter.
        if !run.goodCheckpoint.exists { try saveRollbackPoint(checkpoint()) }
        var reason = earlyStop
        while reason == nil {
            do {
                let end = try runEpochs(loader) ?? .completed
                try save(publishing: true)
                reason = end
            } catch let failure as TrainingFailure {
                if let obstacle = try rollBack(because: failure.reason) { reason = .failure("\(failure.reason); \(obstacle)") }
            } catch let error as RunError where error.isNotFinite {
                try report(error)
                guard configuration.validation.onFailure == .rollback, try rollBack(because: error.problem) == nil else { throw error }
            }
        }
        return try finish(reason ?? .completed)
    }

    /// - Returns: Why to stop before the end, or `nil` when all steps are taken.
    private func runEpochs(_ loader: DataLoader) throws -> RunSummary.Reason? {
        var warnings: [String] = []
        loader.onWarning = { warnings.append($0) }
        while state.epoch <= configuration.totalEpochs, !isComplete {
            let epoch = state.epoch
            loader.start(epoch: epoch, fromBatch: state.batchesDone)
            while state.epoch == epoch, !isComplete, let batches = try nextBatches(loader) {
                try takeStep(batches, waited: loader.waitingSeconds)
                for warning in warnings { try emit(.warning(warning)) }
                warnings.removeAll()
                // The end of an epoch belongs to the step that completes it, so that a checkpoint never lies between them.
                if state.batchesDone == batchesPerEpoch { try endEpoch() }
                if let period = configuration.run.checkpointSteps, state.step.isMultiple(of: period) { try save(publishing: isComplete) }
                if saving.isDue(after: configuration.run.checkpointMinutes * 60) { try save(isRollbackPoint: false) }
                if let failure {
                    if configuration.validation.onFailure == .rollback { throw TrainingFailure(reason: failure) }
                    return .failure(failure)
                }
                if let reason = reasonToStop() { return reason }
            }
        }
        return nil
    }

    /// The batches of one step, fewer than asked for at the end of an epoch; `nil` after the last.
    private func nextBatches(_ loader: DataLoader) throws -> [ImageBatch]? {
        var batches: [ImageBatch] = []
        while batches.count < configuration.optimization.accumulate, let batch = try withinMemory({ try loader.next()?.moved(to: device) })
        {
            batches.append(batch)
        }
        return batches.isEmpty ? nil : batches
    }

    private func takeStep(_ batches: [ImageBatch], waited: Double) throws {
        try checkRunFolder()
        let factor = schedule.factor(epoch: state.epoch, step: state.step, plateauFactor: state.plateau.factor) * state.learningRateScale
        for named in objective.optimizers { named.optimizer.learningRateFactor = factor }
        objective.begin(at: progress)
        let losses = try withinMemory {
            let losses = objective.step(batches)
            withoutGradients { epochSums.add(losses.values.to(epochSums.dtype)) }
            finiteGuard.observe(losses, step: state.step + 1, files: batches.flatMap(\.paths))
            return losses
        }
        state.step += 1
        state.batchesDone += batches.count
        clock.images += batches.reduce(0) { $0 + $1.count }
        try emit(.stepped(epoch: state.epoch, step: state.step))
        if finiteGuard.isFull { try checkFinite() }
        // Also the last step, so that the log and the curves reach the end.
        if state.step.isMultiple(of: configuration.run.logEvery) || isComplete {
            try checkFinite()
            // A last step between two others would not be logged in a longer run, and so must not change what the doctor knows.
            try emit(.logged(record(losses, waited: waited)), isExamined: state.step.isMultiple(of: configuration.run.logEvery))
        }
        if state.step.isMultiple(of: configuration.run.sampleEvery) { try showPictures() }
    }

    private func record(_ losses: StepLosses, waited: Double) -> StepRecord {
        let interval = clock.lap(waited: waited)
        return StepRecord(
            step: state.step, epoch: state.epoch, losses: losses.read(),
            learningRates: Dictionary(
                uniqueKeysWithValues: objective.optimizers.map {
                    ($0.name, $0.optimizer.groups[0].learningRate * $0.optimizer.learningRateFactor)
                }),
            imagesPerSecond: Double(interval.images) / interval.seconds, dataWait: min(1, interval.waited / interval.seconds),
            seconds: (elapsedSeconds * 1000).rounded() / 1000)
    }

    private func endEpoch() throws {
        try checkFinite()
        let epoch = state.epoch
        let means = (epochSums.to(.cpu).to(.float64) / Double(stepsPerEpoch)).array(of: Double.self)
        let meanLosses = Dictionary(uniqueKeysWithValues: zip(objective.monitoring.lossNames, means))
        let monitored = objective.monitoring.progressLosses.compactMap { meanLosses[$0] }.reduce(0, +)
        if configuration.optimization.learningRatePolicy == .plateau { state.plateau.observe(monitored) }
        if stoppingMetric == nil { observeForEarlyStopping(monitored, isHigherBetter: false) }
        if state.picturesEpoch != epoch { try showPictures() }
        try emit(.epochEnded(EpochSummary(epoch: epoch, step: state.step, meanLosses: meanLosses)))
        let isBest = try validate()
        beginNextEpoch()
        // Before the checkpoint, which says that they are there.
        if isBest { try saveBest() }
        if epoch.isMultiple(of: configuration.run.checkpointEvery) || epoch == configuration.totalEpochs { try save(publishing: true) }
    }

    func beginNextEpoch() {
        state.epoch += 1
        state.batchesDone = 0
        epochSums.fill(0)
    }

    /// - Returns: Whether the networks are better than ever before.
    private func validate() throws -> Bool {
        let epoch = state.epoch
        guard let validator, epoch.isMultiple(of: configuration.validation.validateEvery) || epoch == configuration.totalEpochs else {
            return false
        }
        let metrics = try withinMemory { try validator.validate(objective, device: device) }
        let watched = validator.values.first { $0.name == stoppingMetric }
        if let watched, let value = metrics[watched.name], value.isFinite {
            observeForEarlyStopping(value, isHigherBetter: watched.isHigherBetter)
        }
        let decisive = validator.values.first { $0.name == bestMetric }
        var isBest = false
        if let decisive, let value = metrics[decisive.name], value.isFinite {
            isBest = state.best.map { decisive.isHigherBetter ? value > $0.value : value < $0.value } ?? true
            if isBest { state.best = BestValidation(metric: decisive.name, value: value, epoch: epoch, step: state.step) }
        }
        try emit(.validated(ValidationRecord(epoch: epoch, step: state.step, metrics: metrics, isBest: isBest)))
        return isBest
    }

    private var bestMetric: String? { configuration.validation.bestMetric ?? objective.monitoring.defaultMetric }

    /// The validation metric that early stopping follows; `nil` where it follows the losses.
    var stoppingMetric: String? {
        let wanted = configuration.validation.earlyStoppingMetric ?? bestMetric
        return validator?.values.first { $0.name == wanted }?.name
    }

    private func observeForEarlyStopping(_ value: Double, isHigherBetter: Bool) {
        guard configuration.validation.earlyStopping != nil, state.epoch > configuration.validation.earlyStoppingAfter else { return }
        var observed = state.earlyStopping ?? EarlyStopping()
        observed.observe(
            value, epoch: state.epoch, minDelta: configuration.validation.earlyStoppingMinDelta, isHigherBetter: isHigherBetter)
        state.earlyStopping = observed
    }

    private func finish(_ reason: RunSummary.Reason) throws -> RunSummary {
        try checkRunFolder()
        try save(publishing: true)
        // A longer run would not show them, so they must not change what the doctor knows.
        if !state.step.isMultiple(of: configuration.run.sampleEvery) { try showPictures(isExamined: false) }
        let summary = RunSummary(
            reason: reason, step: state.step, epoch: state.lastEpoch,
            seconds: elapsedSeconds, best: state.best, unreadableFiles: dataset.unreadableFiles)
        try emit(.finished(summary))
        return summary
    }

    private func showPictures(isExamined: Bool = true) throws {
        // What untrained networks make does not count as the first epoch's.
        if state.step > 0 { state.picturesEpoch = state.epoch }
        let rows = try samples.flatMap { sample in
            // Pictures are made of tensors that are there.
            try withinMemory { objective.translations(of: sample.moved(to: device)) }.rows.map { row in
                let pictures = row.pictures.map { picture in
                    SamplePictures.Picture(
                        role: picture.role, domain: picture.domain,
                        image: .init(tensor: picture.images, domain: configuration.images(of: picture.domain)))
                }
                return SamplePictures.Row(translation: row.translation, pictures: pictures)
            }
        }
        try emit(.pictures(SamplePictures(epoch: max(1, state.lastEpoch), step: state.step, rows: rows)), isExamined: isExamined)
    }

    /// Tells the observers, and then lets the doctor look.
    func emit(_ event: TrainingEvent, isExamined: Bool = true) throws {
        for observer in observers { try observer.handle(event) }
        guard isExamined, let findings = doctor?.observe(event) else { return }
        for finding in findings {
            try emit(.finding(finding))
            if finding.isFailure, finding.endedStep == nil, configuration.validation.onFailure != .warn {
                failure = failure ?? finding.description
            }
        }
    }
}
