import Checkpoints
import Torch
import TorchNN

/// How one optimiser step changes weights, shared by all objectives: the only place that does.
///
/// Gradients go through scaling (float16), unscaling, clipping and the update, in this order.
public final class OptimizationStep {
    /// In which precision networks compute.
    public let precision: Precision
    /// Where they compute.
    public let device: Device
    /// The largest norm of the gradient of one optimiser's parameters, if there is one.
    public let gradientLimit: Double?
    /// With float16 only.
    private var scaler: GradientScaler?

    /// A step at its start.
    public init(precision: Precision = .f32, device: Device, gradientLimit: Double? = nil) {
        self.precision = precision
        self.device = device
        self.gradientLimit = gradientLimit
        scaler = precision == .f16 ? GradientScaler() : nil
    }

    /// What a network makes of its input in the run's precision, as numbers of the input's type.
    public func autocasting(_ input: Tensor, _ network: (Tensor) -> Tensor) -> Tensor {
        precision == .f32 ? network(input) : withAutocast(precision.autocastType, on: device) { network(input) }.to(input.dtype)
    }

    /// The same for a network that gives several tensors.
    public func autocasting(_ input: Tensor, _ network: (Tensor) -> [Tensor]) -> [Tensor] {
        guard precision != .f32 else { return network(input) }
        return withAutocast(precision.autocastType, on: device) { network(input) }.map { $0.to(input.dtype) }
    }

    /// Adds the gradients of the sum of some losses to those of the parameters.
    ///
    /// - Parameter share: The share of their batch in the samples of the step.
    public func backpropagate(_ losses: [NamedLoss], share: Double) {
        let total = losses.dropFirst().reduce(losses[0].value) { $0 + $1.value }
        total.scaled(by: share * (scaler?.scale ?? 1)).backward()
    }

    /// Changes the weights of an optimiser by the gradients so far; with float16, not where one of them is infinite.
    public func update(_ optimizer: Adam) {
        if scaler != nil, scaler?.unscaleGradients(of: optimizer) == false { return }
        if let gradientLimit { optimizer.clipGradients(toNorm: gradientLimit) }
        optimizer.step()
    }

    /// Ends a step, once all optimisers have updated.
    public func finish() {
        scaler?.finishStep()
    }
}

extension OptimizationStep {
    /// Adds its state to a checkpoint.
    public func saveState(to checkpoint: inout StateDict) {
        if let scaler { checkpoint["gradientScaler"] = scaler.state }
    }

    /// Continues from what `saveState` wrote.
    ///
    /// - Throws: `CheckpointStateError` where the state is missing or damaged.
    public func restoreState(from checkpoint: StateDict, file: String) throws {
        guard scaler != nil else { return }
        guard let restored = GradientScaler(state: try checkpoint.tensor("gradientScaler", file: file)) else {
            throw CheckpointStateError(
                file: file, problem: "gradientScaler is not a scale above 0 and a number of steps below 2000; the file is damaged")
        }
        scaler = restored
    }
}
