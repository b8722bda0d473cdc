import Torch
import TorchNN

/// The reference's generator: strided convolutions, residual blocks, transposed convolutions.
///
/// `c7s1-f, d2f, d4f, R4f × blocks, u2f, uf, c7s1-out, tanh` (Zhu et al., arXiv 1703.10593, after Johnson et al., arXiv 1603.08155).
/// Images [N, Cin, H, W] in -1...1 become [N, Cout, H, W] in -1...1; H and W must be multiples of 2^downsamplings.
public final class ResnetGenerator: Module, Layer {
    /// All layers, under the reference's key `model`.
    public let model: Sequential
    /// The channels of images and of the condition, where the norms are modulated by one.
    private let modulation: (images: Int, conditions: Int)?
    /// Whether the sum of the condition's numbers is the strength.
    private let hasStrength: Bool

    /// Whether the inner results of the residual blocks are computed again in the backward pass instead of being kept.
    ///
    /// Gradients stay the same; see `checkpointed`. Not with batch norm, whose running statistics would move twice in each step.
    public var checkpointsActivations = false {
        didSet {
            for case let block as ResnetBlock in model.layers { block.checkpointsActivations = checkpointsActivations }
        }
    }

    /// - Parameters:
    ///   - residualBlocks: 9 for images of 256 pixels and more, 6 for 128.
    ///   - filters: Channels after the first convolution (`ngf`).
    ///   - widths: The channels of all maps, where these do not follow from `filters`.
    ///   - isLight: Whether the residual blocks have depthwise and pointwise convolutions.
    ///   - downsamplings: Halvings before the residual blocks, each of which doubles the channels.
    ///   - upsampling: How the size is doubled behind the residual blocks.
    ///   - antialias: Downsampling with a blur.
    ///   - antialiasUpsampling: `deconv` upsampling with a blur; with both the layers and keys are those of CUT's generator.
    ///   - attentionScales: 1, 2, ... 2^downsamplings: where maps are that much smaller than the image, self-attention follows the residual
    ///     blocks or the upsampling.
    ///   - convolutionBias: Whether convolutions before a norm have a bias; by default as `Normalization.wantsBias` says.
    ///   - hasFinalBias: Whether the last convolution has one.
    ///   - zeroPadding: Where zeros stand around maps in place of mirrored pixels.
    ///   - samplingKernelSize: Rows and columns of the kernels that halve and, with `deconv`, double: 3 or, without blurs, 4.
    ///   - conditions: Above 0, the instance norms are modulated by so many numbers for each image, which come as further channels behind the
    ///     image's, each the same everywhere.
    ///   - hasStrength: Whether what comes out is blended with the image: x + s (y - x), where s is the sum of those numbers.
    ///   - initialization: How weights start; nil leaves them zero, to be loaded.
    ///   - random: The source of the initial weights and of dropout masks.
    public init(
        inputChannels: Int, outputChannels: Int, residualBlocks: Int = 9, filters: Int = 64, widths: GeneratorWidths? = nil,
        isLight: Bool = false,
        normalization: Normalization = .instance, usesDropout: Bool = false, downsamplings: Int = 2, upsampling: Upsampling = .deconv,
        antialias: Bool = false,
        antialiasUpsampling: Bool = false, attentionScales: [Int] = [], convolutionBias: Bool? = nil, hasFinalBias: Bool = true,
        zeroPadding: ZeroPadding = [], samplingKernelSize: Int = 3, conditions: Int = 0, hasStrength: Bool = false,
        initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)
    ) {
        modulation = conditions > 0 ? (inputChannels, conditions) : nil
        self.hasStrength = hasStrength
        let hasBias = convolutionBias ?? normalization.wantsBias
        let widths = widths ?? GeneratorWidths(filters: filters, downsamplings: downsamplings, blocks: residualBlocks)
        func ending(from input: Int, to output: Int, hasBias: Bool) -> [any Layer] {
            let isZero = zeroPadding.contains(.ends)
            let convolution = Conv2d(
                inputChannels: input, outputChannels: output, kernelSize: 7, padding: isZero ? 3 : 0, hasBias: hasBias)
            return isZero ? [convolution] : [ReflectionPad2d(3), convolution]
        }
        func norm(_ channels: Int) -> [any Layer] { [normalization.layer(channels: channels, conditions: conditions), ReLU()] }
        func attention(atScale scale: Int, _ channels: Int) -> [any Layer] {
            attentionScales.contains(scale) ? [SelfAttention2d(channels: channels)] : []
        }
        var layers = ending(from: inputChannels, to: widths.encoder[0], hasBias: hasBias) + norm(widths.encoder[0])
        for (channels, next) in zip(widths.encoder, widths.encoder.dropFirst()) {
            layers.append(
                Conv2d(
                    inputChannels: channels, outputChannels: next, kernelSize: samplingKernelSize, stride: antialias ? 1 : 2, padding: 1,
                    hasBias: hasBias))
            layers += norm(next)
            if antialias { layers.append(AntialiasedDownsample2d(channels: next)) }
        }
        layers += widths.blocks.map { inner in
            ResnetBlock(
                channels: widths.trunk, innerChannels: inner, isLight: isLight, normalization: normalization, hasBias: hasBias,
                conditions: conditions, zeroPadding: zeroPadding.contains(.blocks), usesDropout: usesDropout, random: random)
        }
        layers += attention(atScale: 1 << downsamplings, widths.trunk)
        for (level, (channels, next)) in zip([widths.trunk] + widths.decoder, widths.decoder).enumerated() {
            layers += upsampling.layers(
                from: channels, to: next, antialias: antialiasUpsampling, zeroPadding: zeroPadding.contains(.upsampling),
                kernelSize: samplingKernelSize, hasBias: hasBias)
            layers += norm(next) + attention(atScale: 1 << (downsamplings - 1 - level), next)
        }
        layers += ending(from: widths.decoder.last ?? widths.trunk, to: outputChannels, hasBias: hasFinalBias) + [Tanh()]
        model = Sequential(layers)
        super.init()
        initialization?.apply(to: self, using: random)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        guard let modulation else { return graph.append(model, to: input) }
        let (images, conditions) = modulation
        let total = images + conditions
        let vector = graph.append(.firstPixel, to: graph.append(.channels(start: images, count: conditions, of: total), to: input))
        let image = graph.append(.channels(start: 0, count: images, of: total), to: input)
        let output = graph.withCondition(vector) { $0.append(model, to: image) }
        return hasStrength ? graph.append(.blend, to: image, output, vector) : output
    }
}

