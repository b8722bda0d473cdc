import Torch

/// Layers applied one after the other, registered as "0", "1", ... or, as a part of a longer chain, from another number on.
///
/// Neighbours that have a fused form run as one operation: a norm, its activation and a mirrored border go into the convolution behind them.
public final class Sequential: Module, Layer {
    /// The layers in order.
    public let layers: [any Layer]
    private let start: Int

    /// A chain of layers; without any, the input passes through.
    ///
    /// - Parameter start: The number of the first one.
    public init(_ layers: [any Layer], numberedFrom start: Int = 0) {
        (self.layers, self.start) = (layers, start)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        layers.reduce(input) { graph.append($1, to: $0) }
    }

    override func entries() -> [ModuleEntry] {
        layers.enumerated().map { .child(name: "\(start + $0)", module: $1) }
    }
}
