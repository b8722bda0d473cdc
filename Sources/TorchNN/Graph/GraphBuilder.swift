import Torch

/// Takes down what layers say they do, one after the other.
///
/// A layer describes itself in `append(to:_:)`: a single one with one operation, a composite one by appending its parts. The builder knows
/// by which names the parts are registered.
public struct GraphBuilder {
    private(set) var nodes: [Graph.Node] = []
    private(set) var blocks: [Graph.Block] = []
    private(set) var places: [String: Graph.Value] = [:]
    /// What modulated norms are told, shape [N, conditions]: one value for the whole network.
    public private(set) var condition: Graph.Value?
    /// The layers that are being described, the outermost one first.
    private var frames: [Frame] = []

    private struct Frame {
        let name: String
        let layer: any Layer
        let parts: [(name: String, module: Module)]
    }

    /// Appends a part of the layer that is being described.
    ///
    /// - Parameter layer: Must be registered in that layer, directly.
    /// - Returns: What the part makes of `input`.
    public mutating func append(_ layer: any Layer, to input: Graph.Value) -> Graph.Value {
        describe(layer) { layer.append(to: &$0, input) }
    }

    /// Appends all layers of a chain that is a part of the layer that is being described.
    ///
    /// - Returns: The values behind each of them.
    public mutating func append(layersOf chain: Sequential, to input: Graph.Value) -> [Graph.Value] {
        var values: [Graph.Value] = []
        _ = describe(chain) { graph in
            for layer in chain.layers { values.append(graph.append(layer, to: values.last ?? input)) }
            return values.last ?? input
        }
        return values
    }

    /// Appends one operation of the layer that is being described.
    ///
    /// - Parameter layer: That layer, where the operation uses tensors or state of it.
    public mutating func append(_ operation: Operation, of layer: (any Layer)? = nil, to inputs: Graph.Value...) -> Graph.Value {
        nodes.append(Graph.Node(name: frames.last?.name ?? "", operation: operation, inputs: inputs, layer: layer))
        return Graph.Value(index: nodes.count - 1)
    }

    /// Appends operations whose modulated norms are told a condition.
    public mutating func withCondition(_ condition: Graph.Value, _ body: (inout GraphBuilder) -> Graph.Value) -> Graph.Value {
        self.condition = condition
        defer { self.condition = nil }
        return body(&self)
    }

    /// Appends what belongs together in the layer that is being described; see `Graph.Block`.
    ///
    /// - Parameter body: Appends the operations; the only values from outside that they may read are `input` and the condition.
    public mutating func appendBlock(
        from input: Graph.Value, _ body: (inout GraphBuilder) -> Graph.Value
    ) -> Graph.Value {
        let (start, inner) = (nodes.count, blocks.count)
        let output = body(&self)
        guard let frame = frames.last, start < nodes.count else { return output }
        let outside = nodes[start...].flatMap(\.inputs).filter { $0.index < start }
        precondition(
            outside.allSatisfy { $0 == input || $0 == condition },
            "the block \(frame.name) reads values from outside other than its input")
        blocks.insert(
            Graph.Block(
                name: frame.name, layer: frame.layer, nodes: start..<nodes.count, input: input,
                condition: outside.contains { $0 == condition } ? condition : nil, output: output), at: inner)
        return output
    }

    mutating func append(network: any Layer, _ body: (inout GraphBuilder, Graph.Value) -> [Graph.Value]) -> [Graph.Value] {
        let input = append(.input)
        frames.append(Frame(name: "", layer: network, parts: network.children))
        let outputs = body(&self, input)
        _ = record(outputs[0])
        return outputs
    }

    private mutating func describe(_ layer: any Layer, _ body: (inout GraphBuilder) -> Graph.Value) -> Graph.Value {
        guard let parent = frames.last, let part = parent.parts.first(where: { $0.module === layer }) else {
            preconditionFailure("a \(type(of: layer)) is appended to the graph of a layer in which it is not registered")
        }
        let name = parent.name.isEmpty ? part.name : "\(parent.name).\(part.name)"
        frames.append(Frame(name: name, layer: layer, parts: layer.children))
        return record(body(&self))
    }

    /// Ends the description of the innermost layer.
    private mutating func record(_ output: Graph.Value) -> Graph.Value {
        if let frame = frames.popLast() { places[frame.name] = output }
        return output
    }
}
