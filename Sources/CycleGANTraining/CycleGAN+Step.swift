import CycleGANModels
import Datasets
import Torch
import TorchNN

/// Losses by name, each a single number.
private typealias Losses = [(name: String, value: Tensor)]

/// What a generator is given.
private typealias Input = (images: Tensor, mask: Tensor?)

extension CycleGAN {
    /// One step as the reference takes it: both generators together, then both discriminators.
    ///
    /// With weights w and L1 the mean absolute difference, the generators minimise
    /// `w.adversarial · (GAN(D_B(fakeB)) + GAN(D_A(fakeA))) + w.cycleA · L1(reconstructedA, A) + w.cycleB · L1(reconstructedB, B)
    /// + w.identity · (w.cycleB · L1(G_AB(B), B) + w.cycleA · L1(G_BA(A), A))`.
    ///
    /// The gradients of several batches add up to those of one large batch before the weights change, but for what sees a batch as a whole:
    /// batch norm and the mean over masks.
    public func step(_ batches: [UnpairedBatch]) -> StepLosses {
        let pairs = batches.reduce(0) { $0 + $1.imagesA.shape[0] }
        let shares = batches.map { Double($0.imagesA.shape[0]) / Double(pairs) }
        // Both at once, so that the discriminators' gradients take no memory during the generators' half.
        generatorOptimizer.zeroGrad()
        discriminatorOptimizer.zeroGrad()
        // Frozen: the generators' step needs the gradients that pass through the discriminators, not their own.
        setDiscriminatorsRequireGrad(false)
        var fakes: [(a: Tensor, b: Tensor)] = []
        var losses: [Losses] = []
        for (batch, share) in zip(batches, shares) {
            let (batchFakes, batchLosses) = backpropagateGenerators(batch, share: share)
            fakes.append(batchFakes)
            losses.append(batchLosses)
        }
        update(generatorOptimizer)
        updateAverages()
        setDiscriminatorsRequireGrad(true)

        for (index, share) in shares.enumerated() {
            losses[index] += backpropagateDiscriminators(batches[index], fakes: fakes[index], share: share)
        }
        update(discriminatorOptimizer)
        scaler?.finishStep()
        return StepLosses(Self.mean(losses, shares: shares))
    }

    private func backpropagateGenerators(
        _ batch: UnpairedBatch, share: Double
    ) -> (fakes: (a: Tensor, b: Tensor), losses: Losses) {
        let (realA, realB) = (batch.imagesA, batch.imagesB)
        let (maskA, maskB) = (batch.masksA, batch.masksB)
        // Identities come last, as in the reference, where running statistics depend on the order.
        let identitiesJoin = isBatchIndependent.generators && realA.shape == realB.shape
        func identity(_ images: Tensor, _ mask: Tensor?, when isTheirTurn: Bool) -> [Input] {
            hasIdentityLoss && isTheirTurn ? [(images, mask)] : []
        }
        let towardsB = translate([(realA, maskA)] + identity(realB, maskB, when: identitiesJoin), descriptions.ab, generatorAB)
        let fakeB = towardsB[0]
        let towardsA = translate([(fakeB, maskA), (realB, maskB)] + identity(realA, maskA, when: true), descriptions.ba, generatorBA)
        let (reconstructedA, fakeA) = (towardsA[0], towardsA[1])
        let backToB = translate([(fakeA, maskB)] + identity(realB, maskB, when: !identitiesJoin), descriptions.ab, generatorAB)
        let reconstructedB = backToB[0]

        let scoresB = autocasting(augmented(discriminatorInput(fakeB, maskA))) { discriminatorB($0) }
        let scoresA = autocasting(augmented(discriminatorInput(fakeA, maskB))) { discriminatorA($0) }
        var losses: Losses = [
            ("adversarialAB", ganMode.generatorLoss(fakeScores: scoresB) * weights.adversarial),
            ("adversarialBA", ganMode.generatorLoss(fakeScores: scoresA) * weights.adversarial),
            ("cycleA", cycleLoss(reconstructedA, realA, maskA) * weights.cycleA),
            ("cycleB", cycleLoss(reconstructedB, realB, maskB) * weights.cycleB),
        ]
        if hasIdentityLoss {
            let (identityA, identityB) = (towardsA[2], identitiesJoin ? towardsB[1] : backToB[1])
            losses += [
                ("identityA", identityA.l1Loss(realA) * (weights.cycleA * weights.identity)),
                ("identityB", identityB.l1Loss(realB) * (weights.cycleB * weights.identity)),
            ]
        }
        backpropagate(losses, share: share)
        return (
            (discriminatorInput(fakeA, maskB).detached(), discriminatorInput(fakeB, maskA).detached()),
            losses.map { ($0.name, $0.value.detached()) }
        )
    }

    /// What a generator makes of several batches. They are joined where it sees images alone: each weight is then read once for all.
    private func translate(_ inputs: [Input], _ description: GeneratorDescription, _ generator: any Layer) -> [Tensor] {
        func translate(_ images: Tensor, _ mask: Tensor?) -> Tensor {
            autocasting(images) { description.translate($0, mask: mask, with: generator) }
        }
        let (shape, masks) = (inputs[0].images.shape, inputs.compactMap(\.mask))
        let areAlike = inputs.allSatisfy { $0.images.shape == shape } && (masks.isEmpty || masks.count == inputs.count)
        guard inputs.count > 1, isBatchIndependent.generators, areAlike else { return inputs.map { translate($0.images, $0.mask) } }
        return translate(Tensor.concatenated(inputs.map(\.images)), masks.isEmpty ? nil : Tensor.concatenated(masks))
            .split(into: inputs.map { _ in shape[0] })
    }

