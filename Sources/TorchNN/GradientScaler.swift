import Torch

/// Keeps small gradients from vanishing in float16: losses are multiplied by a scale, and gradients divided by it before an update.
///
/// Micikevicius et al., "Mixed Precision Training", arXiv 1710.03740. The scale and its changes are those of PyTorch's `GradScaler`: it
/// starts at 65536, doubles after 2000 steps without an infinite gradient and halves with each step that has one, which changes no weight.
public struct GradientScaler: Sendable, Equatable {
    /// What losses are multiplied by.
    public private(set) var scale = 65536.0
    /// Steps since the last change of the scale.
    public private(set) var steps = 0
    private var allFinite = true

    /// A scaler at its start.
    public init() {}

    /// Divides an optimiser's gradients by the scale.
    ///
    /// - Returns: Whether all of them are finite, so that the update may be made.
    public mutating func unscaleGradients(of optimizer: Adam) -> Bool {
        let tensors = optimizer.groups.flatMap { $0.parameters.map(\.tensor) }
        let areFinite = Tensor.unscaleGradients(of: tensors, by: scale)
        allFinite = allFinite && areFinite
        return areFinite
    }

    /// Ends a step: adapts the scale to what the gradients of all its optimisers were.
    public mutating func finishStep() {
        if !allFinite {
            (scale, steps) = (scale / 2, 0)
        } else if steps + 1 == 2000 {
            (scale, steps) = (scale * 2, 0)
        } else {
            steps += 1
        }
        allFinite = true
    }

    /// The scale and the steps, float64 of shape [2], for a checkpoint.
    public var state: Tensor { Tensor([scale, Double(steps)], shape: [2]) }

    /// A scaler that goes on from the `state` of another; nil where it is none: two numbers, a scale above 0 and a number of steps below 2000.
    public init?(state: Tensor) {
        guard state.shape == [2] else { return nil }
        let values = state.to(.float64).array(of: Double.self)
        guard values[0].isFinite, values[0] > 0, let steps = Int(exactly: values[1]), (0..<2000).contains(steps) else { return nil }
        (self.scale, self.steps) = (values[0], steps)
    }
}