extension ResnetGenerator {
    /// The place in the graph of what a layer of `model` hands on in the published code, whose activations work in place: a layer right before
    /// an activation hands on activated numbers.
    public func place(ofLayer index: Int) -> String {
        var index = index
        while index + 1 < model.layers.count, model.layers[index + 1] is Identity { index += 1 }
        let isActivated = index + 1 < model.layers.count && model.layers[index + 1] is ReLU
        return "model.\(isActivated ? index + 1 : index)"
    }

    /// The channels of what a layer of `model` hands on.
    public func channels(ofLayer index: Int) -> Int {
        let weights = model.layers[0...index].reversed().lazy.compactMap { layer -> Int? in
            switch layer {
            case let convolution as Conv2d: convolution.weight.shape[0]
            case let block as ResnetBlock: block.channels
            default: nil
            }
        }
        // Before the first convolution these are the image's.
        return weights.first ?? (model.layers.lazy.compactMap { $0 as? Conv2d }.first?.weight.shape[1] ?? 0)
    }
}

/// Where a ResNet generator puts zeros around maps in place of mirrored pixels, as some implementations do.
public struct ZeroPadding: OptionSet, Hashable, Codable, Sendable {
    /// The residual blocks.
    public static let blocks = ZeroPadding(rawValue: 1)
    /// The first and the last convolution.
    public static let ends = ZeroPadding(rawValue: 2)
    /// The convolutions behind `Upsampling.resize`.
    public static let upsampling = ZeroPadding(rawValue: 4)

    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }
}
