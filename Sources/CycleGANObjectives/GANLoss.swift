import CycleGANTraining
import Torch

extension GANMode {
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
