import Torch

/// Layers applied one after the other, registered as "0", "1", ...
///
/// The layers stay inspectable, so that exporters can walk them and neighbouring ones can be run as one operation.
public final class Sequential: Module, Layer {
    /// The layers in order.
    public let layers: [any Layer]

    /// A chain of layers; without any, the input passes through.
    public init(_ layers: [any Layer]) {
        self.layers = layers
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        layers.reduce(input) { output, layer in layer(output) }
    }

    override func entries() -> [ModuleEntry] {
        layers.enumerated().map { .child(name: "\($0)", module: $1) }
    }
}
