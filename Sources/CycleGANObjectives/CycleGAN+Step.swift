import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Torch
import TorchNN

extension CycleGAN {
    /// One step as the reference takes it: both generators together, then both discriminators.
    ///
    /// With weights w and L1 the mean absolute difference, the generators minimise
    /// `w.adversarial · (GAN(D_B(fakeB)) + GAN(D_A(fakeA))) + w.cycleA · L1(reconstructedA, A) + w.cycleB · L1(reconstructedB, B)
    /// + w.identity · (w.cycleB · L1(G_AB(B), B) + w.cycleA · L1(G_BA(A), A))`.
    ///
    /// With pairs, `w.pair · (L1(fakeA, A) + L1(fakeB, B))` over the samples that are some; the others add zeros to the mean.
    ///
    /// With a strength s of each image, drawn anew, generators are told it, there and back; adversarial losses count s times, and
    /// `w.strength · (1 - s) · L1(fake, input)` is added.
    ///
    /// The weights of the cycle losses fall over the run by `cycleDecay`, and `cycleFeatures` moves a share of them to features; see
    /// `CycleSchedule`.
    ///
    /// The gradients of several batches add up to those of one large batch before the weights change, but for what sees a batch as a whole:
    /// batch norm and the mean over masks.
    public func step(_ batches: [ImageBatch]) -> StepLosses { step(batches, strengths: batches.map(drawnStrengths)) }

    /// The same with given strengths of the images of both domains of each batch.
    func step(_ batches: [ImageBatch], strengths: [(a: Strengths, b: Strengths)?]) -> StepLosses {
        let shares = batches.shares
        // Both at once, so that the discriminators' gradients take no memory during the generators' half.
        generatorOptimizer.zeroGrad()
        discriminatorOptimizer.zeroGrad()
        // Frozen: the generators' step needs the gradients that pass through the discriminators, not their own.
        setDiscriminatorsRequireGrad(false)
        var fakes: [Fakes] = []
        var losses: [[NamedLoss]] = []
        for (index, share) in shares.enumerated() {
            let (batchFakes, batchLosses) = backpropagateGenerators(batches[index], strengths[index], share: share)
            fakes.append(batchFakes)
            losses.append(batchLosses)
        }
        optimization.update(generatorOptimizer)
        generatorAB.updateAverage()
        generatorBA.updateAverage()
        setDiscriminatorsRequireGrad(true)

        for (index, share) in shares.enumerated() {
            losses[index] += backpropagateDiscriminators(batches[index], fakes[index], share: share)
        }
        optimization.update(discriminatorOptimizer)
        optimization.finish()
        return StepLosses(losses, shares: shares)
    }

    /// What the discriminators are given of the generators' images, cut off from the graph.
    private struct Fakes {
        let a, b: Tensor
    }

    private func drawnStrengths(of batch: ImageBatch) -> (a: Strengths, b: Strengths)? {
        guard weights.strength != nil else { return nil }
        func drawn(_ domain: Domain) -> Strengths { Strengths(count: batch[domain].images.shape[0], random: &strengths) }
        return (drawn(domains.a), drawn(domains.b))
    }

