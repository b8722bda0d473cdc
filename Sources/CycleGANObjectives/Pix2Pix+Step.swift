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
            precondition(batch[oneWay.domains.b].extraImages == nil, "pix2pix needs pairs, and extra images are none")
        }
        for named in optimizers { named.optimizer.zeroGrad() }
        // The graphs of several batches would take the memory that accumulating saves. But a second pass would draw other dropout masks
        // and count its batch twice in running statistics.
        let keepsGraphs = batches.count == 1 || !oneWay.isGeneratorBatchIndependent
        let kept = keepsGraphs ? batches.map(translate) : nil

        return oneWay.step(shares: batches.shares) { index in
            let batch = batches[index]
            let fake = kept?[index] ?? withoutGradients { translate(batch) }
            return adversary.losses(real: pair(batch, batch[oneWay.domains.b].images), fake: pair(batch, fake.detached()))
        } generatorLosses: { index in
            generatorLosses(batches[index], fake: kept?[index] ?? translate(batches[index]))
        }
    }

    /// G(A).
    private func translate(_ batch: ImageBatch) -> Tensor {
        oneWay.optimization.autocasting(batch[oneWay.domains.a].images) {
            generator.description.translate($0, mask: nil, with: generator.network)
        }
    }

    /// What the discriminator is given: images of A and, behind their channels, those of B or what was made for them.
    private func pair(_ batch: ImageBatch, _ images: Tensor) -> Tensor {
        Tensor.concatenated([batch[oneWay.domains.a].images, images], dimension: 1)
    }

    private func generatorLosses(_ batch: ImageBatch, fake: Tensor) -> [NamedLoss] {
        [
            NamedLoss("adversarial", adversary.generatorLoss(pair(batch, fake)) * oneWay.adversarialWeight),
            NamedLoss("l1", fake.l1Loss(batch[oneWay.domains.b].images) * l1Weight),
        ]
    }
}
