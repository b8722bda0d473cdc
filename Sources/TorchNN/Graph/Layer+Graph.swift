import Torch

extension Layer {
    /// One operation that only the layer itself can run: for layers of one's own that need no other interpreter.
    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.custom("\(Self.self)"), of: self, to: input)
    }

    /// Runs the layer's graph, with neighbouring operations fused: what `callAsFunction` of a layer that is made of others does.
    ///
    /// The graph is made at the first call and kept, so the parts of the layer must stay the same; their weights and state may change.
    public func runGraph(on input: Tensor) -> Tensor {
        if let plan { return plan.output(for: input) }
        let graph = Graph(of: self)
        let isCircular = graph.nodes.contains { $0.layer === self && $0.operation == .custom("\(Self.self)") }
        precondition(!isCircular, "\(Self.self) runs its graph and does not say what it does: give it an append(to:_:)")
        let plan = ExecutionPlan(graph)
        // A plan that holds the layer, for an operation or a block of its own, must not be held by it: neither would ever be freed.
        let holdsItself = graph.nodes.contains { $0.layer === self } || graph.blocks.contains { $0.layer === self }
        if !holdsItself { self.plan = plan }
        return plan.output(for: input)
    }
}

/// A layer that can compute its inner results again in the backward pass instead of keeping them: less memory for more time.
public protocol RecomputedLayer: Layer {
    /// Whether it does; see `checkpointed`.
    var checkpointsActivations: Bool { get }
    /// The source of random numbers inside the layer, if there is one.
    var random: TorchRandom? { get }
}
