import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import Settings
import Support
import Torch
import TorchNN

/// Where a run stands, besides the objective's own state.
public struct TrainingProgress: Codable, Equatable, Sendable {
    /// Optimiser steps taken.
    public internal(set) var step = 0
    /// The current epoch, from 1.
    public internal(set) var epoch = 1
    /// Batches of the current epoch that have been used.
    public internal(set) var batchesDone = 0
    /// The state of the `plateau` learning-rate policy.
    public internal(set) var plateau = PlateauState()
    /// The best validation so far.
    public internal(set) var best: BestValidation?
    /// What early stopping has seen, where it is on.
    public internal(set) var earlyStopping: EarlyStopping?
    /// The last epoch in which pictures were shown.
    var picturesEpoch: Int?
    /// How often the run went back to an earlier checkpoint.
    public internal(set) var rollbacks: Int?

    /// The last epoch in which a step was taken, from 1; 0 before the first step.
    public var lastEpoch: Int { batchesDone > 0 ? epoch : max(0, epoch - 1) }

    /// The factor on the learning rates besides their schedule: half for each rollback.
    var learningRateScale: Double { pow(0.5, Double(rollbacks ?? 0)) }

    init() {}

    /// Reads the progress from the metadata of a checkpoint; `nil` when the file is no training checkpoint.
    public init?(metadata: [String: String]) {
        guard let text = metadata["trainer"], let progress = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
            progress.isPossible
        else { return nil }
        self = progress
    }

    /// Whether every counter is one that some run can have.
    private var isPossible: Bool {
        let epochs = 1...TrainingConfiguration.mostEpochs * 2 + 1
        let steps = 0...TrainingConfiguration.mostSteps
        guard epochs.contains(epoch), steps.contains(step) else { return false }
        let isBestPossible = best.map { (1...epoch).contains($0.epoch) && (0...step).contains($0.step) } ?? true
        return steps.contains(batchesDone) && (0...1000).contains(rollbacks ?? 0)
            && (0...epoch).contains(picturesEpoch ?? 0) && plateau.isPossible && isBestPossible
            && (earlyStopping?.isPossible(epoch: epoch) ?? true)
    }

    /// Why a run of epochs of so many batches, of which so many make a step, cannot have come here.
    func problem(batchesPerEpoch: Int, batchesPerStep: Int) -> String? {
        let stepsPerEpoch = (batchesPerEpoch + batchesPerStep - 1) / batchesPerStep
        let isReached = batchesDone < batchesPerEpoch && batchesDone.isMultiple(of: batchesPerStep)
        let expected = (epoch - 1) * stepsPerEpoch + batchesDone / batchesPerStep
        guard !isReached || step != expected else { return nil }
        return "its 'trainer' entry says step \(step) after \(batchesDone) batches of epoch \(epoch), which cannot be with "
            + "\(batchesPerEpoch) batches and \(stepsPerEpoch) steps in an epoch; the file is damaged: resume from an earlier checkpoint"
    }
}

/// The epoch whose networks did best on the validation images.
public struct BestValidation: Codable, Equatable, Sendable {
    /// The name of the metric that decides.
    public var metric: String
    /// Its value.
    public var value: Double
    /// The epoch, from 1.
    public var epoch: Int
    /// Optimiser steps taken at its end.
    public var step: Int
}

/// The full state of a run in one safetensors file: weights, moments, pools, random states, counters.
///
/// Names are `networks.NAME.KEY`, `optimizers.NAME.KEY` and the objective's own; counters stand in the metadata as JSON. There is
/// no wall-clock value in it, so equal runs write equal files.
struct TrainingCheckpoint {
    static let formatVersion = "2"
    static let versionKey = "swift-cyclegan.checkpoint"
    private static let kernelsKey = "kernels"

    let stateDict: StateDict
    let trainer: TrainingProgress
    let epochSums: Tensor
    /// What the doctor had seen; `nil` in a run without one.
    let doctor: TrainingDoctor.State?

    /// Takes the state of a run; the tensors stay the run's own until they are written.
    init(
        objective: any TrainingObjective, trainer: TrainingProgress, epochSums: Tensor, doctor: TrainingDoctor.State?,
        data: DataFingerprint, scales: [Domain: TrainingScale], configuration: TrainingConfiguration
    ) throws {
        var state = StateDict()
        for named in objective.networks {
            for (key, tensor) in named.network.namedTensors { state["networks.\(named.name).\(key)"] = tensor.detached() }
        }
        for named in objective.optimizers {
            for (key, tensor) in named.optimizer.namedState { state["optimizers.\(named.name).\(key)"] = tensor }
        }
        objective.saveState(to: &state)
        state["trainer.epochSums"] = epochSums
        state.metadata[Self.versionKey] = Self.formatVersion
        state.metadata["trainer"] = try Self.json(trainer)
        if let doctor { state.metadata["doctor"] = try Self.json(doctor) }
        state.metadata["data"] = try Self.json(data)
        state.metadata["configuration"] = try Self.json(configuration.fixedSettings)
        state.metadata[Self.kernelsKey] = TorchRuntime.kernelDescription
        let generators = objective.publishedGenerators.map { ($0.name, $0.trained(at: scales).description) }
        state.metadata[ModelCard.key] = try Self.json(ModelCard(trainer, data: data, configuration: configuration))
        state.metadata["generators"] = try Self.json(Dictionary(uniqueKeysWithValues: generators))
        stateDict = state
        self.trainer = trainer
        self.epochSums = epochSums
        self.doctor = doctor
    }

