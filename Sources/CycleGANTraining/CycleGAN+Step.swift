import Datasets
import Torch
import TorchNN

extension CycleGAN {
    /// One step as the reference takes it: both generators together, then both discriminators.
    ///
    /// With weights w and L1 the mean absolute difference, the generators minimise
    /// `w.adversarial · (GAN(D_B(fakeB)) + GAN(D_A(fakeA))) + w.cycleA · L1(reconstructedA, A) + w.cycleB · L1(reconstructedB, B)
    /// + w.identity · (w.cycleB · L1(G_AB(B), B) + w.cycleA · L1(G_BA(A), A))`.
    public func step(_ batch: UnpairedBatch) -> StepLosses {
        let (fakes, generatorLosses) = updateGenerators(realA: batch.imagesA, realB: batch.imagesB)
        let discriminatorLosses = updateDiscriminators(
            realA: batch.imagesA, realB: batch.imagesB, fakeA: poolA.query(fakes.a), fakeB: poolB.query(fakes.b))
        return StepLosses(generatorLosses + discriminatorLosses)
    }

    private func updateGenerators(
        realA: Tensor, realB: Tensor
    ) -> (fakes: (a: Tensor, b: Tensor), losses: [(name: String, value: Tensor)]) {
        // Frozen: the generators' step needs the gradients that pass through the discriminators, not their own.
        discriminatorA.setRequiresGrad(false)
        discriminatorB.setRequiresGrad(false)
        defer {
            discriminatorA.setRequiresGrad(true)
            discriminatorB.setRequiresGrad(true)
        }
        let fakeB = generatorAB(realA)
        let reconstructedA = generatorBA(fakeB)
        let fakeA = generatorBA(realB)
        let reconstructedB = generatorAB(fakeA)

        var losses: [(name: String, value: Tensor)] = [
            ("adversarialAB", ganMode.generatorLoss(fakeScores: discriminatorB(fakeB)) * weights.adversarial),
            ("adversarialBA", ganMode.generatorLoss(fakeScores: discriminatorA(fakeA)) * weights.adversarial),
            ("cycleA", reconstructedA.l1Loss(realA) * weights.cycleA),
            ("cycleB", reconstructedB.l1Loss(realB) * weights.cycleB),
        ]
        if hasIdentityLoss {
            losses += [
                ("identityA", generatorBA(realA).l1Loss(realA) * (weights.cycleA * weights.identity)),
                ("identityB", generatorAB(realB).l1Loss(realB) * (weights.cycleB * weights.identity)),
            ]
        }
        generatorOptimizer.zeroGrad()
        losses.dropFirst().reduce(losses[0].value) { $0 + $1.value }.backward()
        generatorOptimizer.step()
        return ((fakeA.detached(), fakeB.detached()), losses.map { ($0.name, $0.value.detached()) })
    }

    private func updateDiscriminators(
        realA: Tensor, realB: Tensor, fakeA: Tensor, fakeB: Tensor
    ) -> [(name: String, value: Tensor)] {
        func loss(_ discriminator: any Layer, real: Tensor, fake: Tensor) -> Tensor {
            let loss = ganMode.discriminatorLoss(realScores: discriminator(real), fakeScores: discriminator(fake))
            // One discriminator after the other, so that only one graph is alive.
            loss.backward()
            return loss.detached()
        }
        discriminatorOptimizer.zeroGrad()
        let losses = [
            ("discriminatorA", loss(discriminatorA, real: realA, fake: fakeA)),
            ("discriminatorB", loss(discriminatorB, real: realB, fake: fakeB)),
        ]
        discriminatorOptimizer.step()
        return losses
    }

    public func pictures(of batch: UnpairedBatch) -> [[(label: String, image: Tensor, domain: Domain)]] {
        for (_, network) in networks { network.setTraining(false) }
        defer { for (_, network) in networks { network.setTraining(true) } }
        return withoutGradients {
            let (realA, realB) = (batch.imagesA, batch.imagesB)
            let fakeB = generatorAB(realA)
            let fakeA = generatorBA(realB)
            var rowA: [(label: String, image: Tensor, domain: Domain)] = [
                ("realA", realA, .a), ("fakeB", fakeB, .b), ("reconstructedA", generatorBA(fakeB), .a),
            ]
            var rowB: [(label: String, image: Tensor, domain: Domain)] = [
                ("realB", realB, .b), ("fakeA", fakeA, .a), ("reconstructedB", generatorAB(fakeA), .b),
            ]
            if hasIdentityLoss {
                rowA.append(("identityA", generatorBA(realA), .a))
                rowB.append(("identityB", generatorAB(realB), .b))
            }
            return [rowA, rowB]
        }
    }
}
