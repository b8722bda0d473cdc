import Torch

/// A network as data: its operations in the order in which they run, each with the values it reads.
///
/// What runs a network, counts its costs or writes it in another format is an interpreter of this graph; the layers need not know it.
public struct Graph {
    /// All operations, each behind those it reads; the first one is `.input`.
    public let nodes: [Node]
    /// What the network gives.
    public let outputs: [Value]
    /// Nodes that belong together, those inside others behind them.
    public let blocks: [Block]
    /// The values behind all layers, by the layers' names: `model.4`, and "" for the network itself.
    public let places: [String: Value]

    /// The graph of a network, which keeps the network's layers alive.
    public init(of network: any Layer) {
        self.init(of: network) { [network.append(to: &$0, $1)] }
    }

    /// The graph of a network that gives several values.
    ///
    /// - Parameter body: Appends the network's layers to the input and returns what the network gives, one value or more.
    public init(of network: any Layer, _ body: (inout GraphBuilder, Value) -> [Value]) {
        var builder = GraphBuilder()
        let outputs = builder.append(network: network, body)
        self.init(nodes: builder.nodes, outputs: outputs, blocks: builder.blocks, places: builder.places)
    }

    init(nodes: [Node], outputs: [Value], blocks: [Block], places: [String: Value]) {
        self.nodes = nodes
        self.outputs = outputs
        self.blocks = blocks
        self.places = places
    }

    /// The node that makes a value.
    public subscript(value: Value) -> Node { nodes[value.index] }

    /// What goes into the network.
    public var input: Value { Value(index: 0) }

    /// The trained numbers of all layers.
    public var parameterCount: Int { nodes.reduce(0) { $0 + $1.parameterCount } }

    /// What a node makes.
    public struct Value: Hashable, Sendable {
        /// The position of its node in `nodes`.
        public let index: Int

        package init(index: Int) {
            self.index = index
        }
    }

    /// One operation.
    public struct Node {
        /// The name of the layer, which stands before its tensors in a state dict: `model.10.conv_block.1`.
        public let name: String
        /// What is done.
        public let operation: Operation
        /// What it is done to.
        public let inputs: [Value]
        /// The layer that holds the operation's tensors or state; nil for an operation without any.
        ///
        /// Tensors are looked up in it when they are needed: moving, converting or loading a network may replace them.
        public let layer: (any Layer)?

        /// The parameters and buffers of the operation, by their names in the layer such as `weight`.
        public var tensors: [(name: String, tensor: Tensor)] { layer?.ownTensors.map { ($0.name, $0.tensor) } ?? [] }

        /// The trained numbers of the operation.
        public var parameterCount: Int {
            layer?.ownTensors.reduce(0) { $0 + ($1.isParameter ? $1.tensor.count : 0) } ?? 0
        }
    }

    /// Nodes that run together: one value goes in, and one comes out.
    ///
    /// A block may run a second time in the backward pass (`RecomputedLayer`). Nothing is held back across its borders.
    public struct Block {
        /// The name of the layer.
        public let name: String
        /// The layer.
        public let layer: any Layer
        /// Where in `nodes` it is.
        public let nodes: Range<Int>
        /// The only value from outside that its nodes read, but for the condition.
        public let input: Value
        /// The network's condition, where nodes of the block read it.
        public let condition: Value?
        /// The only value of its nodes that is read outside.
        public let output: Value
    }
}
