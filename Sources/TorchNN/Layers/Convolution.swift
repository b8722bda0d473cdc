import Torch

/// A layer with a weight and perhaps a bias, which the initialisers know how to fill.
public protocol WeightedLayer: Layer {
    /// The tensor that is multiplied with the input.
    var weight: Tensor { get }
    /// The tensor that is added, if there is one.
    var bias: Tensor? { get }
    /// Called when the weight has been drawn anew, for layers that keep more than weight and bias or tie parts of the weight.
    func finishInitialization(using random: TorchRandom)
}

extension WeightedLayer {
    /// Nothing is left to do for most layers.
    public func finishInitialization(using random: TorchRandom) {}
}

/// A convolution that takes what stands before it: a norm, an activation and, unless it enlarges, a mirrored border.
protocol FusibleConvolution: Layer {
    /// Zeros added on each side of the input, where they add any; a mirrored border takes their place.
    var padding: Int { get }
    /// Whether the border may be mirrored.
    var takesReflection: Bool { get }
    /// The convolution of images that are normalised, activated and padded first.
    ///
    /// - Parameter cancelsBias: Whether an instance norm follows, which takes any bias away.
    func callAsFunction(_ input: Tensor, prologue: Prologue, padding: Int, border: PaddingMode, cancelsBias: Bool) -> Tensor
}

extension FusibleConvolution {
    public func callAsFunction(_ input: Tensor) -> Tensor {
        self(input, prologue: Prologue(), padding: padding, border: .zero, cancelsBias: false)
    }
}

extension Convolution {
    /// The convolution with a weight of shape [Cout, Cin / groups, kernel, kernel].
    init(weight: Tensor, stride: Int, padding: Int, hasBias: Bool, hasSpectralNorm: Bool = false, groups: Int = 1) {
        let shape = weight.shape
        self.init(
            inputChannels: shape[1] * groups, outputChannels: shape[0], kernelSize: shape[2], stride: stride, padding: padding,
            hasBias: hasBias, hasSpectralNorm: hasSpectralNorm, groups: groups)
    }
}

/// Two-dimensional convolution: [N, Cin, H, W] to [N, Cout, H', W'] with H' = (H + 2·padding - kernel) / stride + 1.
///
/// Weights start at zero: networks fill them with a `WeightInitialization` or from a checkpoint.
public final class Conv2d: Module, WeightedLayer, FusibleConvolution {
    /// Shape [Cout, Cin, kernel, kernel]; [Cout, 1, kernel, kernel] where each channel is convolved alone.
    @Parameter public private(set) var weight: Tensor
    /// Shape [Cout].
    @Parameter public private(set) var bias: Tensor?
    /// Pixels between neighbouring positions of the kernel.
    public let stride: Int
    /// Zeros added on each side of the input.
    public let padding: Int
    /// 1 for an ordinary convolution, or the input's channels for one of each channel alone (depthwise).
    public let groups: Int

    /// A convolution with a square kernel, whose weights are zero.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool = true,
        isDepthwise: Bool = false
    ) {
        precondition(inputChannels > 0 && outputChannels > 0, "channels must be positive, not \(inputChannels) and \(outputChannels)")
        groups = isDepthwise ? inputChannels : 1
        precondition(outputChannels.isMultiple(of: groups), "\(inputChannels) channels alone cannot become \(outputChannels)")
        weight = .startingWeight([outputChannels, inputChannels / groups, kernelSize, kernelSize])
        bias = hasBias ? Tensor.zeros([outputChannels]) : nil
        self.stride = stride
        self.padding = padding
    }

    var takesReflection: Bool { true }

    func callAsFunction(_ input: Tensor, prologue: Prologue, padding: Int, border: PaddingMode, cancelsBias: Bool) -> Tensor {
        input.fusedConv2d(
            weight: weight, bias: bias, stride: stride, padding: padding, border: border, prologue: prologue, cancelsBias: cancelsBias)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        let values = Convolution(weight: weight, stride: stride, padding: padding, hasBias: bias != nil, groups: groups)
        return graph.append(.convolution(values), of: self, to: input)
    }
}

/// Transposed convolution: [N, Cin, H, W] to [N, Cout, H', W'] with H' = (H - 1)·stride - 2·padding + kernel + outputPadding.
///
/// Weights start at zero: networks fill them with a `WeightInitialization` or from a checkpoint.
public final class ConvTranspose2d: Module, WeightedLayer, FusibleConvolution {
    /// Shape [Cin, Cout, kernel, kernel].
    @Parameter public private(set) var weight: Tensor
    /// Shape [Cout].
    @Parameter public private(set) var bias: Tensor?
    /// The factor of enlargement.
    public let stride: Int
    /// Pixels taken off each side of the output.
    public let padding: Int
    /// Rows and columns added at the lower and right edge of the output.
    public let outputPadding: Int

    /// A transposed convolution with a square kernel, whose weights are zero.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0,
        hasBias: Bool = true
    ) {
        precondition(inputChannels > 0 && outputChannels > 0, "channels must be positive, not \(inputChannels) and \(outputChannels)")
        weight = .startingWeight([inputChannels, outputChannels, kernelSize, kernelSize])
        bias = hasBias ? Tensor.zeros([outputChannels]) : nil
        self.stride = stride
        self.padding = padding
        self.outputPadding = outputPadding
    }

    var takesReflection: Bool { false }

    func callAsFunction(_ input: Tensor, prologue: Prologue, padding: Int, border: PaddingMode, cancelsBias: Bool) -> Tensor {
        input.fusedConvTranspose2d(
            weight: weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding, prologue: prologue,
            cancelsBias: cancelsBias)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        let shape = weight.shape
        let values = TransposedConvolution(
            inputChannels: shape[0], outputChannels: shape[1], kernelSize: shape[2], stride: stride, padding: padding,
            outputPadding: outputPadding, hasBias: bias != nil)
        return graph.append(.transposedConvolution(values), of: self, to: input)
    }
}

/// Fully connected: [..., in] to [..., out]. Weights start at zero, as the convolutions' do.
public final class Linear: Module, WeightedLayer {
    /// Shape [out, in].
    @Parameter public private(set) var weight: Tensor
    /// Shape [out].
    @Parameter public private(set) var bias: Tensor?

    /// A layer whose weights are zero.
    public init(inputs: Int, outputs: Int, hasBias: Bool = true) {
        weight = .startingWeight([outputs, inputs])
        bias = hasBias ? Tensor.zeros([outputs]) : nil
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.linear(weight: weight, bias: bias)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.linear(inputs: weight.shape[1], outputs: weight.shape[0], hasBias: bias != nil), of: self, to: input)
    }
}
