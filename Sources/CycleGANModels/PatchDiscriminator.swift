import Torch
import TorchNN

/// The PatchGAN discriminator: a convolutional classifier that judges overlapping patches.
///
/// `C f, C 2f, C 4f, C 8f, 1` with 4×4 kernels and leaky ReLUs (Isola et al., arXiv 1611.07004). Images [N, Cin, H, W] in -1...1
/// become scores [N, 1, H', W'] without a final activation; with 3 layers each score sees 70×70 pixels, and 256 pixels give 30.
public final class PatchDiscriminator: Module, Layer {
    /// All layers, under the reference's key `model`.
    public let model: Sequential

    /// - Parameters:
    ///   - layerCount: Convolutions of stride 2 (`n_layers`): patches of 16, 34, 70, 142 and 286 pixels for 1 to 5.
    ///   - filters: Channels after the first convolution (`ndf`), doubled per layer up to 8 times.
    ///   - spectralNorm: Whether every convolution is a `SpectralNormConv2d`.
    ///   - antialias: Whether a blur of stride 2 behind the activation takes the place of a convolution's stride, as in CUT's discriminator.
    ///   - initialization: How weights start; nil leaves them zero, to be loaded.
    public init(
        inputChannels: Int, layerCount: Int = 3, filters: Int = 64, normalization: Normalization = .instance, spectralNorm: Bool = false,
        antialias: Bool = false, initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)
    ) {
        precondition(layerCount > 0, "a patch discriminator needs at least one layer, not \(layerCount)")
        func convolution(from input: Int, to output: Int, stride: Int, hasBias: Bool = true) -> any Layer {
            discriminatorConvolution(
                from: input, to: output, kernelSize: 4, stride: stride, padding: 1, hasBias: hasBias, spectralNorm: spectralNorm)
        }
        let stride = antialias ? 1 : 2
        func blur(_ channels: Int) -> [any Layer] { antialias ? [AntialiasedDownsample2d(channels: channels)] : [] }
        var layers: [any Layer] = [convolution(from: inputChannels, to: filters, stride: stride), LeakyReLU()] + blur(filters)
        var channels = filters
        for layer in 1...layerCount {
            let next = filters * min(1 << layer, 8)
            layers += [
                convolution(from: channels, to: next, stride: layer < layerCount ? stride : 1, hasBias: normalization.wantsBias),
                normalization.layer(channels: next), LeakyReLU(),
            ]
            if layer < layerCount { layers += blur(next) }
            channels = next
        }
        layers.append(convolution(from: channels, to: 1, stride: 1))
        model = Sequential(layers)
        super.init()
        initialization?.apply(to: self, using: random)
    }

    /// The place of what the last convolution is given, for a `FeatureEncoder`.
    public var lastFeatures: String { "model.\(model.layers.count - 2)" }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(model, to: input)
    }
}

/// A discriminator of 1×1 convolutions that judges every pixel by its colour alone: [N, Cin, H, W] to scores [N, 1, H, W].
public final class PixelDiscriminator: Module, Layer {
    /// All layers, under the reference's key `net`.
    @Child("net") public private(set) var model: Sequential

    /// A discriminator whose weights start by `initialization`, or zero for nil, to be loaded.
    public init(
        inputChannels: Int, filters: Int = 64, normalization: Normalization = .instance, spectralNorm: Bool = false,
        initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)
    ) {
        func convolution(from input: Int, to output: Int, hasBias: Bool) -> any Layer {
            discriminatorConvolution(from: input, to: output, kernelSize: 1, hasBias: hasBias, spectralNorm: spectralNorm)
        }
        let hasBias = normalization.wantsBias
        super.init()
        model = Sequential([
            convolution(from: inputChannels, to: filters, hasBias: true), LeakyReLU(),
            convolution(from: filters, to: 2 * filters, hasBias: hasBias), normalization.layer(channels: 2 * filters), LeakyReLU(),
            convolution(from: 2 * filters, to: 1, hasBias: hasBias),
        ])
        initialization?.apply(to: self, using: random)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(model, to: input)
    }
}

func discriminatorConvolution(
    from input: Int, to output: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool, spectralNorm: Bool
) -> any Layer {
    if spectralNorm {
        SpectralNormConv2d(
            inputChannels: input, outputChannels: output, kernelSize: kernelSize, stride: stride, padding: padding, hasBias: hasBias)
    } else {
        Conv2d(inputChannels: input, outputChannels: output, kernelSize: kernelSize, stride: stride, padding: padding, hasBias: hasBias)
    }
}
