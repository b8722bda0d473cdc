import Foundation
import Torch

/// A convolution whose weight is divided by its spectral norm: W / σ(W), so that the layer's gain stays near 1.
///
/// Miyato et al., "Spectral Normalization for Generative Adversarial Networks", arXiv 1802.05957. σ(W) = uᵀ W v of the weight as a matrix
/// [Cout, Cin · kernel · kernel]; each forward pass in training improves u and v by one power iteration: v = Wᵀu / ‖Wᵀu‖, then
/// u = Wv / ‖Wv‖. Shapes as of `Conv2d`; tensors and numbers as of PyTorch's `torch.nn.utils.spectral_norm`.
public final class SpectralNormConv2d: Module, WeightedLayer, FusibleConvolution {
    /// Shape [Cout].
    @Parameter public private(set) var bias: Tensor?
    /// W, which is trained: shape [Cout, Cin, kernel, kernel].
    @Parameter("weight_orig") public private(set) var weight: Tensor
    /// u, of length 1: shape [Cout].
    @Buffer("weight_u") public private(set) var leftVector: Tensor
    /// v, of length 1: shape [Cin · kernel · kernel].
    @Buffer("weight_v") public private(set) var rightVector: Tensor
    /// Pixels between neighbouring positions of the kernel.
    public let stride: Int
    /// Zeros added on each side of the input.
    public let padding: Int

    /// A convolution with a square kernel, whose weights are zero: it needs an initialisation or a file before its first use.
    public init(inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool = true) {
        precondition(inputChannels > 0 && outputChannels > 0, "channels must be positive, not \(inputChannels) and \(outputChannels)")
        bias = hasBias ? Tensor.zeros([outputChannels]) : nil
        self.stride = stride
        self.padding = padding
        super.init()
        weight = .startingWeight([outputChannels, inputChannels, kernelSize, kernelSize])
        leftVector = Self.normalized(.ones([outputChannels]))
        rightVector = Self.normalized(.ones([inputChannels * kernelSize * kernelSize]))
    }

    var takesReflection: Bool { true }

    func callAsFunction(_ input: Tensor, prologue: Prologue, padding: Int, border: PaddingMode, cancelsBias: Bool) -> Tensor {
        if isTraining { iteratePower() }
        // Copied, because the graph outlives the next forward pass, which changes the vectors in place.
        let (u, v) = (leftVector.cloned(), rightVector.cloned())
        let spectralNorm = (u * matrix.matmul(v)).sum()
        return input.fusedConv2d(
            weight: weight / spectralNorm, bias: bias, stride: stride, padding: padding, border: border, prologue: prologue,
            cancelsBias: cancelsBias)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        let values = Convolution(weight: weight, stride: stride, padding: padding, hasBias: bias != nil, hasSpectralNorm: true)
        return graph.append(.convolution(values), of: self, to: input)
    }

    /// Draws u and v anew and fits them to the weight, as PyTorch does when it adds the norm to a layer.
    public func finishInitialization(using random: TorchRandom) {
        withoutGradients {
            for vector in [leftVector, rightVector] {
                vector.fillNormal(using: random)
                vector.copy(from: Self.normalized(vector))
            }
        }
        for _ in 0..<15 { iteratePower() }
    }

    /// The name in the layout of PyTorch's older hook, which is used here, of a tensor in that of `torch.nn.utils.parametrizations`.
    package static func hookName(_ name: String) -> String {
        guard let match = name.range(of: "parametrizations.weight.") else { return name }
        let layer = name[..<match.lowerBound]
        switch name[match.upperBound...] {
        case "original": return layer + "weight_orig"
        case "0._u": return layer + "weight_u"
        case "0._v": return layer + "weight_v"
        default: return name
        }
    }

    private var matrix: Tensor { weight.reshaped([weight.shape[0], -1]) }

    private func iteratePower() {
        withoutGradients {
            rightVector.copy(from: Self.normalized(matrix.permuted([1, 0]).matmul(leftVector)))
            leftVector.copy(from: Self.normalized(matrix.matmul(rightVector)))
        }
    }

    private static func normalized(_ vector: Tensor) -> Tensor {
        vector / vector.square().sum().sqrt().clamped(to: 1e-12 ... .infinity)
    }
}
