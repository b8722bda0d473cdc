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

    /// Numbers that a file of the network holds at least: half of them.
    ///
    /// Whoever finds fewer refuses the file before memory is taken for the network; a file that lacks single tensors is told which.
    public var leastWeightCount: Int { graph.parameterCount / 2 }
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
    /// The operations of the network, with weights that have shapes but take no memory.
    public var graph: Graph {
        switch self {
        case .generator(let configuration): configuration.graph
        case .discriminator(let configuration): configuration.graph
        }
    }
}
