import CycleGANTraining
import Datasets
import Torch
import TorchNN

/// How the cycle losses change over a run: less of them, and less by pixels (Wang & Lin, "CycleGAN with Better Cycles", arXiv 2408.15374).
///
/// At the share t of the run the cycle weights are multiplied by 1 - decay · t; of what is left, features · t compares what the last layer
/// but one of the domain's discriminator makes of an image and of its reconstruction, and the rest compares pixels.
struct CycleSchedule: Equatable {
    /// The share of the weights that is gone at the end.
    let decay: Double
    /// The share that compares features at the end.
    let features: Double

    /// What the cycle weights are multiplied by.
    struct Factors: Equatable {
        /// For whatever is relative to the cycle weights.
        let all: Double
        /// For the difference of pixels.
        let pixels: Double
        /// For the difference of features.
        let features: Double
    }

    /// - Parameter progress: The share of the run that is over, 0...1.
    func factors(at progress: Double) -> Factors {
        let (left, share) = (1 - decay * progress, features * progress)
        return Factors(all: left, pixels: left * (1 - share), features: left * share)
    }
}

extension CycleGAN {
    /// L1 over all pixels or, where the mask weights it, over those of the mask.
    func cycleLoss(_ reconstructed: Tensor, _ real: DomainImages) -> Tensor {
        guard masking.weightsCycle, let mask = real.masks else { return reconstructed.l1Loss(real.images) }
        // An empty mask gives zero.
        let pixels = mask.sum().clamped(to: 1...Double(mask.count)) * Double(real.images.shape[1])
        return ((reconstructed - real.images).abs() * mask).sum() / pixels
    }

    /// L1 between what a discriminator sees in an image and in its reconstruction. Gradients reach the generators alone.
    func featureLoss(_ reconstructed: Tensor, _ real: Tensor, _ adversary: Adversary) -> Tensor {
        let wanted = withoutGradients { adversary.features(of: real) }
        return adversary.features(of: reconstructed).l1Loss(wanted)
    }
}
