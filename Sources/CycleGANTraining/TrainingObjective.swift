import Checkpoints
import CycleGANModels
import Datasets
import Imaging
import Torch
import TorchNN

/// What is trained: networks, their optimisers, and one step. `Trainer` runs any objective and knows no loss.
public protocol TrainingObjective: AnyObject {
    /// All networks, in a fixed order.
    var networks: [NamedNetwork] { get }
    /// All optimisers, in a fixed order.
    var optimizers: [NamedOptimizer] { get }
    /// Which losses there are and what they tell.
    var monitoring: Monitoring { get }
    /// What a person should know about this configuration, such as a loss that is off.
    var notices: [String] { get }
    /// Generators to publish as models of their own.
    var publishedGenerators: [PublishedGenerator] { get }

    /// Called before each step: the share of the run's epochs that is over, from 0 to below 1. For what changes while training besides the
    /// learning rate.
    func begin(at progress: Double)

    /// Takes one optimiser step on some batches, which are on the networks' device.
    ///
    /// - Parameter batches: At least one; their gradients are averaged, weighted by their samples.
    func step(_ batches: [ImageBatch]) -> StepLosses

    /// What the networks make of a batch, without gradients and in evaluation mode.
    func translations(of batch: ImageBatch) -> TranslatedBatch

    /// Called when weights were loaded into the networks: averages start anew from them.
    func synchronizeAverages()

    /// State besides networks and optimisers, such as image pools, for the checkpoint.
    func saveState(to checkpoint: inout StateDict)
    /// Continues from what `saveState` wrote.
    ///
    /// - Parameter file: The path of the checkpoint, for errors.
    /// - Throws: `CheckpointError` or `CheckpointStateError` where something is missing or does not fit.
    func restoreState(from checkpoint: StateDict, file: String) throws
}

extension TrainingObjective {
    /// Nothing, for an objective that does not change.
    public func begin(at progress: Double) {}

    /// Nothing, for an objective without averages.
    public func synchronizeAverages() {}
}

/// A network of an objective.
public struct NamedNetwork {
    /// The name in checkpoints, such as `generatorAB`.
    public let name: String
    /// The network.
    public let network: Module

    /// Names a network.
    public init(_ name: String, _ network: Module) {
        self.name = name
        self.network = network
    }
}

/// An optimiser of an objective.
public struct NamedOptimizer {
    /// The name in checkpoints and logs, such as `generators`.
    public let name: String
    /// The optimiser.
    public let optimizer: Adam

    /// Names an optimiser.
    public init(_ name: String, _ optimizer: Adam) {
        self.name = name
        self.optimizer = optimizer
    }
}

/// A generator that translates, as it is written for others to use.
public struct PublishedGenerator {
    /// The name of the trained network, such as `generatorAB`.
    public let name: String
    /// The weights that translate: the trained ones or their average.
    public let network: Module
    /// What it is and what it offers.
    public let description: GeneratorDescription

    /// Describes a generator.
    public init(name: String, network: Module, description: GeneratorDescription) {
        self.name = name
        self.network = network
        self.description = description
    }

    /// The same with the sizes of its domains' images in training.
    func trained(at scales: [Domain: TrainingScale]) -> PublishedGenerator {
        var description = description
        let own = scales.filter { description.domains[$0.key] != nil }
        description.scales = own.isEmpty ? nil : own
        return PublishedGenerator(name: name, network: network, description: description)
    }
}
