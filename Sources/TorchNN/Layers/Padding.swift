import Torch

/// Mirrors the border of images [N, C, H, W] outwards by `padding` pixels; height and width must be larger than that.
public final class ReflectionPad2d: Module, Layer {
    /// Pixels added on each side.
    public let padding: Int

    /// A layer that adds `padding` pixels on each side.
    public init(_ padding: Int) {
        self.padding = padding
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.padded(.reflect, left: padding, right: padding, top: padding, bottom: padding)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(.padding(.reflect, padding), to: input)
    }
}
