import Torch

/// Adam with bias correction, one fused update for all parameters of a group.
///
/// Kingma and Ba, "Adam", arXiv 1412.6980. Defaults are CycleGAN's: learning rate 2e-4, β = (0.5, 0.999), ε = 1e-8.
public final class Adam {
    /// Parameters that share a learning rate.
    public struct Group {
        /// Unique names, which key the saved state.
        public let parameters: [(name: String, tensor: Tensor)]
        /// The base rate, which `learningRateFactor` multiplies.
        public let learningRate: Double
        fileprivate let means: [Tensor]
        fileprivate let squares: [Tensor]
        fileprivate let steps: [Tensor]

        fileprivate init(parameters: [(name: String, tensor: Tensor)], learningRate: Double) {
            self.parameters = parameters
            self.learningRate = learningRate
            means = parameters.map { Tensor.zeros(like: $0.tensor) }
            squares = parameters.map { Tensor.zeros(like: $0.tensor) }
            steps = parameters.map { Tensor.zeros([], device: $0.tensor.device) }
        }
    }

    /// The groups in the order of `init`.
    public let groups: [Group]
    /// What a schedule makes of the groups' learning rates, 1 at full rate.
    public var learningRateFactor = 1.0
    /// The decays of the mean and of the square of the gradients.
    public let betas: (Double, Double)
    /// Added to the square root of the second moment.
    public let epsilon: Double

    /// An optimiser over groups with learning rates of their own.
    public init(
        groups: [(parameters: [(name: String, tensor: Tensor)], learningRate: Double)], betas: (Double, Double) = (0.5, 0.999),
        epsilon: Double = 1e-8
    ) {
        precondition(
            groups.allSatisfy { !$0.parameters.isEmpty },
            "a group without parameters: was the network compiled with -disable-reflection-metadata?")
        self.groups = groups.map { Group(parameters: $0.parameters, learningRate: $0.learningRate) }
        self.betas = betas
        self.epsilon = epsilon
    }

    /// Forgets all gradients.
    public func zeroGrad() {
        for group in groups {
            for parameter in group.parameters { parameter.tensor.zeroGrad() }
        }
    }

    /// Scales all gradients down together where the norm of all of them exceeds a limit, as PyTorch's `clip_grad_norm_` does.
    public func clipGradients(toNorm limit: Double) {
        Tensor.clipGradientNorm(of: groups.flatMap { $0.parameters.map(\.tensor) }, to: limit)
    }

    /// Updates every parameter that has a gradient.
    public func step() {
        for group in groups {
            fusedAdam(
                parameters: group.parameters.map(\.tensor), means: group.means, squares: group.squares, steps: group.steps,
                learningRate: group.learningRate * learningRateFactor, betas: betas, epsilon: epsilon)
        }
    }

    /// The moments and step counts of every parameter, under `exp_avg.NAME`, `exp_avg_sq.NAME` and `step.NAME`.
    ///
    /// The tensors are the optimiser's own: copy into them to restore a saved state.
    public var namedState: [(name: String, tensor: Tensor)] {
        groups.flatMap { group in
            group.parameters.indices.flatMap { index in
                let name = group.parameters[index].name
                return [
                    ("exp_avg.\(name)", group.means[index]), ("exp_avg_sq.\(name)", group.squares[index]),
                    ("step.\(name)", group.steps[index]),
                ]
            }
        }
    }
}
