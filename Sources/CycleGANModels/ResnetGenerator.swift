import Torch
import TorchNN

/// The reference's generator: two strided convolutions, residual blocks, two transposed convolutions.
///
/// `c7s1-f, d2f, d4f, R4f × blocks, u2f, uf, c7s1-out, tanh` (Zhu et al., arXiv 1703.10593, after Johnson et al., arXiv 1603.08155).
/// Images [N, Cin, H, W] in -1...1 become [N, Cout, H, W] in -1...1; H and W must be multiples of 4.
public final class ResnetGenerator: Module, Layer {
    /// All layers, under the reference's key `model`.
    public let model: Sequential

    /// - Parameters:
    ///   - residualBlocks: 9 for images of 256 pixels and more, 6 for 128.
    ///   - filters: Channels after the first convolution (`ngf`).
    ///   - initialization: How weights start; nil leaves them zero, to be loaded.
    ///   - random: The source of the initial weights and of dropout masks.
    public init(
        inputChannels: Int, outputChannels: Int, residualBlocks: Int = 9, filters: Int = 64, normalization: Normalization = .instance,
        usesDropout: Bool = false, initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)
    ) {
        // A bias before batch norm would be cancelled by it; with instance norm the reference keeps it.
        let hasBias = normalization == .instance
        var layers: [any Layer] = [
            ReflectionPad2d(3), Conv2d(inputChannels: inputChannels, outputChannels: filters, kernelSize: 7, hasBias: hasBias),
            normalization.layer(channels: filters), ReLU(),
        ]
        for channels in [filters, 2 * filters] {
            layers += [
                Conv2d(
                    inputChannels: channels, outputChannels: 2 * channels, kernelSize: 3, stride: 2, padding: 1, hasBias: hasBias),
                normalization.layer(channels: 2 * channels), ReLU(),
            ]
        }
        for _ in 0..<residualBlocks {
            layers.append(ResnetBlock(channels: 4 * filters, normalization: normalization, usesDropout: usesDropout, random: random))
        }
        for channels in [4 * filters, 2 * filters] {
            layers += [
                ConvTranspose2d(
                    inputChannels: channels, outputChannels: channels / 2, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1,
                    hasBias: hasBias),
                normalization.layer(channels: channels / 2), ReLU(),
            ]
        }
        layers += [ReflectionPad2d(3), Conv2d(inputChannels: filters, outputChannels: outputChannels, kernelSize: 7), Tanh()]
        model = Sequential(layers)
        super.init()
        initialization?.apply(to: self, using: random)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { model(input) }
}

/// Two 3×3 convolutions whose result is added to their input: x + block(x).
public final class ResnetBlock: Module, Layer {
    /// The layers whose output is added, under the reference's key `conv_block`.
    @Child("conv_block") public private(set) var convolutions: Sequential

    /// A block that keeps the number of channels and the size; its weights are zero.
    public init(channels: Int, normalization: Normalization, usesDropout: Bool, random: TorchRandom) {
        func convolution() -> [any Layer] {
            [
                ReflectionPad2d(1),
                Conv2d(inputChannels: channels, outputChannels: channels, kernelSize: 3, hasBias: normalization == .instance),
                normalization.layer(channels: channels),
            ]
        }
        super.init()
        convolutions = Sequential(convolution() + [ReLU()] + (usesDropout ? [Dropout(random: random)] : []) + convolution())
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { input + convolutions(input) }
}
