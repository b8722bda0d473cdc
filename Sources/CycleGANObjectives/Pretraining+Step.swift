import CycleGANTraining
import Datasets
import Torch
import TorchNN

extension Pretraining {
    /// One step of each domain's network G, with the images x of the domain and L1 the mean absolute difference.
    ///
    /// - contrastive: with two views v, w of x, `w.nce · PatchNCE(w, v) + w.reconstruction · L1(G(v), v)`. The queries are what G's layers see
    ///   in v on the way to G(v), the keys what they see in w at the same places; see `PatchContrast`.
    /// - inpainting: `w.reconstruction · L1(G(m · x), x)` over all of the image, where m is 0 in the hidden blocks, which makes them grey.
    public func step(_ batches: [ImageBatch]) -> StepLosses {
        for named in optimizers { named.optimizer.zeroGrad() }
        let shares = batches.shares
        let losses = zip(batches, shares).map { batch, share in
            // One domain after the other: the graph of one alone is in memory.
            learners.flatMap { learner in
                let losses = evaluate(learner, on: batch[learner.domain].images)
                optimization.backpropagate(losses, share: share)
                return losses.map { $0.detached() }
            }
        }
        for named in optimizers { optimization.update(named.optimizer) }
        for learner in learners { learner.generator.updateAverage() }
        optimization.finish()
        return StepLosses(losses, shares: shares)
    }

    private func evaluate(_ learner: Learner, on images: Tensor) -> [NamedLoss] {
        let reconstruction = "reconstruction\(learner.domain)"
        guard let contrast = learner.contrast else {
            let generator = learner.generator
            let output = optimization.autocasting(hidden(images, by: chance)) {
                generator.description.translate($0, mask: nil, with: generator.network)
            }
            return [NamedLoss(reconstruction, output.l1Loss(images) * reconstructionWeight)]
        }
        let (view, other) = (altered(images), altered(images))
        let (queries, output) = contrast.featuresAndOutput(of: view)
        let keys = withoutGradients { contrast.features(of: other) }
        return [
            NamedLoss("nce\(learner.domain)", contrast.loss(queries: queries, keys: keys, isFlipped: false)),
            NamedLoss(reconstruction, output.l1Loss(view) * reconstructionWeight),
        ]
    }

    private func altered(_ images: Tensor) -> Tensor { AlteredImages.apply(chance.views(of: images.shape), to: images) }
}
