import Torch

/// The part of a network up to some layers: gives their results for an input, and stops after the last one.
///
/// Contrastive learning compares such features of images and their translations (Park et al., "Contrastive Learning for Unpaired
/// Image-to-Image Translation", arXiv 2007.15651). Gradients flow as through the network, whose weights these are.
public final class FeatureEncoder {
    /// The name of a network's own output among its places: with it, one pass gives features and the output.
    public static let output = ""

    /// The layers whose results are given, in this order; empty where values were asked for.
    public let places: [String]
    /// The part of the network that runs.
    public let graph: Graph
    private let plan: ExecutionPlan

    /// - Parameters:
    ///   - network: Keeps its parts while the encoder is used; its weights may change.
    ///   - places: Names of layers, such as `model.4`, which is the layer of index 4 in `model`.
    /// - Throws: `GraphError.unknownPlace` for a name that no layer has.
    public init(_ network: any Layer, at places: [String]) throws(GraphError) {
        self.places = places
        graph = try Graph(of: network).selecting(places)
        plan = ExecutionPlan(graph)
    }

    /// - Parameters:
    ///   - network: Keeps its parts while the encoder is used; its weights may change.
    ///   - values: Values of `Graph(of: network)`.
    public init(_ network: any Layer, values: [Graph.Value]) {
        places = []
        graph = Graph(of: network).selecting(values)
        plan = ExecutionPlan(graph)
    }

    /// The results of the layers for images [N, C, H, W], in the order of `places`.
    public func callAsFunction(_ images: Tensor) -> [Tensor] { plan(images) }
}

extension Layer {
    /// The results of inner layers for one input; keep a `FeatureEncoder` to do it again and again.
    ///
    /// - Parameter places: Names of layers, such as `model.4`.
    /// - Throws: `GraphError.unknownPlace` for a name that no layer has.
    public func features(at places: [String], of images: Tensor) throws(GraphError) -> [Tensor] {
        try FeatureEncoder(self, at: places)(images)
    }
}
