import Torch

/// Repeats every pixel to a square of 2×2: [N, C, H, W] to [N, C, 2H, 2W].
public final class NearestUpsample2d: Module, Layer {
    public func callAsFunction(_ input: Tensor) -> Tensor { input.interpolatedNearest(scale: 2) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.resize(scale: 2), to: input)
    }
}

/// A convolution to four times the channels, which then become squares of 2×2 pixels: [N, Cin, H, W] to [N, Cout, 2H', 2W'].
///
/// Shi et al., arXiv 1609.05158. An initialisation gives the four kernels of a channel the same weights, so that the layer starts without a
/// checkerboard, as a convolution before nearest upsampling (ICNR; Aitken et al., arXiv 1707.02937).
public final class PixelShuffleConv2d: Module, WeightedLayer, FusibleConvolution {
    /// Shape [4 · Cout, Cin, kernel, kernel].
    @Parameter public private(set) var weight: Tensor
    /// Shape [4 · Cout].
    @Parameter public private(set) var bias: Tensor?

    /// A convolution with a square kernel and without padding, whose weights are zero.
    public init(inputChannels: Int, outputChannels: Int, kernelSize: Int, hasBias: Bool = true) {
        precondition(inputChannels > 0 && outputChannels > 0, "channels must be positive, not \(inputChannels) and \(outputChannels)")
        weight = .startingWeight([4 * outputChannels, inputChannels, kernelSize, kernelSize])
        bias = hasBias ? Tensor.zeros([4 * outputChannels]) : nil
    }

    var padding: Int { 0 }
    var takesReflection: Bool { true }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    // A norm behind the shuffle sees four biases in each of its channels and cancels none, so it must not count as what reads the
    // convolution: the shuffle is an operation of its own.
    func callAsFunction(_ input: Tensor, prologue: Prologue, padding: Int, border: PaddingMode, cancelsBias: Bool) -> Tensor {
        input.fusedConv2d(
            weight: weight, bias: bias, padding: padding, border: border, prologue: prologue, cancelsBias: cancelsBias)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        let values = Convolution(weight: weight, stride: 1, padding: padding, hasBias: bias != nil)
        return graph.append(.pixelShuffle(factor: 2), to: graph.append(.convolution(values), of: self, to: input))
    }

    /// Copies the first kernel of every output channel over the other three.
    public func finishInitialization(using random: TorchRandom) {
        withoutGradients {
            let shape = weight.shape
            let grouped = weight.reshaped([shape[0] / 4, 4] + shape.dropFirst())
            weight.copy(from: grouped.narrowed(dimension: 1, start: 0, length: 1).expanded(to: grouped.shape).reshaped(shape))
        }
    }
}
