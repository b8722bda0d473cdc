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
    /// - Parameter subsets: At least one, all of one size; none holds an image twice.
    /// - Throws: `MetricError.tooFewImages` for fewer than two images, `.featureLength` for features of different lengths.
    public init(_ first: FeatureSet, _ second: FeatureSet, subsets: [Subset]) throws(MetricError) {
        try first.requireImages(2, for: "KID")
        try second.requireImages(2, for: "KID")
        try first.requireLength(of: second)
        let size = subsets.first?.first.count ?? 0
        precondition(
            size >= 2 && subsets.allSatisfy { $0.first.count == size && $0.second.count == size },
            "KID needs at least one subset, and subsets of one size of at least two images")
        // All pairs of a set once, unless the pairs within the subsets are fewer.
        let isSmall = max(first.count, second.count) <= Int(Double(subsets.count).squareRoot() * Double(size))
        let groups = isSmall ? [subsets] : subsets.map { [$0] }
        let discrepancies = groups.flatMap { group in
            let x = Members(first.values, group.map(\.first))
            let y = Members(second.values, group.map(\.second))
            let within = x.kernelSums(with: x) - x.diagonalSums() + y.kernelSums(with: y) - y.diagonalSums()
            let pairs = Double(size * (size - 1))
            return (within / pairs - x.kernelSums(with: y) * (2 / Double(size * size))).array(of: Double.self)
        }
        (mean, standardDeviation) = meanAndDeviation(discrepancies)
        subsetSize = size
        subsetCount = subsets.count
    }
}

/// The images of one set that are in any of some subsets.
private struct Members {
    /// Their features, shape [images, D], float64.
    let features: Tensor
    /// 1 where an image is in a subset and 0 elsewhere, shape [subsets, images], float64: sums over subsets are products with it.
    let membership: Tensor

    init(_ all: Tensor, _ subsets: [[Int]]) {
        let images = Set(subsets.joined()).sorted()
        let positions = Dictionary(uniqueKeysWithValues: zip(images, images.indices))
        var flags = [Double](repeating: 0, count: subsets.count * images.count)
        for (subset, members) in subsets.enumerated() {
            for position in members.compactMap({ positions[$0] }) { flags[subset * images.count + position] = 1 }
        }
        features = all.gathered(dimension: 0, indices: images).to(.float64)
        membership = Tensor(flags, shape: [subsets.count, images.count])
    }

    /// Σᵢⱼ k(xᵢ, yⱼ) for each subset, shape [subsets].
    func kernelSums(with other: Members) -> Tensor {
        let (count, size) = (features.shape[0], 1024)
        let blocks = stride(from: 0, to: count, by: size).map { start in
            func block(_ tensor: Tensor, _ dimension: Int) -> Tensor {
                tensor.narrowed(dimension: dimension, start: start, length: min(size, count - start))
            }
            let kernel = kernel(block(features, 0).matmul(other.features.permuted([1, 0])))
            return (block(membership, 1).matmul(kernel) * other.membership).sum([1])
        }
        return Tensor.stacked(blocks).sum([0])
    }

    /// Σᵢ k(xᵢ, xᵢ) for each subset, shape [subsets].
    func diagonalSums() -> Tensor { membership.matmul(kernel(features.square().sum([1]))) }

    private func kernel(_ dotProducts: Tensor) -> Tensor { (dotProducts / Double(features.shape[1]) + 1).pow(3) }
}

/// The mean and the standard deviation with the number of values as divisor.
func meanAndDeviation(_ values: [Double]) -> (Double, Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot())
}
