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
    /// With Σ = AAᵀ for both, the trace of (Σ₁Σ₂)^½ is the sum of the singular values of A₁ᵀA₂. Unlike square roots of
    /// eigenvalues, these keep full precision where covariances are singular, and A has only as many columns as the rank.
    /// - Throws: `MetricError.featureLength` for features of different lengths, `.notFinite` for covariances that overflow.
    public init(_ first: FeatureStatistics, _ second: FeatureStatistics) throws(MetricError) {
        guard first.length == second.length else {
            throw .featureLength(path: first.path, found: first.length, other: second.path, expected: second.length)
        }
        let rootOfFirst = try Self.root(first)
        let rootOfSecond = try Self.root(second)
        firstRank = rootOfFirst.shape[1]
        secondRank = rootOfSecond.shape[1]
        isSingular = min(firstRank, secondRank) < first.length
        meanTerm = (first.mean - second.mean).square().sum().item()
        do {
            covarianceTerm = try withTorchErrors {
                let product = rootOfFirst.permuted([1, 0]).matmul(rootOfSecond)
                return (rootOfFirst.square().sum() + rootOfSecond.square().sum() - product.singularValues().sum() * 2).item()
            }
        } catch {
            throw .notFinite(path: second.path, what: "the product of its covariance with that of \(first.path)")
        }
        value = meanTerm + covarianceTerm
    }

    /// A with AAᵀ = Σ, shape [D, rank].
    private static func root(_ statistics: FeatureStatistics) throws(MetricError) -> Tensor {
        do {
            return try withTorchErrors {
                let (values, vectors) = statistics.covariance.symmetricEigendecomposition()
                let eigenvalues = values.array(of: Double.self)
                // What is smaller is rounding; the threshold is that of numpy.linalg.matrix_rank.
                let threshold = (eigenvalues.last ?? 0) * Double(eigenvalues.count) * Double.ulpOfOne
                let rank = eigenvalues.count { $0 > threshold }
                func last(_ tensor: Tensor, _ dimension: Int) -> Tensor {
                    tensor.narrowed(dimension: dimension, start: eigenvalues.count - rank, length: rank)
                }
                return last(vectors, 1) * last(values, 0).sqrt()
            }
        } catch {
            throw .notFinite(path: statistics.path, what: "the covariance of the features")
        }
    }
}
