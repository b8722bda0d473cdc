import Checkpoints
import Torch

/// Weights for a network whose published ones are too large to ship; `CycleGANMetricsTests/scripts/golden.py` makes the same ones bit for bit.
public func seededWeights(_ tensors: [(name: String, shape: [Int])], seed: UInt64) -> StateDict {
    let random = TorchRandom(seed: seed)
    return StateDict(
        tensors.map { name, shape in
            let uniform = Tensor.zeros(shape)
            uniform.fillUniform(in: -1..<1, using: random)
            if shape.count > 1 { return (name, uniform * (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()) }
            if name.hasSuffix("running_var") { return (name, uniform * 0.5 + 1) }
            if name.hasSuffix("bn.weight") { return (name, uniform * 0.2 + 1) }
            return (name, uniform * 0.1)
        })
}
