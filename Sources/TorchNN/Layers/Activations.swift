import Torch

/// max(x, 0).
public final class ReLU: Module, Layer {
    public func callAsFunction(_ input: Tensor) -> Tensor { input.relu() }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.activation(.relu), to: input)
    }
}

/// x where positive, slope · x elsewhere.
public final class LeakyReLU: Module, Layer {
    /// The factor on negative numbers.
    public let slope: Double

    /// A layer with the reference's slope unless told otherwise.
    public init(slope: Double = 0.2) {
        self.slope = slope
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { input.leakyReLU(slope) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.activation(.leakyReLU(slope: slope)), to: input)
    }
}

/// The hyperbolic tangent, which ends a generator: values in -1...1.
public final class Tanh: Module, Layer {
    public func callAsFunction(_ input: Tensor) -> Tensor { input.tanh() }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.activation(.tanh), to: input)
    }
}

/// In training, sets elements to zero with the given probability and scales the others by 1 / (1 - p).
public final class Dropout: Module, Layer {
    /// The share of elements that are set to zero.
    public let probability: Double
    private let random: TorchRandom

    /// - Parameter random: The source of the masks; its state belongs to the checkpoint of a training run.
    public init(probability: Double = 0.5, random: TorchRandom) {
        precondition((0..<1).contains(probability), "dropout probability \(probability) is not in 0..<1")
        self.probability = probability
        self.random = random
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        guard isTraining else { return input }
        // Drawn where the generator lives, so that a run can go on with the same masks on another device.
        let mask = Tensor.empty(input.shape, dtype: input.dtype, device: random.device)
        mask.fillBernoulli(probability: 1 - probability, using: random)
        mask.multiply(by: 1 / (1 - probability))
        return input * mask.to(input.device)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.dropout(probability: probability), of: self, to: input)
    }
}
