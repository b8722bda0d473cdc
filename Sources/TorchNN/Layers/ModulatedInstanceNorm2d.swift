import Torch

/// Instance norm whose scale and shift say what the network is to do: linear functions of a condition c of the image.
///
/// y = (x - μ) / √(σ² + ε) · (γ + Γc) + (β + Βc). With c one of the unit vectors these are the scales
/// and shifts of a domain, as in Dumoulin et al., "A Learned Representation for Artistic Style", arXiv 1610.07629; a number in 0...1 is a
/// strength. It runs in a graph, whose condition it reads; see `GraphBuilder.withCondition`.
public final class ModulatedInstanceNorm2d: Module, OperationLayer {
    /// γ, shape [C].
    @Parameter public private(set) var weight: Tensor
    /// β, shape [C].
    @Parameter public private(set) var bias: Tensor
    /// Γ, shape [C, conditions].
    @Parameter("condition_weight") public private(set) var conditionWeight: Tensor
    /// Β, shape [C, conditions].
    @Parameter("condition_bias") public private(set) var conditionBias: Tensor
    /// Added to the variance.
    public let epsilon: Double

    /// A norm that does not look at its condition yet.
    public init(channels: Int, conditions: Int, epsilon: Double = 1e-5) {
        weight = Tensor.ones([channels])
        bias = Tensor.zeros([channels])
        self.epsilon = epsilon
        super.init()
        conditionWeight = Tensor.zeros([channels, conditions])
        conditionBias = Tensor.zeros([channels, conditions])
    }

    /// γ 1, β 0, and Γ and Β drawn uniformly from ±1/√conditions.
    func initialize(using random: TorchRandom) {
        let limit = 1 / Double(conditionWeight.shape[1]).squareRoot()
        weight.fill(1)
        bias.fill(0)
        conditionWeight.fillUniform(in: -limit..<limit, using: random)
        conditionBias.fillUniform(in: -limit..<limit, using: random)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        preconditionFailure("a modulated norm needs the condition of its network: run the network's graph")
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        guard let condition = graph.condition else {
            preconditionFailure("a modulated norm is appended to a graph without a condition: see GraphBuilder.withCondition")
        }
        let normalized = graph.append(.instanceNorm(epsilon: epsilon), to: input)
        let (channels, conditions) = (conditionWeight.shape[0], conditionWeight.shape[1])
        return graph.append(.modulate(channels: channels, conditions: conditions), of: self, to: normalized, condition)
    }

    func operation(on inputs: [Tensor]) -> Tensor {
        let (images, condition) = (inputs[0], inputs[1])
        let shape = [condition.shape[0], conditionWeight.shape[0], 1, 1]
        let scale = condition.linear(weight: conditionWeight, bias: weight).reshaped(shape)
        return images * scale + condition.linear(weight: conditionBias, bias: bias).reshaped(shape)
    }
}
