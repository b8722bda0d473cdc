import Torch
import TorchNN

/// A perceptron of two layers for each compared place of a generator, which turns features into unit vectors.
///
/// Park et al., "Contrastive Learning for Unpaired Image-to-Image Translation", arXiv 2007.15651. Registered as the published code's `net_F`
/// is: `mlp_0.0.weight`, `mlp_0.2.weight`, `mlp_1.0.weight`, ...
public final class PatchProjection: Module {
    /// Linear, ReLU, linear; one for each place.
    @Children("mlp_") public private(set) var perceptrons: [Sequential]

    /// - Parameters:
    ///   - channels: Those of the features of each place.
    ///   - width: The length of the vectors.
    public init(channels: [Int], width: Int = 256) {
        super.init()
        perceptrons = channels.map { count in
            Sequential([Linear(inputs: count, outputs: width), ReLU(), Linear(inputs: width, outputs: width)])
        }
    }

    /// How many places a projection has whose tensors have these names; nil for another network.
    public static func placeCount(in names: [String]) -> Int? {
        let places = Set(names.map { $0.prefix { $0 != "." } })
        return !places.isEmpty && places.allSatisfy { $0.hasPrefix("mlp_") } ? places.count : nil
    }

    /// Vectors of length 1, shape [N, P, width], of the features at some positions.
    ///
    /// - Parameters:
    ///   - features: Shape [N, C, H, W].
    ///   - place: Whose perceptron to use, as an index.
    ///   - positions: y · W + x of each wanted position, the same in all images; all positions for nil.
    public func vectors(of features: Tensor, place: Int, at positions: [Int]?) -> Tensor {
        let shape = features.shape
        // What a failed operation gave has no elements to choose from; the perceptron reports it.
        guard shape.count == 4, shape[1] > 1 || shape[2] * shape[3] > 1 else { return perceptrons[place](features) }
        let flat = features.reshaped([shape[0], shape[1], shape[2] * shape[3]])
        let chosen = positions.map { flat.gathered(dimension: 2, indices: $0) } ?? flat
        return Self.unit(perceptrons[place](chosen.permuted([0, 2, 1])))
    }

    /// Each vector over its length: x / (‖x‖ + 1e-7), which counts with CUT's small initial weights.
    private static func unit(_ vectors: Tensor) -> Tensor {
        let squares = vectors.square().sum([2], keepDimensions: true)
        // A zero vector, which narrow networks do give, stays zero; the root has no slope there.
        let isZero = squares.equals(0)
        return vectors / (isZero.selecting(Tensor.ones(like: squares), else: squares).sqrt() + 1e-7)
    }
}
