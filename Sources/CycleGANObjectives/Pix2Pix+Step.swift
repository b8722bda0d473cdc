import CycleGANTraining
import Datasets
import Torch
import TorchNN

extension Pix2Pix {
    /// One step as the published code takes it: the discriminator, then the generator.
    ///
    /// With weights w and L1 the mean absolute difference, the generator minimises `w.adversarial · GAN(D(A, G(A))) + w.l1 · L1(G(A), B)`,
    /// with the discriminator that was just updated.
    ///
    /// - Parameter batches: Of images that belong together.
    public func step(_ batches: [ImageBatch]) -> StepLosses {
        for batch in batches {
            precondition(batch.areAligned.allSatisfy { $0 }, "pix2pix needs pairs, and the images of a sample do not belong together")
            precondition(batch[domains.b].extraImages == nil, "pix2pix needs pairs, and extra images are none")
        }
        let shares = batches.shares
        for optimizer in [discriminatorOptimizer, generatorOptimizer] { optimizer.zeroGrad() }
        // The graphs of several batches would take the memory that accumulating saves. But a second pass would draw other dropout masks
        // and count its batch twice in running statistics.
        let keepsGraphs = batches.count == 1 || !isGeneratorBatchIndependent
        let kept = keepsGraphs ? batches.map(translate) : nil

        adversary.network.setRequiresGrad(true)
        var discriminatorLosses: [[NamedLoss]] = []
        for (index, share) in shares.enumerated() {
            let batch = batches[index]
            let fake = kept?[index] ?? withoutGradients { translate(batch) }
            let losses = adversary.losses(real: pair(batch, batch[domains.b].images), fake: pair(batch, fake.detached()))
            optimization.backpropagate(losses, share: share)
            discriminatorLosses.append(losses.map { $0.detached() })
        }
        optimization.update(discriminatorOptimizer)

        // Frozen: the generator's step needs the gradients that pass through the discriminator, not its own.
        adversary.network.setRequiresGrad(false)
        var losses: [[NamedLoss]] = []
        for (index, share) in shares.enumerated() {
            let generatorLosses = generatorLosses(batches[index], fake: kept?[index] ?? translate(batches[index]))
            optimization.backpropagate(generatorLosses, share: share)
            losses.append(generatorLosses.map { $0.detached() } + discriminatorLosses[index])
        }
        optimization.update(generatorOptimizer)
        generator.updateAverage()
        optimization.finish()
        return StepLosses(losses, shares: shares)
    }

    /// G(A).
    private func translate(_ batch: ImageBatch) -> Tensor {
        optimization.autocasting(batch[domains.a].images) { generator.description.translate($0, mask: nil, with: generator.network) }
    }

    /// What the discriminator is given: images of A and, behind their channels, those of B or what was made for them.
    private func pair(_ batch: ImageBatch, _ images: Tensor) -> Tensor {
        Tensor.concatenated([batch[domains.a].images, images], dimension: 1)
    }

    private func generatorLosses(_ batch: ImageBatch, fake: Tensor) -> [NamedLoss] {
        [
            NamedLoss("adversarial", adversary.generatorLoss(pair(batch, fake)) * adversarialWeight),
            NamedLoss("l1", fake.l1Loss(batch[domains.b].images) * l1Weight),
        ]
    }
}
