import Checkpoints
import Torch
import TorchNN

/// Weights for a network whose published ones are too large to ship; `scripts/golden.py` makes the same ones bit for bit.
func seededWeights(_ network: Module, seed: UInt64) -> StateDict {
    let random = TorchRandom(seed: seed)
    let weights = network.stateDict().map { name, tensor in
        guard tensor.dtype == .float32 else { return (name, Tensor.zeros(tensor.shape).to(tensor.dtype)) }
        let uniform = Tensor.zeros(tensor.shape)
        uniform.fillUniform(in: -1..<1, using: random)
        if tensor.rank > 1 { return (name, uniform * (6 / Double(tensor.shape.dropFirst().reduce(1, *))).squareRoot()) }
        if name.hasSuffix("running_var") { return (name, uniform * 0.5 + 1) }
        if name.hasSuffix("bn.weight") { return (name, uniform * 0.2 + 1) }
        return (name, uniform * 0.1)
    }
    return StateDict(weights)
}
