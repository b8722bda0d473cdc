import Support
import Torch

/// How sure a classifier is of each image, and how varied its answers are over all of them: from 1 to the number of classes.
///
/// exp(E KL(p(y|x) ‖ p(y))) for each of several parts of the images. Salimans et al., "Improved Techniques for Training GANs",
/// arXiv:1606.03498. It knows no real images, and says little about sets that are unlike ImageNet.
public struct InceptionScore: Equatable, Sendable {
    /// The mean over the parts.
    public let mean: Double

    /// The standard deviation over the parts, with their number as divisor.
    public let standardDeviation: Double

    /// The number of parts.
    public let splits: Int

    /// Computes the score in float64.
    ///
    /// - Parameters:
    ///   - logits: The classifier's answers before the softmax, without its bias; shape [N, classes].
    ///   - splits: The number of parts, of equal sizes up to one.
    ///   - shuffleSeed: Draws the order in which images are put into parts; `nil` keeps theirs.
    /// - Throws: `MetricError.tooFewImages` for fewer images than parts.
    public init(logits: FeatureSet, splits: Int = 10, shuffleSeed: UInt64? = nil) throws(MetricError) {
        precondition(splits >= 1, "the images must be put into at least one part, not \(splits)")
        try logits.requireImages(splits, for: "the Inception score in \(splits) parts")
        var values = logits.values.to(.float64)
        if let shuffleSeed {
            var random = SplitMix64(seed: shuffleSeed)
            values = values.gathered(dimension: 0, indices: random.permutation(logits.count))
        }
        let shifted = values - values.max([1], keepDimensions: true)
        let logProbabilities = shifted - shifted.exp().sum([1], keepDimensions: true).log()
        let scores = (0..<splits).map { index in
            let start = index * logits.count / splits
            let part = logProbabilities.narrowed(dimension: 0, start: start, length: (index + 1) * logits.count / splits - start)
            let probabilities = part.exp()
            // A class that no image can be in would give 0 · -∞.
            let marginal = probabilities.mean([0]).maximum(Tensor(Double.leastNormalMagnitude, dtype: .float64)).log()
            return (probabilities * (part - marginal)).sum([1]).mean().exp().item()
        }
        (mean, standardDeviation) = meanAndDeviation(scores)
        self.splits = splits
    }
}