    private func backpropagateDiscriminators(_ batch: UnpairedBatch, fakes: (a: Tensor, b: Tensor), share: Double) -> Losses {
        func losses(
            _ domain: Domain, _ network: any Layer, real: Tensor, extra: Tensor?, mask: Tensor?, fake: Tensor, pool: ImagePool
        ) -> Losses {
            func discriminator(_ images: Tensor) -> Tensor { autocasting(images) { network($0) } }
            let fake = augmented(pool.query(fake, extra: extra?.shape[0] ?? 0))
            let real = augmented(reals(discriminatorInput(real, mask), extra: extra, count: fake.shape[0]))
            // Images of different sizes cannot share a batch.
            let areJoined = isBatchIndependent.discriminators && real.shape.dropFirst() == fake.shape.dropFirst()
            let scores =
                areJoined
                ? discriminator(Tensor.concatenated([real, fake])).split(into: [real.shape[0], fake.shape[0]])
                : [discriminator(real), discriminator(fake)]
            let loss = ganMode.discriminatorLoss(realScores: scores[0], fakeScores: scores[1])
            var losses: Losses = [("discriminator\(domain.rawValue)", loss)]
            if gradientPenalty != .none {
                let points = gradientPenalty.points(real: real, fake: fake) { count in
                    let shares = Tensor.empty([count, 1, 1, 1])
                    shares.fillUniform(in: 0..<1, using: discriminatorRandom)
                    return shares.to(real.dtype).to(real.device)
                }
                let penalty = gradientPenalty.value(of: { discriminator($0) }, at: points)
                losses.append(("gradientPenalty\(domain.rawValue)", penalty * weights.gradientPenalty))
            }
            // One discriminator after the other, so that only one graph is alive.
            backpropagate(losses, share: share)
            return losses.map { ($0.name, $0.value.detached()) }
        }
        let lossesA = losses(
            .a, discriminatorA, real: batch.imagesA, extra: batch.extraImagesA, mask: batch.masksA, fake: fakes.a, pool: poolA)
        let lossesB = losses(
            .b, discriminatorB, real: batch.imagesB, extra: batch.extraImagesB, mask: batch.masksB, fake: fakes.b, pool: poolB)
        // In the order of `lossNames`.
        return zip(lossesA, lossesB).flatMap { [$0, $1] }
    }

    /// The images of the batch and as many extra ones as there are extra generated ones.
    private func reals(_ images: Tensor, extra: Tensor?, count: Int) -> Tensor {
        let missing = count - images.shape[0]
        guard let extra, missing > 0 else { return images }
        return Tensor.concatenated([images, extra.narrowed(dimension: 0, start: 0, length: missing)])
    }

    private func augmented(_ images: Tensor) -> Tensor { diffAugmentation.map { $0(images) } ?? images }

    /// What a discriminator is given: images, with the mask as one more channel where it judges masks too.
    private func discriminatorInput(_ images: Tensor, _ mask: Tensor?) -> Tensor {
        guard masking.entersDiscriminators, let mask else { return images }
        return Tensor.concatenated([images, mask], dimension: 1)
    }

    /// L1 over all pixels or, where the mask weights it, over those of the mask.
    private func cycleLoss(_ reconstructed: Tensor, _ real: Tensor, _ mask: Tensor?) -> Tensor {
        guard masking.weightsCycle, let mask else { return reconstructed.l1Loss(real) }
        // An empty mask gives zero.
        let pixels = mask.sum().clamped(to: 1...Double(mask.count)) * Double(real.shape[1])
        return ((reconstructed - real).abs() * mask).sum() / pixels
    }

    private func update(_ optimizer: Adam) {
        if scaler != nil, scaler?.unscaleGradients(of: optimizer) == false { return }
        if let gradientLimit { optimizer.clipGradients(toNorm: gradientLimit) }
        optimizer.step()
    }

    private func setDiscriminatorsRequireGrad(_ enabled: Bool) {
        discriminatorA.setRequiresGrad(enabled)
        discriminatorB.setRequiresGrad(enabled)
    }

    private func backpropagate(_ losses: Losses, share: Double) {
        let total = losses.dropFirst().reduce(losses[0].value) { $0 + $1.value }
        Self.scaled(total, by: share * (scaler?.scale ?? 1)).backward()
    }

    private static func scaled(_ loss: Tensor, by share: Double) -> Tensor { share == 1 ? loss : loss * share }

    /// The losses of several batches as those of one large batch.
    private static func mean(_ losses: [Losses], shares: [Double]) -> Losses {
        losses[0].indices.map { index in
            let values = zip(losses, shares).map { scaled($0[index].value, by: $1) }
            return (losses[0][index].name, values.dropFirst().reduce(values[0], +))
        }
    }
}

extension Tensor {
    /// A batch as batches of so many images.
    fileprivate func split(into counts: [Int]) -> [Tensor] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return narrowed(dimension: 0, start: start, length: count)
        }
    }
}
