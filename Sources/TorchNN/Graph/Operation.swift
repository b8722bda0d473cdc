import Torch

/// What one node of a graph does to its inputs, as data.
///
/// Interpreters switch over the cases. A case for a new kind of layer is added here once, and the compiler then names every interpreter that
/// has to know it.
public enum Operation: Hashable, Sendable {
    /// The place where the network's input comes in.
    case input
    /// A convolution: [N, Cin, H, W] to [N, Cout, H', W'].
    case convolution(Convolution)
    /// The transpose of a convolution, which enlarges.
    case transposedConvolution(TransposedConvolution)
    /// A product with a matrix: [..., inputs] to [..., outputs].
    case linear(inputs: Int, outputs: Int, hasBias: Bool)
    /// Every channel of every image shifted and scaled to mean 0 and variance 1: (x - μ) / √(σ² + ε).
    case instanceNorm(epsilon: Double)
    /// Every channel normalised over the batch, in evaluation by running statistics or by each image's own, then scaled and shifted.
    case batchNorm(channels: Int, epsilon: Double, momentum: Double, evaluatesByImage: Bool)
    /// Every channel times a trained number and plus another.
    case scaleAndShift(channels: Int)
    /// Every channel of every image times a number and plus another, both linear functions of the image's condition: y = x (γ + Γc) + (β + Βc);
    /// the inputs are x and c, shape [N, conditions].
    case modulate(channels: Int, conditions: Int)
    /// x + t (y - x) with t the sum of the numbers of the image's condition; the inputs are x, y and the condition, shape [N, conditions].
    case blend
    /// Some channels of several, from `start` on.
    case channels(start: Int, count: Int, of: Int)
    /// The numbers of the upper left pixel, to which no gradients flow: [N, C, H, W] to [N, C].
    case firstPixel
    /// A function of each number.
    case activation(Activation)
    /// Pixels added around images, equally many on each side.
    case padding(PaddingMode, Int)
    /// In training, elements set to zero at random, and the others scaled up.
    case dropout(probability: Double)
    /// The sum of two inputs of one shape; of a residual block the input first, then what is added to it.
    case add
    /// Inputs joined along the channels.
    case concatenate
    /// Every pixel repeated to a square of `scale` pixels a side.
    case resize(scale: Int)
    /// Channels rearranged into squares of `factor` pixels a side: [N, C · factor², H, W] to [N, C, factor · H, factor · W].
    case pixelShuffle(factor: Int)
    /// Each channel convolved with one fixed filter.
    case blur(Blur)
    /// γ · softmax(queries · keysᵀ) values + x over all positions; the inputs are queries, keys, values and x.
    case attention
    /// What a layer does that does not say what it does, with the name of its type; only its own code can run it.
    case custom(String)

    /// The shape of the trained weight that inputs are multiplied with, as PyTorch stores it; nil for an operation without one.
    public var weightShape: [Int]? {
        switch self {
        case .convolution(let values):
            [values.outputChannels, values.inputChannels / values.groups, values.kernelSize, values.kernelSize]
        case .transposedConvolution(let values): [values.inputChannels, values.outputChannels, values.kernelSize, values.kernelSize]
        case .linear(let inputs, let outputs, _): [outputs, inputs]
        default: nil
        }
    }
}

/// A function of each number of a tensor.
public enum Activation: Hashable, Sendable {
    /// max(x, 0).
    case relu
    /// x where positive, slope · x elsewhere.
    case leakyReLU(slope: Double)
    /// The hyperbolic tangent.
    case tanh

    /// The factor on negative numbers, of the activations that have one.
    public var slope: Double? {
        switch self {
        case .relu: 0
        case .leakyReLU(let slope): slope
        case .tanh: nil
        }
    }

    /// The activated tensor.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        switch self {
        case .relu: input.relu()
        case .leakyReLU(let slope): input.leakyReLU(slope)
        case .tanh: input.tanh()
        }
    }
}

/// A convolution with a square kernel: H' = (H + 2 · padding - kernelSize) / stride + 1.
public struct Convolution: Hashable, Sendable {
    /// Channels that go in.
    public var inputChannels: Int
    /// Channels that come out.
    public var outputChannels: Int
    /// Rows and columns of the kernel.
    public var kernelSize: Int
    /// Pixels between neighbouring positions of the kernel.
    public var stride: Int
    /// Zeros added on each side of the input.
    public var padding: Int
    /// Whether a number is added to each output channel.
    public var hasBias: Bool
    /// Whether the stored weight is divided by its spectral norm first.
    public var hasSpectralNorm = false
    /// 1 where every channel that comes out reads all that go in; as many as channels go in where each reads one (depthwise).
    public var groups = 1
}

/// The transpose of a convolution with a square kernel: H' = (H - 1) · stride - 2 · padding + kernelSize + outputPadding.
public struct TransposedConvolution: Hashable, Sendable {
    /// Channels that go in.
    public var inputChannels: Int
    /// Channels that come out.
    public var outputChannels: Int
    /// Rows and columns of the kernel.
    public var kernelSize: Int
    /// The factor of enlargement.
    public var stride: Int
    /// Pixels taken off each side of the output.
    public var padding: Int
    /// Rows and columns added at the lower and right edge of the output.
    public var outputPadding: Int
    /// Whether a number is added to each output channel.
    public var hasBias: Bool
}

/// A depthwise convolution with one fixed filter, which halves or doubles images.
public struct Blur: Hashable, Sendable {
    /// Channels that go in and come out.
    public var channels: Int
    /// Rows and columns of the filter.
    public var kernelSize: Int
    /// The factor by which images become smaller or larger.
    public var stride: Int
    /// Whether it is the transpose, which enlarges.
    public var isTransposed: Bool
    /// Pixels taken off each side of the transpose's output; 0 for the other, which adds none.
    public var cropping: Int
}
