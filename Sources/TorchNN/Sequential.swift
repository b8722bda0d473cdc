import Torch

/// Layers applied one after the other, registered as "0", "1", ...
///
/// The layers stay inspectable, so that exporters can walk them. Neighbours that have a fused form run as one operation: a norm, its
/// activation and a mirrored border go into the convolution behind them.
public final class Sequential: Module, Layer {
    /// The layers in order.
    public let layers: [any Layer]

    /// A chain of layers; without any, the input passes through.
    public init(_ layers: [any Layer]) {
        self.layers = layers
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { self(input, skipping: 0) }

    /// The output for an input of the layer at index `skipped`, plus a residual of the output's shape.
    public func callAsFunction(_ input: Tensor, skipping skipped: Int = 0, adding residual: Tensor? = nil) -> Tensor {
        var chain = FusedChain(output: input)
        for index in layers.indices.dropFirst(skipped) {
            let isNormalized = index + 1 < layers.count && layers[index + 1] is InstanceNorm2d
            chain.apply(layers[index], cancelsBias: isNormalized)
        }
        return chain.finish(adding: residual)
    }

    override func entries() -> [ModuleEntry] {
        layers.enumerated().map { .child(name: "\($0)", module: $1) }
    }
}
