import CycleGANTraining
import Datasets
import Torch
import TorchNN

extension CUT {
    /// One step as the published code takes it: the discriminator, then generator and projection together.
    ///
    /// With weights w, the generator minimises `w.adversarial · GAN(D(G(A)))`, with the discriminator that was just updated, and
    /// `w.nce · PatchNCE(A, G(A))`; with an identity, half of that and half of `w.nce · PatchNCE(B, G(B))`.
    public func step(_ batches: [ImageBatch]) -> StepLosses {
        for named in optimizers { named.optimizer.zeroGrad() }
        let flips = batches.map { _ in contrast.drawFlip() }
        // The graph of a single batch waits for the generator's turn. Those of several would take the memory that accumulating saves.
        let kept = batches.count == 1 ? pass(batches[0], isFlipped: flips[0]) : nil

        return oneWay.step(shares: batches.shares, projectionOptimizer: projectionOptimizer) { index in
            let fake = kept?.fake ?? withoutGradients { pass(batches[index], isFlipped: flips[index]).fake }
            let real = batches[index][oneWay.domains.b]
            return adversary.losses(real: real.images, extra: real.extraImages, fake: fake.detached())
        } generatorLosses: { index in
            let (batch, isFlipped) = (batches[index], flips[index])
            return generatorLosses(batch, kept ?? pass(batch, isFlipped: isFlipped), isFlipped: isFlipped)
        }
    }

    /// What the generator makes of a batch.
    private struct Pass {
        /// G(A), mirrored where the input was.
        let fake: Tensor
        /// G(B), where images of B are to stay what they are.
        let identity: Tensor?
        /// What the compared layers saw of A and of B on the way; nil where they must look again.
        let keys, identityKeys: [Tensor]?
    }

    private func pass(_ batch: ImageBatch, isFlipped: Bool) -> Pass {
        let (a, b) = (batch[oneWay.domains.a].images, batch[oneWay.domains.b].images)
        let count = a.shape[0]
        let hasIdentity = contrast.settings.nceIdentity
        func mirrored(_ images: Tensor) -> Tensor { isFlipped ? images.flipped(3) : images }
        guard !hasIdentity || a.shape.dropFirst() == b.shape.dropFirst() else {
            let (first, second) = (contrast.featuresAndOutput(of: mirrored(a)), contrast.featuresAndOutput(of: mirrored(b)))
            let areKeys = oneWay.isGeneratorBatchIndependent && !isFlipped
            return Pass(
                fake: first.output, identity: second.output, keys: areKeys ? first.features : nil,
                identityKeys: areKeys ? second.features : nil)
        }
        let input = mirrored(hasIdentity ? Tensor.concatenated([a, b]) : a)
        func parts(_ images: Tensor) -> (a: Tensor, b: Tensor?) {
            guard hasIdentity else { return (images, nil) }
            let parts = images.split(into: [count, images.shape[0] - count])
            return (parts[0], parts[1])
        }
        // Keys are of images as they are, and of a pass of their own where that counts something.
        guard oneWay.isGeneratorBatchIndependent, !isFlipped else {
            let made = parts(contrast.featuresAndOutput(of: input).output)
            return Pass(fake: made.a, identity: made.b, keys: nil, identityKeys: nil)
        }
        let (features, output) = contrast.featuresAndOutput(of: input)
        let (made, keys) = (parts(output), features.map { parts($0.detached()) })
        return Pass(fake: made.a, identity: made.b, keys: keys.map(\.a), identityKeys: hasIdentity ? keys.compactMap(\.b) : nil)
    }

    private func generatorLosses(_ batch: ImageBatch, _ made: Pass, isFlipped: Bool) -> [NamedLoss] {
        let adversarial = NamedLoss("adversarial", adversary.generatorLoss(made.fake) * oneWay.adversarialWeight)
        let (a, b) = (batch[oneWay.domains.a].images, batch[oneWay.domains.b].images)
        func keys(_ seen: [Tensor]?, _ images: Tensor) -> [Tensor] { seen ?? withoutGradients { contrast.features(of: images) } }
        guard let identity = made.identity else {
            let queries = contrast.features(of: made.fake)
            return [adversarial, NamedLoss("nce", contrast.loss(queries: queries, keys: keys(made.keys, a), isFlipped: isFlipped))]
        }
        let queries: [Tensor]
        let identityQueries: [Tensor]
        let areJoined = oneWay.isGeneratorBatchIndependent && made.fake.shape.dropFirst() == identity.shape.dropFirst()
        if areJoined {
            let counts = [made.fake.shape[0], identity.shape[0]]
            let both = contrast.features(of: Tensor.concatenated([made.fake, identity])).map { $0.split(into: counts) }
            (queries, identityQueries) = (both.map { $0[0] }, both.map { $0[1] })
        } else {
            queries = contrast.features(of: made.fake)
            identityQueries = []
        }
        let nce = contrast.loss(queries: queries, keys: keys(made.keys, a), isFlipped: isFlipped)
        // In this order, which running statistics depend on.
        let nceIdentity = contrast.loss(
            queries: areJoined ? identityQueries : contrast.features(of: identity), keys: keys(made.identityKeys, b), isFlipped: isFlipped)
        return [adversarial, NamedLoss("nce", nce * 0.5), NamedLoss("nceIdentity", nceIdentity * 0.5)]
    }
}
