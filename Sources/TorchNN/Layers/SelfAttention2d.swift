import Torch

/// Self-attention over all positions of a map [N, C, H, W]: x + γ · attention(x), where γ starts at 0.
///
/// Zhang et al., "Self-Attention Generative Adversarial Networks", arXiv 1805.08318: queries and keys are 1×1 convolutions to
/// max(1, C / 8) channels, values one to C channels; position j of the attention is Σᵢ softmaxᵢ(query(x)ⱼ · key(x)ᵢ) value(x)ᵢ, without
/// a scale. Memory grows with H · W, time with its square. The layer cannot be differentiated twice on the CPU.
public final class SelfAttention2d: Module, OperationLayer {
    /// γ, shape [1].
    @Parameter public private(set) var gamma: Tensor
    /// The convolution that makes the queries.
    public let query: Conv2d
    /// The convolution that makes the keys.
    public let key: Conv2d
    /// The convolution that makes the values.
    public let value: Conv2d
    private let channels: Int
    /// Channels of one head. The fused kernel wants keys and values of one width, so the values are split into parts of the keys' width.
    private let width: Int

    /// A layer whose weights and γ are zero.
    public init(channels: Int) {
        func convolution(to outputChannels: Int) -> Conv2d {
            Conv2d(inputChannels: channels, outputChannels: outputChannels, kernelSize: 1)
        }
        let keyChannels = max(1, channels / 8)
        gamma = Tensor.zeros([1])
        query = convolution(to: keyChannels)
        key = convolution(to: keyChannels)
        value = convolution(to: channels)
        self.channels = channels
        width = (keyChannels...channels).first { channels.isMultiple(of: $0) } ?? channels
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.appendBlock(from: input) { graph in
            graph.append(
                .attention, of: self, to: graph.append(query, to: input), graph.append(key, to: input), graph.append(value, to: input),
                input)
        }
    }

    /// The attention to `inputs`: queries, keys, values and the images that they were made of.
    func operation(on inputs: [Tensor]) -> Tensor {
        let (queries, keys, values, input) = (inputs[0], inputs[1], inputs[2], inputs[3])
        let shape = input.shape
        // What a failed operation gave has no shape; the convolutions have reported it.
        guard shape.count == 4 else { return queries }
        let positions = shape[2] * shape[3]
        let heads = channels / width
        /// [N, heads, positions, width]; queries and keys are the same for each head.
        func split(_ images: Tensor) -> Tensor {
            let perHead = images.reshaped([shape[0], -1, min(width, images.shape[1]), positions]).permuted([0, 1, 3, 2]).contiguous()
            let missing = width - perHead.shape[3]
            let padded = missing == 0 ? perHead : perHead.padded(.zero, left: 0, right: missing, top: 0, bottom: 0)
            return padded.expanded(to: [shape[0], heads, positions, width])
        }
        let attention = split(queries).attention(keys: split(keys), values: split(values), scale: 1)
        return gamma * attention.permuted([0, 1, 3, 2]).reshaped(shape) + input
    }
}
