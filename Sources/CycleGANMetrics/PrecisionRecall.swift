import Support
import Torch

/// How many generated images look real, and how many real ones could have been generated.
///
/// A set's manifold is the union of balls around its features, each as large as the distance to its k-th nearest neighbour in the set.
/// Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models", arXiv:1904.06991.
public struct PrecisionRecall: Equatable, Sendable {
    /// The share of the generated images within the manifold of the real ones, 0...1.
    public let precision: Double

    /// The share of the real images within the manifold of the generated ones, 0...1.
    public let recall: Double

    /// The k of the k-th nearest neighbour.
    public let neighbours: Int

    /// The harmonic mean of both, 0 when both are.
    public var fScore: Double { precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0 }

    /// Compares two sets in float64, in blocks of rows: memory grows with the sum of their sizes, time with the square.
    ///
    /// - Throws: `MetricError.tooFewImages` for k or fewer images, `.featureLength` for features of different lengths.
    public init(generated: FeatureSet, real: FeatureSet, neighbours: Int = 3) throws(MetricError) {
        precondition(neighbours >= 1, "a neighbour is the first at least, not number \(neighbours)")
        let metric = "precision and recall with \(counted(neighbours, "neighbour"))"
        try generated.requireImages(neighbours + 1, for: metric)
        try real.requireImages(neighbours + 1, for: metric)
        try generated.requireLength(of: real)
        let radiiOfGenerated = Self.squaredRadii(generated.values, neighbours)
        let radiiOfReal = Self.squaredRadii(real.values, neighbours)
        // How far each image lies inside the ball where it lies deepest; below 0 outside of all.
        var depths: [Tensor] = []
        var depthsOfReal = Tensor.full([real.count], -Double.infinity, dtype: .float64)
        var start = 0
        for block in Self.blocks(generated.values) {
            let distances = Self.squaredDistances(block, real.values)
            let radii = radiiOfGenerated.narrowed(dimension: 0, start: start, length: block.shape[0])
            depths.append((radiiOfReal - distances).max([1]))
            depthsOfReal = depthsOfReal.maximum((radii.unsqueezed(1) - distances).max([0]))
            start += block.shape[0]
        }
        func shareInside(_ depths: Tensor) -> Double {
            let depths = depths.array(of: Double.self)
            return Double(depths.count { $0 >= 0 }) / Double(depths.count)
        }
        precision = shareInside(Tensor.concatenated(depths))
        recall = shareInside(depthsOfReal)
        self.neighbours = neighbours
    }

    /// The squared distance of each image to its k-th nearest neighbour; the nearest of all is the image itself.
    private static func squaredRadii(_ features: Tensor, _ neighbours: Int) -> Tensor {
        Tensor.concatenated(blocks(features).map { squaredDistances($0, features).kthSmallest(neighbours + 1, dimension: 1) })
    }

    /// ‖x - y‖² = ‖x‖² + ‖y‖² - 2 x·y, shape [rows, columns], float64.
    fileprivate static func squaredDistances(_ rows: Tensor, _ columns: Tensor) -> Tensor {
        let rows = rows.to(.float64)
        let rowNorms = rows.square().sum([1], keepDimensions: true)
        return Tensor.concatenated(
            blocks(columns).map { block in
                let columns = block.to(.float64)
                let norms = rowNorms + columns.square().sum([1])
                // Equal images have to be at distance 0, not at that of rounding, which is far below 10⁻¹² of the norms.
                return (norms * (1 - 1e-12) - rows.matmul(columns.permuted([1, 0])) * 2).relu()
            }, dimension: 1)
    }

    fileprivate static func blocks(_ rows: Tensor) -> [Tensor] {
        let (count, size) = (rows.shape[0], 1024)
        return stride(from: 0, to: count, by: size).map { rows.narrowed(dimension: 0, start: $0, length: min(size, count - $0)) }
    }
}

extension FeatureSet {
    /// The distance of each image's features to the nearest of another set, which tells which generated images look least like real ones.
    ///
    /// - Throws: `MetricError.featureLength` for features of different lengths, `.tooFewImages` where a set is empty.
    public func nearestDistances(to others: FeatureSet) throws(MetricError) -> [Double] {
        try requireImages(1, for: "the nearest image")
        try others.requireImages(1, for: "the nearest image")
        try requireLength(of: others)
        return PrecisionRecall.blocks(values).flatMap { block in
            PrecisionRecall.squaredDistances(block, others.values).min([1]).sqrt().array(of: Double.self)
        }
    }
}
