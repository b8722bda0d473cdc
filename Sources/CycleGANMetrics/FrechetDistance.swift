import Torch

/// The Fréchet distance of two normal distributions; of Inception features, the FID.
///
/// ‖μ₁ - μ₂‖² + Tr(Σ₁ + Σ₂ - 2 (Σ₁Σ₂)^½), 0 for equal statistics. Dowson and Landau 1982; Heusel et al., "GANs Trained by a Two
/// Time-Scale Update Rule Converge to a Local Nash Equilibrium", arXiv:1706.08500. It is biased upwards for few images: compare only values
/// of equal numbers of images.
public struct FrechetDistance: Equatable, Sendable {
    /// The distance: `meanTerm` + `covarianceTerm`.
    public let value: Double

    /// ‖μ₁ - μ₂‖².
    public let meanTerm: Double

    /// Tr(Σ₁ + Σ₂ - 2 (Σ₁Σ₂)^½).
    public let covarianceTerm: Double

    /// The rank of Σ₁: at most one less than the number of images.
    public let firstRank: Int

    /// The rank of Σ₂.
    public let secondRank: Int

    /// Whether a covariance lacks full rank, as it does with no more images than features. The value is exact all the same, but rests on
    /// too few images to tell the distributions.
    public let isSingular: Bool

    /// Compares two sets by their statistics, in float64.
    ///
    /// With Σ = AAᵀ for both, the trace of (Σ₁Σ₂)^½ is the sum of the singular values of P = A₁ᵀA₂, which are the square roots of the
    /// eigenvalues of PᵀP. A has only as many columns as the rank, so that few images make a small problem.
    /// - Throws: `MetricError.featureLength` for features of different lengths, `.invalidStatistics` for a covariance that is none.
    public init(_ first: FeatureStatistics, _ second: FeatureStatistics) throws(MetricError) {
        guard first.length == second.length else {
            throw .featureLength(path: first.path, found: first.length, other: second.path, expected: second.length)
        }
        let rootOfFirst = try Self.root(of: first)
        let rootOfSecond = try Self.root(of: second)
        firstRank = rootOfFirst.shape[0]
        secondRank = rootOfSecond.shape[0]
        isSingular = min(firstRank, secondRank) < first.length
        meanTerm = (first.mean - second.mean).square().sum().item()
        let traces = rootOfFirst.square().sum().item() + rootOfSecond.square().sum().item()
        do {
            covarianceTerm = traces - 2 * (try withTorchErrors { Self.nuclearNorm(rootOfFirst.matmul(rootOfSecond.permuted([1, 0]))) })
        } catch {
            throw .notFinite(path: second.path, what: "the product of its covariance with that of \(first.path)")
        }
        value = meanTerm + covarianceTerm
    }

    /// The sum of the singular values of a matrix.
    private static func nuclearNorm(_ matrix: Tensor) -> Double {
        let transposed = matrix.permuted([1, 0])
        let smaller = matrix.shape[0] < matrix.shape[1] ? matrix.matmul(transposed) : transposed.matmul(matrix)
        return smaller.symmetricEigenvalues().relu().sqrt().sum().item()
    }

    /// Aᵀ with AAᵀ = Σ, shape [rank, D].
    private static func root(of statistics: FeatureStatistics) throws(MetricError) -> Tensor {
        let covariance = statistics.covariance
        let variances = covariance.diagonal()
        // What is smaller is rounding; LAPACK's threshold for pivoted Cholesky decompositions.
        let threshold = variances.max().item() * Double(statistics.length) * Double.ulpOfOne
        if let factor = covariance.choleskyFactor(), factor.diagonal().min().item() > threshold.squareRoot() {
            return factor.permuted([1, 0])
        }
        // Pivoted Cholesky decomposition: each step takes the direction of the feature with the largest variance that is left.
        let rows = Tensor.empty(covariance.shape, dtype: .float64)
        var remaining = variances
        for rank in 0..<statistics.length {
            let values = remaining.array(of: Double.self)
            guard let pivot = values.indices.max(by: { values[$0] < values[$1] }), values[pivot] > threshold else {
                guard remaining.min().item() >= -100 * threshold else {
                    throw .invalidStatistics(
                        path: statistics.path, reason: "sigma has negative eigenvalues, which no covariance in float64 has")
                }
                return rows.narrowed(dimension: 0, start: 0, length: rank)
            }
            let earlier = rows.narrowed(dimension: 0, start: 0, length: rank)
            let known = earlier.selected(dimension: 1, index: pivot).matmul(earlier)
            let row = (covariance.selected(dimension: 0, index: pivot) - known) / values[pivot].squareRoot()
            rows.selected(dimension: 0, index: rank).copy(from: row)
            remaining = remaining - row.square()
        }
        return rows
    }
}

extension Tensor {
    /// The diagonal of a square matrix.
    fileprivate func diagonal() -> Tensor {
        let size = shape[0]
        return contiguous().reshaped([-1]).gathered(dimension: 0, indices: (0..<size).map { $0 * (size + 1) })
    }
}
