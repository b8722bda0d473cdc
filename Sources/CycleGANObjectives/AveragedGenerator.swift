import Checkpoints
import CycleGANModels
import CycleGANTraining
import Torch
import TorchNN

/// A generator that is trained, and its slowly following average where there is one.
public final class AveragedGenerator {
    /// The name in checkpoints.
    public let name: String
    /// The trained network.
    public let network: any Layer
    /// What it is and what it offers.
    public let description: GeneratorDescription
    private let average: ExponentialMovingAverage?

    /// - Parameters:
    ///   - network: On its device: its tensors must stay the same objects.
    ///   - decay: Of the average; `nil` for none.
    ///   - warmsUp: Whether the decay of the average rises to that value.
    ///   - part: What of a whole generator the network is, where it is not all.
    public init(
        name: String, network: any Layer, description: GeneratorDescription, decay: Double?, warmsUp: Bool = false,
        part: (any Layer) -> any Layer = { $0 }
    ) {
        self.name = name
        self.network = network
        self.description = description
        average = decay.map { decay in
            let copy = part(description.configuration.makeGenerator(initialization: nil))
            if let weight = network.parameters.first {
                copy.convert(to: weight.dtype)
                copy.move(to: weight.device)
            }
            return ExponentialMovingAverage(of: network, in: copy, decay: decay, warmsUp: warmsUp)
        }
    }

    /// The network that translates: the average where there is one.
    public var inference: any Layer { average?.network ?? network }

    /// As it is written for others to use.
    public var published: PublishedGenerator { PublishedGenerator(name: name, network: inference, description: description) }

    /// Lets the average follow the weights of a step.
    public func updateAverage() { average?.update() }

    /// Starts the average anew, after weights were loaded into the network.
    public func synchronizeAverage() { average?.synchronize() }

    /// Runs `body` without gradients and with the network that translates in evaluation mode.
    public func evaluating<Result>(_ body: () -> Result) -> Result {
        let (network, wasTraining) = (inference, inference.isTraining)
        network.setTraining(false)
        defer { network.setTraining(wasTraining) }
        return withoutGradients(body)
    }

    /// Runs `body` as `evaluating` does, with the networks of several generators or parts of some.
    static func evaluating<Result>(_ generators: some Collection<AveragedGenerator>, _ body: () -> Result) -> Result {
        guard let first = generators.first else { return body() }
        return first.evaluating { evaluating(generators.dropFirst(), body) }
    }

    /// Adds the average to a checkpoint.
    public func saveState(to checkpoint: inout StateDict) {
        for (key, tensor) in average?.network.namedTensors ?? [] { checkpoint["averages.\(name).\(key)"] = tensor }
        if let updates = average?.updates { checkpoint.metadata[updatesKey] = String(updates) }
    }

    /// Continues from what `saveState` wrote.
    ///
    /// - Throws: `CheckpointError` or `CheckpointStateError` where something is missing or does not fit.
    public func restoreState(from checkpoint: StateDict, file: String) throws {
        try average?.network.load(checkpoint.below("averages.\(name)"), source: "\(file) (average of \(name))")
        if average?.updates != nil { average?.updates = try checkpoint.counter(updatesKey, file: file) }
    }

    private var updatesKey: String { "averages.\(name).updates" }
}
