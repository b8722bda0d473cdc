import Torch
import TorchNN

/// The U-Net of pix2pix: `downsamplings` halvings to the bottleneck and as many doublings back, with skip connections.
///
/// Isola et al., arXiv 1611.07004. Images [N, Cin, H, W] in -1...1 become [N, Cout, H, W] in -1...1; H and W must be multiples of
/// 2^downsamplings (7 for 128 pixels, 8 for 256).
public final class UnetGenerator: Module, Layer {
    /// The outermost level, which holds the others.
    public let model: UnetSkipBlock

    /// - Parameters:
    ///   - downsamplings: At least 5.
    ///   - filters: Channels of the outermost level (`ngf`); inner levels have 2, 4 and then 8 times as many.
    ///   - usesDropout: Dropout of 0.5 in the levels between the innermost and the one with 8 times the filters.
    ///   - convolutionBias: Whether convolutions before a norm have a bias; by default as `Normalization.wantsBias` says.
    ///   - initialization: How weights start; nil leaves them zero, to be loaded.
    ///   - random: The source of the initial weights and of dropout masks.
    public init(
        inputChannels: Int, outputChannels: Int, downsamplings: Int, filters: Int = 64, normalization: Normalization = .instance,
        usesDropout: Bool = false, convolutionBias: Bool? = nil, initialization: WeightInitialization? = .normal,
        random: TorchRandom = TorchRandom(seed: 0)
    ) {
        let hasBias = convolutionBias ?? normalization.wantsBias
        precondition(downsamplings >= 5, "a U-Net needs at least 5 downsamplings, not \(downsamplings)")
        let wide = 8 * filters
        var block = UnetSkipBlock(
            position: .innermost, inputChannels: wide, innerChannels: wide, outputChannels: wide, normalization: normalization,
            hasBias: hasBias)
        for _ in 0..<(downsamplings - 5) {
            block = UnetSkipBlock(
                position: .between(block), inputChannels: wide, innerChannels: wide, outputChannels: wide, normalization: normalization,
                hasBias: hasBias, dropout: usesDropout ? Dropout(random: random) : nil)
        }
        for channels in [4 * filters, 2 * filters, filters] {
            block = UnetSkipBlock(
                position: .between(block), inputChannels: channels, innerChannels: 2 * channels, outputChannels: channels,
                normalization: normalization, hasBias: hasBias)
        }
        model = UnetSkipBlock(
            position: .outermost(block), inputChannels: inputChannels, innerChannels: filters, outputChannels: outputChannels,
            normalization: normalization, hasBias: hasBias)
        super.init()
        initialization?.apply(to: self, using: random)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(model, to: input)
    }
}

/// One level of a U-Net around the level below it.
public final class UnetSkipBlock: Module, Layer {
    /// Where in the U-Net a block stands, with the block inside it.
    public enum Position {
        /// The bottleneck.
        case innermost
        /// Between the bottleneck and the outermost level.
        case between(UnetSkipBlock)
        /// The level that takes and gives images, without a skip.
        case outermost(UnetSkipBlock)
    }

    /// The layers of this level, with the level below among them.
    public let model: Sequential
    private let isOutermost: Bool

    /// - Parameters:
    ///   - inputChannels: Channels of the block's input.
    ///   - innerChannels: Channels after its downsampling.
    ///   - outputChannels: Channels after its upsampling, before the skip is joined on.
    ///   - hasBias: Whether the convolutions before a norm have a bias.
    public init(
        position: Position, inputChannels: Int, innerChannels: Int, outputChannels: Int, normalization: Normalization,
        hasBias: Bool, dropout: Dropout? = nil
    ) {
        func down(hasBias: Bool) -> Conv2d {
            Conv2d(inputChannels: inputChannels, outputChannels: innerChannels, kernelSize: 4, stride: 2, padding: 1, hasBias: hasBias)
        }
        func up(from channels: Int, hasBias: Bool) -> ConvTranspose2d {
            ConvTranspose2d(
                inputChannels: channels, outputChannels: outputChannels, kernelSize: 4, stride: 2, padding: 1, hasBias: hasBias)
        }
        switch position {
        case .outermost(let inner):
            model = Sequential([down(hasBias: hasBias), inner, ReLU(), up(from: 2 * innerChannels, hasBias: true), Tanh()])
            isOutermost = true
        case .innermost:
            model = Sequential([
                LeakyReLU(), down(hasBias: hasBias), ReLU(), up(from: innerChannels, hasBias: hasBias),
                normalization.layer(channels: outputChannels),
            ])
            isOutermost = false
        case .between(let inner):
            var layers: [any Layer] = [
                LeakyReLU(), down(hasBias: hasBias), normalization.layer(channels: innerChannels), inner, ReLU(),
                up(from: 2 * innerChannels, hasBias: hasBias), normalization.layer(channels: outputChannels),
            ]
            if let dropout { layers.append(dropout) }
            model = Sequential(layers)
            isOutermost = false
        }
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.appendBlock(from: input) { graph in
            guard !isOutermost else { return graph.append(model, to: input) }
            let outputs = graph.append(layersOf: model, to: input)
            // The reference's activation works in place, so the skip carries the activated input.
            return graph.append(.concatenate, to: outputs[0], outputs[outputs.count - 1])
        }
    }
}
