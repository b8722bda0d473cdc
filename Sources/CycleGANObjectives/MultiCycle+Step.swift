import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Torch
import TorchNN

extension MultiCycle {
    /// Some domains with an image of each. That of every domain goes through all others, in this order, and comes back.
    struct Cycle {
        let members: [Member]
        let images: [Tensor]

        var count: Int { members.count }
    }

    /// One step: the generators of the domains of each batch together, then their discriminators.
    ///
    /// With n domains, x an image of one, w weights and L1 the mean absolute difference, the generators minimise means over the domains:
    /// `w.adversarial` times their adversarial loss on all n - 1 images that come through a domain, `w.cycle` · L1(what comes back, x), and
    /// `w.identity` · `w.cycle` · L1(G(x), x), where G is the generator that comes to the domain of x in the cycle.
    public func step(_ batches: [ImageBatch]) -> StepLosses { step(batches.map(cycle), shares: batches.shares) }

    /// The same for given orders of the domains.
    func step(_ cycles: [Cycle], shares: [Double]) -> StepLosses {
        generatorOptimizer.zeroGrad()
        discriminatorOptimizer.zeroGrad()
        let taken = members.filter { member in cycles.contains { $0.members.contains { $0.domain == member.domain } } }
        // Frozen: the generators' step needs the gradients that pass through the discriminators, not their own.
        for member in taken { member.adversary.network.setRequiresGrad(false) }
        var fakes: [[Tensor]] = []
        var losses: [[NamedLoss]] = []
        for (cycle, share) in zip(cycles, shares) {
            let (made, own) = backpropagateGenerators(cycle, share: share)
            fakes.append(made)
            losses.append(own)
        }
        optimization.update(generatorOptimizer)
        for member in taken where !member.isFrozen {
            member.encoder.updateAverage()
            member.decoder.updateAverage()
        }
        if !members.contains(where: \.isFrozen) { middle.updateAverage() }
        for member in taken { member.adversary.network.setRequiresGrad(true) }
        for (index, share) in shares.enumerated() {
            losses[index] += backpropagateDiscriminators(cycles[index], fakes[index], share: share)
        }
        optimization.update(discriminatorOptimizer)
        optimization.finish()
        return StepLosses(losses, shares: shares)
    }

    private func cycle(_ batch: ImageBatch) -> Cycle {
        let own = members.filter { batch.domains.contains($0.domain) }
        // Two domains have one order.
        let drawn = own.count > 2 ? orders.permutation(own.count).map { own[$0] } : own
        return Cycle(members: drawn, images: drawn.map { batch[$0.domain].images })
    }

    /// - Returns: What the discriminators are given of each domain, cut off from the graph, and the losses.
    private func backpropagateGenerators(_ cycle: Cycle, share: Double) -> (fakes: [Tensor], losses: [NamedLoss]) {
        let (weights, n) = (configuration.cycleGAN, cycle.count)
        let before = (0..<n).map { cycle.members[($0 + n - 1) % n] }
        let stays = configuration.hasIdentityLoss ? (0..<n).filter { !(before[$0].isFrozen && cycle.members[$0].isFrozen) } : []
        // Images that stay what they are go through the encoder of the domain before beside that domain's own.
        let encoded = encode(cycle.images + stays.map { cycle.images[$0] }, of: cycle.members + stays.map { before[$0] })
        let kept = Dictionary(uniqueKeysWithValues: zip(stays, encoded.dropFirst(n)))
        // Of the image that began at each place: its features, and where they came from.
        var (features, images) = (Array(encoded.prefix(n)), cycle.images)
        var fakes: [[Tensor]] = cycle.members.map { _ in [] }
        var identities: [Tensor] = []
        for hop in 1...n {
            for place in 0..<n {
                let start = (place + n - hop) % n
                let own = hop == 1 ? kept[place] : nil
                let made = joined([features[start]] + [own].compactMap { $0 }, cycle.members[place].decoder.network)
                images[start] = made[0]
                if own != nil { identities.append(made[1].l1Loss(cycle.images[place])) }
                if hop < n { fakes[place].append(made[0]) }
            }
            if hop < n {
                let places = (0..<n).map { ($0 + hop) % n }
                features = encode(images, of: places.map { cycle.members[$0] })
            }
        }
        let judged = fakes.map { Tensor.concatenated($0) }
        let adversarial = mean(zip(cycle.members, judged).map { $0.adversary.generatorLoss($1) })
        let back = mean(zip(images, cycle.images).map { $0.l1Loss($1) })
        var losses = [
            NamedLoss("adversarial", adversarial * configuration.objective.adversarialWeight),
            NamedLoss("cycle", back * weights.cycleWeight),
        ]
        if !identities.isEmpty { losses.append(NamedLoss("identity", mean(identities) * (weights.cycleWeight * weights.identityWeight))) }
        optimization.backpropagate(losses, share: share)
        return (judged.map { $0.detached() }, losses.map { $0.detached() })
    }

    /// - Returns: The means over the domains.
    private func backpropagateDiscriminators(_ cycle: Cycle, _ fakes: [Tensor], share: Double) -> [NamedLoss] {
        let all = cycle.members.indices.map { place in
            let losses = cycle.members[place].adversary.losses(real: cycle.images[place], fake: fakes[place])
            // One discriminator after the other, so that only one graph is alive.
            optimization.backpropagate(losses, share: share)
            return losses.map { $0.value.detached() }
        }
        return zip(["discriminator", "gradientPenalty"], all[0].indices).map { name, index in
            NamedLoss(name, mean(all.map { $0[index] }))
        }
    }

    private func mean(_ values: [Tensor]) -> Tensor {
        values.dropFirst().reduce(values[0]) { $0 + $1 } * (1 / Double(values.count))
    }

    /// The features behind the shared middle of images that are taken for those of some domains.
    private func encode(_ images: [Tensor], of members: [Member]) -> [Tensor] {
        var encoded = images
        for (first, member) in members.enumerated() where members.firstIndex(where: { $0.domain == member.domain }) == first {
            let places = members.indices.filter { members[$0].domain == member.domain }
            for (place, features) in zip(places, joined(places.map { images[$0] }, member.encoder.network)) { encoded[place] = features }
        }
        return joined(encoded, middle.network)
    }

    /// What a network makes of several batches, in one pass where they are alike, so that each weight is read once.
    private func joined(_ inputs: [Tensor], _ network: any Layer) -> [Tensor] {
        func output(_ input: Tensor) -> Tensor { optimization.autocasting(input) { network($0) } }
        guard inputs.count > 1, inputs.allSatisfy({ $0.shape == inputs[0].shape }) else { return inputs.map(output) }
        return output(Tensor.concatenated(inputs)).split(into: inputs.map { $0.shape[0] })
    }
}