    private func backpropagateGenerators(
        _ batch: ImageBatch, _ strengths: (a: Strengths, b: Strengths)?, share: Double
    ) -> (Fakes, [NamedLoss]) {
        let (a, b) = (batch[domains.a], batch[domains.b])
        let made = passes(a, b, strengths)
        let (judgedA, judgedB) = (discriminatorInput(made.fakeA, b.masks), discriminatorInput(made.fakeB, a.masks))
        let cycle = cycleSchedule.factors(at: progress)
        var losses = [
            NamedLoss("adversarialAB", adversaryB.generatorLoss(judgedB, strengths: strengths?.a) * weights.adversarial),
            NamedLoss("adversarialBA", adversaryA.generatorLoss(judgedA, strengths: strengths?.b) * weights.adversarial),
            NamedLoss("cycleA", cycleLoss(made.reconstructedA, a) * (weights.cycleA * cycle.pixels)),
            NamedLoss("cycleB", cycleLoss(made.reconstructedB, b) * (weights.cycleB * cycle.pixels)),
        ]
        if let identityA = made.identityA, let identityB = made.identityB {
            losses += [
                NamedLoss("identityA", identityA.l1Loss(a.images) * (weights.cycleA * cycle.all * weights.identity)),
                NamedLoss("identityB", identityB.l1Loss(b.images) * (weights.cycleB * cycle.all * weights.identity)),
            ]
        }
        if cycleSchedule.features > 0 {
            losses += [
                NamedLoss(
                    "cycleFeaturesA", featureLoss(made.reconstructedA, a.images, adversaryA) * (weights.cycleA * cycle.features)),
                NamedLoss(
                    "cycleFeaturesB", featureLoss(made.reconstructedB, b.images, adversaryB) * (weights.cycleB * cycle.features)),
            ]
        }
        if let weight = weights.pair {
            losses += [
                NamedLoss("pairA", pairLoss(made.fakeA, a.images, batch.areAligned) * weight),
                NamedLoss("pairB", pairLoss(made.fakeB, b.images, batch.areAligned) * weight),
            ]
        }
        if let weight = weights.strength, let strengths {
            losses += [
                NamedLoss("inputA", strengths.a.rest.mean(of: made.fakeB - a.images) { $0.abs().mean() } * weight),
                NamedLoss("inputB", strengths.b.rest.mean(of: made.fakeA - b.images) { $0.abs().mean() } * weight),
            ]
        }
        optimization.backpropagate(losses, share: share)
        return (Fakes(a: judgedA.detached(), b: judgedB.detached()), losses.map { $0.detached() })
    }

    private func backpropagateDiscriminators(_ batch: ImageBatch, _ fakes: Fakes, share: Double) -> [NamedLoss] {
        func losses(_ adversary: Adversary, _ real: DomainImages, _ fake: Tensor) -> [NamedLoss] {
            let losses = adversary.losses(real: discriminatorInput(real.images, real.masks), extra: real.extraImages, fake: fake)
            // One discriminator after the other, so that only one graph is alive.
            optimization.backpropagate(losses, share: share)
            return losses.map { $0.detached() }
        }
        let (lossesA, lossesB) = (
            losses(adversaryA, batch[domains.a], fakes.a), losses(adversaryB, batch[domains.b], fakes.b)
        )
        // In the order of the losses' names.
        return zip(lossesA, lossesB).flatMap { [$0, $1] }
    }

    /// What a discriminator is given: images, with the mask as one more channel where it judges masks too.
    private func discriminatorInput(_ images: Tensor, _ mask: Tensor?) -> Tensor {
        guard masking.entersDiscriminators, let mask else { return images }
        return Tensor.concatenated([images, mask], dimension: 1)
    }

    /// The mean over all samples of L1 between translation and truth, which counts for those that are pairs.
    private func pairLoss(_ fake: Tensor, _ real: Tensor, _ arePairs: [Bool]) -> Tensor {
        let pairs = arePairs.indices.filter { arePairs[$0] }
        guard !pairs.isEmpty else { return Tensor.zeros([], dtype: fake.dtype, device: fake.device) }
        let isWhole = pairs.count == arePairs.count
        func chosen(_ images: Tensor) -> Tensor { isWhole ? images : images.gathered(dimension: 0, indices: pairs) }
        return chosen(fake).l1Loss(chosen(real)) * (Double(pairs.count) / Double(arePairs.count))
    }

    private func setDiscriminatorsRequireGrad(_ enabled: Bool) {
        adversaryA.network.setRequiresGrad(enabled)
        adversaryB.network.setRequiresGrad(enabled)
    }
}

extension [ImageBatch] {
    /// The share of each batch in the samples of all of them.
    public var shares: [Double] {
        let total = reduce(0) { $0 + $1.count }
        return map { Double($0.count) / Double(total) }
    }
}
