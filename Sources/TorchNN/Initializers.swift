import Foundation
import Torch

/// How the weights of convolutions and linear layers start; biases start at zero.
///
/// With `gain` g: `normal` draws from N(0, g²); `xavier` from N(0, 2g² / (fanIn + fanOut)); `kaiming` from N(0, 2 / fanIn);
/// `orthogonal` gives orthonormal rows or columns times g. Scales of batch norms start at N(1, g²), what modulates instance norms in
/// ±1/√conditions, as PyTorch's linear layers do: from small numbers a network takes long to look at its condition.
public enum WeightInitialization: String, CaseIterable, Codable, Sendable {
    case normal, xavier, kaiming, orthogonal

    /// Fills all layers of `network`.
    ///
    /// - Parameter random: Must live on the device of the network.
    public func apply(to network: Module, gain: Double = 0.02, using random: TorchRandom) {
        withoutGradients {
            network.forEachModule { module in
                if let layer = module as? any WeightedLayer {
                    fill(layer.weight, gain: gain, using: random)
                    layer.bias?.fill(0)
                    layer.finishInitialization(using: random)
                } else if let norm = module as? BatchNorm2d {
                    norm.weight.fillNormal(mean: 1, standardDeviation: gain, using: random)
                    norm.bias.fill(0)
                } else if let norm = module as? ModulatedInstanceNorm2d {
                    norm.initialize(using: random)
                }
            }
        }
    }

    private func fill(_ weight: Tensor, gain: Double, using random: TorchRandom) {
        let shape = weight.shape
        let fieldSize = shape.dropFirst(2).reduce(1, *)
        let (fanIn, fanOut) = (Double(shape[1] * fieldSize), Double(shape[0] * fieldSize))
        switch self {
        case .normal: weight.fillNormal(standardDeviation: gain, using: random)
        case .xavier: weight.fillNormal(standardDeviation: gain * (2 / (fanIn + fanOut)).squareRoot(), using: random)
        case .kaiming: weight.fillNormal(standardDeviation: (2 / fanIn).squareRoot(), using: random)
        case .orthogonal:
            let rows = shape[0]
            let columns = weight.count / rows
            let tall = Tensor.empty([Swift.max(rows, columns), Swift.min(rows, columns)], dtype: weight.dtype, device: weight.device)
            tall.fillNormal(using: random)
            let factor = tall.orthonormalFactor()
            weight.copy(from: ((rows < columns ? factor.permuted([1, 0]) : factor) * gain).reshaped(shape))
        }
    }
}