    /// - Throws: `CheckpointError` when the file is damaged, or of another kind or format version.
    init(contentsOf url: URL) throws {
        stateDict = try SafetensorsFile.read(url)
        try Self.checkVersion(stateDict.metadata, file: url)
        guard let trainer = TrainingProgress(metadata: stateDict.metadata) else {
            throw CheckpointStateError(file: url.path, problem: "its 'trainer' entry is missing or damaged")
        }
        self.trainer = trainer
        epochSums = try stateDict.tensor("trainer.epochSums", file: url.path)
        doctor = try stateDict.metadata["doctor"].map { text in
            guard let state = try? JSONDecoder().decode(TrainingDoctor.State.self, from: Data(text.utf8)),
                state.isPossible(step: trainer.step)
            else { throw CheckpointStateError(file: url.path, problem: "its 'doctor' entry is damaged") }
            return state
        }
    }

    /// The name of a tensor that holds NaN or infinity.
    var firstNonFiniteTensor: String? {
        let entries = stateDict.filter { $0.tensor.dtype.isFloatingPoint && $0.tensor.count > 0 }
        // Zero times a number is zero unless it is NaN or infinite; read all at once, because every reading waits for the device.
        let sums = withoutGradients { Tensor.stacked(entries.map { ($0.tensor * 0).sum().to(.float32) }) }
        return zip(entries, sums.array(of: Float.self)).first { !$0.1.isFinite }?.0.name
    }

    /// What to say where sums are taken in another order than before, so that the run may not go on byte for byte.
    var kernelNotice: String? {
        let now = TorchRuntime.kernelDescription
        guard let before = stateDict.metadata[Self.kernelsKey], before != now else { return nil }
        return "the checkpoint was made by other CPU kernels (\(before); here: \(now)): results may differ by rounding"
    }

    func write(to url: URL) throws {
        try AtomicFile.createSubfolder(url.deletingLastPathComponent())
        try SafetensorsFile.write(stateDict, to: url)
    }

    /// Copies the saved state into an objective built from the same configuration.
    func restore(_ objective: any TrainingObjective, file: String) throws {
        for named in objective.networks {
            try named.network.load(stateDict.below("networks.\(named.name)"), source: "\(file) (\(named.name))")
        }
        for named in objective.optimizers {
            let saved = stateDict.below("optimizers.\(named.name)")
            for (key, tensor) in named.optimizer.namedState {
                let source = try saved.tensor(key, file: file)
                guard source.shape == tensor.shape else {
                    throw CheckpointStateError(
                        file: file, problem: "optimizers.\(named.name).\(key) has shape \(source.shape), expected \(tensor.shape)")
                }
                withoutGradients { tensor.copy(from: source) }
            }
        }
        try objective.restoreState(from: stateDict, file: file)
    }

    /// Writes a generator alone, with what is needed to use it.
    static func publish(_ generator: PublishedGenerator, card: ModelCard, to url: URL) throws {
        try AtomicFile.createSubfolder(url.deletingLastPathComponent())
        var state = generator.network.stateDict()
        state.metadata["generator"] = try json(generator.description)
        state.metadata[ModelCard.key] = try json(card)
        try SafetensorsFile.write(state, to: url)
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// A checkpoint that can be read but not used.
public struct CheckpointStateError: ErrorWithRemedies {
    /// The path of the file.
    public let file: String
    /// What is wrong and what was expected.
    public let reason: String
    package let remedies: [ErrorRemedy]

    /// Says what is wrong with a file.
    public init(file: String, problem reason: String) {
        self.init(file: file, problem: reason, remedies: [])
    }

    init(file: String, problem reason: String, remedies: [ErrorRemedy]) {
        self.file = file
        self.reason = reason
        self.remedies = remedies
    }

    /// The file and what is wrong with it.
    public var problem: String { "\(file): \(reason)" }

    public var description: String { text(\.description) }
}

extension StateDict {
    /// A tensor that must be there.
    ///
    /// - Throws: `CheckpointStateError` naming it and the file.
    public func tensor(_ name: String, file: String) throws -> Tensor {
        guard let tensor = self[name] else {
            throw CheckpointStateError(
                file: file, problem: "tensor \(name) is missing; the file is damaged or of another version")
        }
        return tensor
    }

    /// The state of a Swift generator saved in the metadata.
    package func randomState(_ key: String, file: String) throws -> SplitMix64 {
        guard let state = metadata[key].flatMap(UInt64.init) else {
            throw CheckpointStateError(file: file, problem: "the random state \(key) is missing; the file is damaged")
        }
        var random = SplitMix64(seed: 0)
        random.state = state
        return random
    }

    /// A number saved in the metadata that counts something.
    package func counter(_ key: String, below limit: Int = 1 << 50, file: String) throws -> Int {
        guard let count = metadata[key].flatMap({ Int($0) }), (0..<limit).contains(count) else {
            let found = metadata[key].map { "is '\($0.prefix(40))'" } ?? "is missing"
            throw CheckpointStateError(
                file: file, problem: "\(key) \(found), expected a whole number from 0, below \(limit); the file is damaged")
        }
        return count
    }
}
