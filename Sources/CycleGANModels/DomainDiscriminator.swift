import Torch
import TorchNN

/// A discriminator that also tells which domain an image is of, after StarGAN's (Choi et al., arXiv 1711.09020).
///
/// 4×4 convolutions that halve, with leaky ReLUs of slope 0.01, and two heads without bias: scores of patches, and one number for each
/// domain. Images [N, Cin, H, W] in -1...1 become scores [N, 1, H', W'] and logits [N, domains], with H' = H / 2^halvings.
public final class DomainDiscriminator: Module, Layer {
    /// The convolutions and activations, under the published key `main`.
    @Child("main") public private(set) var trunk: Sequential
    /// The convolution of the scores, by its published name.
    public let conv1: any Layer
    /// The convolution of the logits, which sees the whole map.
    public let conv2: any Layer

    /// - Parameters:
    ///   - filters: Channels after the first convolution (`ndf`), doubled by each further one.
    ///   - halvings: Convolutions in the trunk.
    ///   - kernel: Height and width of the maps behind the trunk.
    ///   - initialization: How weights start; nil leaves them zero, to be loaded.
    public init(
        inputChannels: Int, filters: Int = 64, halvings: Int, domains: Int, kernel: Int, spectralNorm: Bool = false,
        initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)
    ) {
        func convolution(_ input: Int, _ output: Int, _ kernel: Int, stride: Int, padding: Int, hasBias: Bool) -> any Layer {
            discriminatorConvolution(
                from: input, to: output, kernelSize: kernel, stride: stride, padding: padding, hasBias: hasBias, spectralNorm: spectralNorm)
        }
        var layers: [any Layer] = []
        var channels = inputChannels
        for halving in 0..<halvings {
            let next = filters << halving
            layers += [convolution(channels, next, 4, stride: 2, padding: 1, hasBias: true), LeakyReLU(slope: 0.01)]
            channels = next
        }
        conv1 = convolution(channels, 1, 3, stride: 1, padding: 1, hasBias: false)
        conv2 = convolution(channels, domains, kernel, stride: 1, padding: 0, hasBias: false)
        super.init()
        trunk = Sequential(layers)
        initialization?.apply(to: self, using: random)
    }

    /// The scores alone.
    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    /// Scores [N, 1, H', W'] and logits [N, domains].
    public func judge(_ images: Tensor) -> (scores: Tensor, logits: Tensor) {
        let features = trunk(images)
        let logits = conv2(features)
        return (conv1(features), logits.reshaped([logits.shape[0], logits.shape[1]]))
    }

    /// The graph of both heads: of `judge(_:)` with logits [N, domains, 1, 1].
    public var judgingGraph: Graph {
        Graph(of: self) { graph, input in
            let features = graph.append(trunk, to: input)
            return [graph.append(conv1, to: features), graph.append(conv2, to: features)]
        }
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(conv1, to: graph.append(trunk, to: input))
    }
}
