import Checkpoints
import CycleGANModels
import Datasets
import Torch
import TorchNN

/// What is trained: networks, their optimisers, and one step. `Trainer` runs any objective and knows no loss.
public protocol TrainingObjective: AnyObject {
    /// All networks by name, in a fixed order.
    var networks: [(name: String, module: any Layer)] { get }
    /// All optimisers by name, in a fixed order.
    var optimizers: [(name: String, optimizer: Adam)] { get }
    /// The names of the losses, in the order in which `step` returns them.
    var lossNames: [String] { get }
    /// The losses whose sum, as a mean over an epoch, tells whether the training is still improving.
    var monitoredLosses: [String] { get }
    /// What a person should know about this configuration, such as a loss that is off.
    var notices: [String] { get }
    /// Generators to publish as models of their own.
    var publishedGenerators: [(name: String, module: any Layer, description: GeneratorDescription)] { get }

    /// Takes one optimiser step on some batches, which are on the networks' device.
    ///
    /// - Parameter batches: At least one; their gradients are averaged, weighted by their pairs.
    func step(_ batches: [UnpairedBatch]) -> StepLosses

    /// What the networks make of a batch, without gradients and in evaluation mode.
    func translations(of batch: UnpairedBatch) -> TranslatedBatch

    /// State besides networks and optimisers, such as image pools, for the checkpoint.
    func saveState(to checkpoint: inout StateDict)
    /// Continues from what `saveState` wrote.
    ///
    /// - Parameter file: The path of the checkpoint, for errors.
    /// - Throws: `CheckpointError` or `CheckpointStateError` where something is missing or does not fit.
    func restoreState(from checkpoint: StateDict, file: String) throws
}

/// What the networks make of a batch: images [N, C, H, W] by what they show.
public struct TranslatedBatch {
    /// Images with a label such as `realA`, `maskA` (1 inside, -1 outside), `fakeB`, `reconstructedA`, `identityA`, and the domain of their channels and values.
    public typealias Picture = (label: String, images: Tensor, domain: Domain)

    /// One row for each direction.
    public let rows: [[Picture]]

    /// The images of a label.
    public subscript(label: String) -> Tensor? { rows.joined().first { $0.label == label }?.images }
}

/// The losses of one step, still on the device.
public struct StepLosses {
    /// The names in the order of `values`.
    public let names: [String]
    /// Shape [number of losses], weighted as they enter the total, without a graph.
    public let values: Tensor

    /// Takes losses of shape [], cut off from the graph.
    public init(_ losses: [(name: String, value: Tensor)]) {
        names = losses.map(\.name)
        values = withoutGradients { Tensor.stacked(losses.map { $0.value.detached() }) }
    }

    /// Waits for the device and returns the losses by name.
    public func read() -> [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(names, values.to(.cpu).to(.float64).array(of: Double.self)))
    }
}
