import Torch
import TorchNN

/// Two 3×3 convolutions whose result is added to their input: x + block(x).
public final class ResnetBlock: Module, RecomputedLayer {
    /// The layers whose output is added, under the reference's key `conv_block`.
    @Child("conv_block") public private(set) var convolutions: Sequential
    /// The channels of what goes in and comes out.
    public let channels: Int
    /// Whether the inner results are computed again in the backward pass instead of being kept; see `ResnetGenerator`.
    public internal(set) var checkpointsActivations = false
    /// The source of dropout masks, where there is dropout.
    public let random: TorchRandom?

    /// A block that keeps the number of channels and the size; its weights are zero.
    ///
    /// - Parameters:
    ///   - innerChannels: Of what the first convolution gives; as many as go in by default.
    ///   - isLight: Whether the convolutions are separable, with the keys of GAN Compression's MobileResnetBlock.
    ///   - hasBias: Whether the convolutions have a bias.
    ///   - zeroPadding: Whether zeros stand around the maps in place of mirrored pixels.
    public init(
        channels: Int, innerChannels: Int? = nil, isLight: Bool = false, normalization: Normalization, hasBias: Bool, conditions: Int = 0,
        zeroPadding: Bool = false, usesDropout: Bool, random: TorchRandom
    ) {
        let inner = innerChannels ?? channels
        func convolution(from input: Int, to output: Int) -> [any Layer] {
            let padding = zeroPadding ? 1 : 0
            let convolution: any Layer =
                isLight
                ? SeparableConv2d(inputChannels: input, outputChannels: output, padding: padding, normalization: normalization)
                : Conv2d(inputChannels: input, outputChannels: output, kernelSize: 3, padding: padding, hasBias: hasBias)
            return (zeroPadding ? [] : [ReflectionPad2d(1)]) + [
                convolution, normalization.layer(channels: output, conditions: conditions),
            ]
        }
        self.channels = channels
        self.random = usesDropout ? random : nil
        super.init()
        // The published light block always has a place for dropout.
        let dropout: [any Layer] = usesDropout ? [Dropout(random: random)] : isLight ? [Identity()] : []
        convolutions = Sequential(convolution(from: channels, to: inner) + [ReLU()] + dropout + convolution(from: inner, to: channels))
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.appendBlock(from: input) { graph in graph.append(.add, to: input, graph.append(convolutions, to: input)) }
    }
}

/// A 3×3 convolution of each channel alone, a norm, and a 1×1 convolution of all channels: 9 + Cout products for each number that goes in,
/// where an ordinary convolution takes 9 · Cout.
///
/// Keys and layers are those of GAN Compression (Li et al., arXiv 2003.08936), after MobileNets (Howard et al., arXiv 1704.04861).
public final class SeparableConv2d: Module, Layer {
    /// The three layers, under the published key `conv`.
    @Child("conv") public private(set) var layers: Sequential

    /// A convolution whose weights are zero. Both parts have a bias, as published.
    ///
    /// - Parameters:
    ///   - padding: Zeros added on each side of the input.
    ///   - normalization: What stands between the two.
    public init(inputChannels: Int, outputChannels: Int, padding: Int = 0, normalization: Normalization) {
        super.init()
        layers = Sequential([
            Conv2d(inputChannels: inputChannels, outputChannels: inputChannels, kernelSize: 3, padding: padding, isDepthwise: true),
            normalization.layer(channels: inputChannels),
            Conv2d(inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: 1),
        ])
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value { graph.append(layers, to: input) }
}
