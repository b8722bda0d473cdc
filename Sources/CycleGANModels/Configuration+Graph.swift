import TorchNN

extension GeneratorConfiguration {
    /// The operations of the network, with weights that have shapes but take no memory.
    ///
    /// The configuration must be a possible one; see `validate()`.
    public var graph: Graph { withoutWeightMemory { Graph(of: makeGenerator(initialization: nil)) } }

    /// Heights and widths must be multiples of this.
    public var stride: Int { graph.stride }

    /// The smallest height and width, a multiple of `stride`.
    public var smallestSide: Int {
        let graph = graph
        return graph.smallestSide(multipleOf: graph.stride) ?? graph.stride
    }

    /// Numbers that the network has at least: those of its widest convolutions, such as the residual blocks'.
    ///
    /// Whoever finds fewer in a file refuses it before memory is taken for the network. Not all numbers are asked for: a file that lacks
    /// single tensors is told which when it is loaded.
    public var leastWeightCount: Int {
        let weights = graph.nodes.compactMap(\.operation.weightShape)
        func width(_ shape: [Int]) -> Int { min(shape[0], shape[1]) }
        let widest = weights.map(width).max()
        return weights.filter { width($0) == widest }.reduce(0) { $0 + $1.reduce(1, *) }
    }
}

extension DiscriminatorConfiguration {
    /// The operations of the network, with weights that have shapes but take no memory.
    ///
    /// The configuration must be a possible one; see `validate()`.
    public var graph: Graph { withoutWeightMemory { Graph(of: makeDiscriminator(initialization: nil)) } }

    /// The smallest height and width of images for which a score is left.
    public var smallestSide: Int { graph.smallestSide() ?? 1 }
}

extension InferredNetwork {
    /// The names and shapes of the network's tensors, in the reference's layout and order.
    public var tensors: [(name: String, shape: [Int])] {
        withoutWeightMemory {
            let network: any Layer =
                switch self {
                case .generator(let configuration): configuration.makeGenerator(initialization: nil)
                case .discriminator(let configuration): configuration.makeDiscriminator(initialization: nil)
                }
            return network.namedTensors.map { ($0.name, $0.tensor.shape) }
        }
    }

    /// The operations of the network, with weights that have shapes but take no memory.
    public var graph: Graph {
        switch self {
        case .generator(let configuration): configuration.graph
        case .discriminator(let configuration): configuration.graph
        }
    }
}
