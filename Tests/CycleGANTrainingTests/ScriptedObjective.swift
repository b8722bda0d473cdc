import Checkpoints
import Datasets
import Torch
import TorchNN

@testable import CycleGANTraining

/// An objective whose losses are a function of its step and of the learning rate.
final class ScriptedObjective: TrainingObjective {
    let network = Conv2d(inputChannels: 1, outputChannels: 1, kernelSize: 1)
    let optimizer: Adam
    let loss: (_ step: Int, _ rateFactor: Double) -> Double
    var validation: (_ step: Int) -> Double = { _ in 0 }
    var steps = 0
    var batchCounts: [Int] = []
    var progress: [Double] = []

    init(loss: @escaping (Int, Double) -> Double = { _, _ in 1 }) {
        self.loss = loss
        optimizer = Adam(groups: [(network.namedParameters, 1e-3)])
    }

    var networks: [NamedNetwork] { [NamedNetwork("network", network)] }
    var optimizers: [NamedOptimizer] { [NamedOptimizer("optimizer", optimizer)] }
    var monitoring: Monitoring {
        Monitoring(
            lossNames: ["cycleA", "cycleB"], progressLosses: ["cycleA", "cycleB"], defaultMetric: "cycle", games: [],
            reconstructions: [.init(loss: "cycleA", weight: 10), .init(loss: "cycleB", weight: 10)], generators: [])
    }
    var notices: [String] { [] }
    var publishedGenerators: [PublishedGenerator] { [] }

    func begin(at progress: Double) { self.progress.append(progress) }

    func step(_ batches: [ImageBatch]) -> StepLosses {
        steps += 1
        batchCounts.append(batches.count)
        let value = loss(steps, optimizer.learningRateFactor)
        return StepLosses(monitoring.lossNames.map { NamedLoss($0, Tensor(value)) })
    }

    func translations(of batch: ImageBatch) -> TranslatedBatch {
        TranslatedBatch(rows: [
            .init(.aToB, [.init(.real, .a, batch[.a].images), .init(.reconstructed, .a, batch[.a].images + validation(steps))])
        ])
    }

    func saveState(to checkpoint: inout StateDict) { checkpoint["steps"] = Tensor(Double(steps), dtype: .float64) }
    func restoreState(from checkpoint: StateDict, file: String) throws { steps = Int(try checkpoint.tensor("steps", file: file).item()) }
}

/// Shows what it is given, in both directions.
final class BothWays: TrainingObjective {
    let inner = ScriptedObjective()
    var networks: [NamedNetwork] { inner.networks }
    var optimizers: [NamedOptimizer] { inner.optimizers }
    var monitoring: Monitoring { inner.monitoring }
    var notices: [String] { [] }
    var publishedGenerators: [PublishedGenerator] { [] }
    func step(_ batches: [ImageBatch]) -> StepLosses { inner.step(batches) }
    func translations(of batch: ImageBatch) -> TranslatedBatch {
        TranslatedBatch(rows: [
            .init(.aToB, [.init(.real, .a, batch[.a].images)]), .init(.bToA, [.init(.real, .b, batch[.b].images)]),
        ])
    }
    func saveState(to checkpoint: inout StateDict) {}
    func restoreState(from checkpoint: StateDict, file: String) {}
}

/// Counts images by label.
final class Counter: ValidationMetric {
    var seen: [String: Int] = [:]
    var values: [ValidationValue] { [] }
    func reset() { seen = [:] }
    func update(_ batch: TranslatedBatch) {
        for picture in batch.rows.flatMap(\.pictures) {
            seen["\(picture.role.rawValue)\(picture.domain)", default: 0] += picture.images.shape[0]
        }
    }
    func compute() -> [String: Double] { [:] }
}

/// Keeps what it is told.
final class Recorder: TrainingObserver {
    var events: [TrainingEvent] = []
    func handle(_ event: TrainingEvent) { events.append(event) }
    var validations: [ValidationRecord] { events.compactMap { if case .validated(let record) = $0 { record } else { nil } } }
    var rollbacks: [Rollback] { events.compactMap { if case .rolledBack(let rollback) = $0 { rollback } else { nil } } }
}
