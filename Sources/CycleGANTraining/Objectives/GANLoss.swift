import Torch

/// The adversarial objective.
public enum GANMode: String, CaseIterable, Codable, Sendable {
    /// Least squares: (D(x) - 1)² for real, D(x)² for fake (Mao et al., arXiv 1611.04076).
    case lsgan
    /// Binary cross-entropy of logits (Goodfellow et al., arXiv 1406.2661).
    case vanilla
    /// max(0, 1 - D(real)) + max(0, 1 + D(fake)); the generator minimises -D(fake) (Lim and Ye, arXiv 1705.02894).
    case hinge
    /// D(fake) - D(real); the generator minimises -D(fake). It needs a `GradientPenalty` (Gulrajani et al., arXiv 1704.00028).
    case wganGP = "wgan-gp"

    /// What a generator minimises so that its images count as real.
    ///
    /// - Parameter fakeScores: The discriminator's scores of generated images, any shape.
    /// - Returns: The mean over all scores.
    public func generatorLoss(fakeScores: Tensor) -> Tensor {
        switch self {
        case .lsgan: fakeScores.mseLoss(.ones(like: fakeScores))
        case .vanilla: fakeScores.bceWithLogitsLoss(.ones(like: fakeScores))
        case .hinge, .wganGP: -fakeScores.mean()
        }
    }

    /// What a discriminator minimises: half the sum of its losses on real and on generated images, or the whole difference for `wganGP`,
    /// whose penalty was weighted against that.
    public func discriminatorLoss(realScores: Tensor, fakeScores: Tensor) -> Tensor {
        switch self {
        case .lsgan: (realScores.mseLoss(.ones(like: realScores)) + fakeScores.mseLoss(.zeros(like: fakeScores))) * 0.5
        case .vanilla:
            (realScores.bceWithLogitsLoss(.ones(like: realScores)) + fakeScores.bceWithLogitsLoss(.zeros(like: fakeScores))) * 0.5
        case .hinge: ((-realScores + 1).relu().mean() + (fakeScores + 1).relu().mean()) * 0.5
        case .wganGP: fakeScores.mean() - realScores.mean()
        }
    }
}
