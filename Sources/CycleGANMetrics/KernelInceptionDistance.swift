import Support
import Torch

/// The squared maximum mean discrepancy of two sets of features under a cubic kernel (KID), averaged over random subsets.
///
/// For m features each: Σ_{i≠j} k(xᵢ, xⱼ) / (m (m - 1)) + Σ_{i≠j} k(yᵢ, yⱼ) / (m (m - 1)) - 2 Σᵢⱼ k(xᵢ, yⱼ) / m² with
/// k(x, y) = (x·y / D + 1)³. Unbiased also for few images, and so a little below 0 at times. Bińkowski et al., "Demystifying MMD GANs",
/// arXiv:1801.01401.
public struct KernelInceptionDistance: Equatable, Sendable {
    /// Indices of images, as many of the first set as of the second.
    public typealias Subset = (first: [Int], second: [Int])

    /// The mean over the subsets.
    public let mean: Double

    /// The standard deviation over the subsets, with their number as divisor.
    public let standardDeviation: Double

    /// The number of images of each set in a subset.
    public let subsetSize: Int

    /// The number of subsets.
    public let subsetCount: Int

    /// Compares two sets on random subsets, drawn without replacement.
    ///
    /// - Parameters:
    ///   - subsetSize: The most images of a set in a subset; fewer where a set is smaller.
    ///   - seed: The same seed draws the same subsets.
    /// - Throws: `MetricError.tooFewImages` for fewer than two, `.featureLength` for features of different lengths.
    public init(
        _ first: FeatureSet, _ second: FeatureSet, subsetCount: Int = 100, subsetSize: Int = 1000, seed: UInt64 = 0
    ) throws(MetricError) {
        precondition(subsetSize >= 2, "a subset needs at least two images, not \(subsetSize)")
        let size = min(subsetSize, first.count, second.count)
        var random = SplitMix64(seed: seed)
        let subsets = (0..<subsetCount).map { _ in
            (Array(random.permutation(first.count).prefix(size)), Array(random.permutation(second.count).prefix(size)))
        }
        try self.init(first, second, subsets: subsets)
    }

    /// Compares two sets on given subsets.
    ///
    /// - Parameter subsets: At least one, all of one size.
    /// - Throws: `MetricError.tooFewImages` for fewer than two images, `.featureLength` for features of different lengths.
    public init(_ first: FeatureSet, _ second: FeatureSet, subsets: [Subset]) throws(MetricError) {
        try first.requireImages(2, for: "KID")
        try second.requireImages(2, for: "KID")
        try first.requireLength(of: second)
        let size = subsets.first?.first.count ?? 0
        precondition(
            size >= 2 && subsets.allSatisfy { $0.first.count == size && $0.second.count == size },
            "KID needs at least one subset, and subsets of one size of at least two images")
        let discrepancies = subsets.map { subset in
            Self.discrepancy(
                first.values.gathered(dimension: 0, indices: subset.first).to(.float64),
                second.values.gathered(dimension: 0, indices: subset.second).to(.float64))
        }
        (mean, standardDeviation) = meanAndDeviation(discrepancies)
        subsetSize = size
        subsetCount = subsets.count
    }

    private static func discrepancy(_ x: Tensor, _ y: Tensor) -> Double {
        let (size, length) = (Double(x.shape[0]), Double(x.shape[1]))
        func kernel(_ dotProducts: Tensor) -> Tensor { (dotProducts / length + 1).pow(3).sum() }
        func between(_ x: Tensor, _ y: Tensor) -> Tensor { kernel(x.matmul(y.permuted([1, 0]))) }
        func diagonal(_ x: Tensor) -> Tensor { kernel(x.square().sum([1])) }
        let within = between(x, x) - diagonal(x) + between(y, y) - diagonal(y)
        return (within / (size * (size - 1)) - between(x, y) * (2 / (size * size))).item()
    }
}

/// The mean and the standard deviation with the number of values as divisor.
func meanAndDeviation(_ values: [Double]) -> (Double, Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot())
}
