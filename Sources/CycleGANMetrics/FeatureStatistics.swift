import Torch

/// The mean and covariance of the features of a set of images: all that the Fréchet distance needs of them.
public struct FeatureStatistics {
    /// Where they come from, as messages name it.
    public let path: String

    /// The number of images, at least 2; `nil` for statistics of other programs, which do not tell.
    public let count: Int?

    /// μ, shape [D], float64.
    public let mean: Tensor

    /// Σ with the divisor N - 1, shape [D, D], float64.
    public let covariance: Tensor

    init(path: String, count: Int?, mean: Tensor, covariance: Tensor) {
        self.path = path
        self.count = count
        self.mean = mean
        self.covariance = covariance
    }

    /// The statistics of features that are all in memory; `FeatureAccumulator` takes them batch by batch.
    ///
    /// - Throws: `MetricError.tooFewImages` for fewer than two.
    public init(of features: FeatureSet) throws(MetricError) {
        var accumulator = FeatureAccumulator(path: features.path)
        try accumulator.update(with: features.values)
        self = try accumulator.statistics()
    }

    /// The numbers for each image, D.
    public var length: Int { mean.shape[0] }
}

/// Mean and covariance of features that come in batches, in memory that does not grow with the number of images.
///
/// Keeps the mean and the scatter Σ (x - μ)(x - μ)ᵀ in float64 and joins parts without cancellation: Chan, Golub and LeVeque 1979,
/// "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances".
public struct FeatureAccumulator {
    /// Where the images come from, as messages name it.
    public let path: String

    /// The number of images so far.
    public private(set) var count = 0

    private var moments: (mean: Tensor, scatter: Tensor)?

    /// Starts without images.
    public init(path: String) {
        self.path = path
    }

    /// Takes in a batch.
    ///
    /// - Parameter features: Shape [N, D], of any floating-point type and on any device; D is the same in each batch.
    /// - Throws: `MetricError.notFinite`.
    public mutating func update(with features: Tensor) throws(MetricError) {
        let features = try FeatureSet(path: path, values: features)
        guard features.count > 0 else { return }
        let values = features.values.to(.float64)
        let mean = values.mean([0])
        let centred = values - mean
        join(count: features.count, mean: mean, scatter: centred.permuted([1, 0]).matmul(centred))
    }

    /// Takes in what another one has seen.
    public mutating func merge(_ other: FeatureAccumulator) {
        guard let moments = other.moments else { return }
        join(count: other.count, mean: moments.mean, scatter: moments.scatter)
    }

    /// The statistics of all images so far.
    ///
    /// - Throws: `MetricError.tooFewImages` for fewer than two.
    public func statistics() throws(MetricError) -> FeatureStatistics {
        guard let moments, count >= 2 else { throw .tooFewImages(path: path, found: count, needed: 2, metric: "a covariance") }
        return FeatureStatistics(path: path, count: count, mean: moments.mean, covariance: moments.scatter / Double(count - 1))
    }

    private mutating func join(count otherCount: Int, mean: Tensor, scatter: Tensor) {
        guard let moments else {
            (count, self.moments) = (otherCount, (mean, scatter))
            return
        }
        precondition(mean.shape == moments.mean.shape, "features have \(mean.count) numbers, and those before had \(moments.mean.count)")
        let total = Double(count + otherCount)
        let step = mean - moments.mean
        let between = step.unsqueezed(1).matmul(step.unsqueezed(0)) * (Double(count) * Double(otherCount) / total)
        self.moments = (moments.mean + step * (Double(otherCount) / total), moments.scatter + scatter + between)
        count += otherCount
    }
}
