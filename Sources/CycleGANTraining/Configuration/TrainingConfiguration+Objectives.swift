import CycleGANModels
import Imaging

extension TrainingConfiguration {
    /// What the losses and pictures of the objective will tell.
    var monitoring: Monitoring {
        switch objective.kind {
        case .cycleGAN: cycleGANMonitoring
        case .cut, .fastCUT:
            oneWayMonitoring(
                losses: ["adversarial", "nce"] + (cut.nceIdentity ? ["nceIdentity"] : []),
                progress: ["nce"] + (cut.nceIdentity ? ["nceIdentity"] : []), defaultMetric: nil, reconstructions: [])
        case .pix2pix:
            oneWayMonitoring(
                losses: ["adversarial", "l1"], progress: pix2pix.l1Weight > 0 ? ["l1"] : [], defaultMetric: "l1",
                reconstructions: [.init(loss: "l1", weight: pix2pix.l1Weight)])
        }
    }

    private var hasPenalty: Bool { effectiveGradientPenalty != .none }

    private func game(_ adversarial: String, _ discriminator: String) -> Monitoring.Game {
        Monitoring.Game(
            adversarialLoss: adversarial, weight: objective.adversarialWeight, discriminatorLoss: discriminator, mode: objective.ganMode)
    }

    private var cycleGANMonitoring: Monitoring {
        let weights = lossWeights
        let (a, b) = (Self.domains[0], Self.domains[1])
        return Monitoring(
            lossNames: ["adversarialAB", "adversarialBA", "cycleA", "cycleB"] + (hasIdentityLoss ? ["identityA", "identityB"] : [])
                + ["discriminatorA", "discriminatorB"] + (hasPenalty ? ["gradientPenaltyA", "gradientPenaltyB"] : []),
            progressLosses: weights.cycleA + weights.cycleB > 0 ? ["cycleA", "cycleB"] : [], defaultMetric: "cycle",
            games: [game("adversarialAB", "discriminatorB"), game("adversarialBA", "discriminatorA")],
            reconstructions: [.init(loss: "cycleA", weight: weights.cycleA), .init(loss: "cycleB", weight: weights.cycleB)],
            generators: [
                .init(name: "generatorAB", translation: Translation(from: a, to: b)),
                .init(name: "generatorBA", translation: Translation(from: b, to: a)),
            ])
    }

    /// Of an objective with one generator and one discriminator.
    private func oneWayMonitoring(
        losses: [String], progress: [String], defaultMetric: String?, reconstructions: [Monitoring.Reconstruction]
    ) -> Monitoring {
        Monitoring(
            lossNames: losses + ["discriminator"] + (hasPenalty ? ["gradientPenalty"] : []), progressLosses: progress,
            defaultMetric: defaultMetric, games: [game("adversarial", "discriminator")], reconstructions: reconstructions,
            generators: [.init(name: "generatorAB", translation: Translation(from: Self.domains[0], to: Self.domains[1]))])
    }

    /// The layers of the generator whose outputs are compared: those that are set, or the mirrored border, the convolution of each
    /// downsampling, and the first and the fifth (or last) residual block, which with the published generators are 0, 4, 8, 12 and 16.
    var contrastiveLayers: [Int] {
        if let layers = cut.nceLayers { return layers }
        guard case .resnet(let blocks) = networks.generator else { return [] }
        // The head has four layers; a downsampling a convolution, a norm, an activation and perhaps a blur.
        let perDownsampling = networks.antialias ? 4 : 3
        let convolutions = (0..<networks.downsamplings).map { 4 + perDownsampling * $0 }
        let firstBlock = 4 + perDownsampling * networks.downsamplings
        return [0] + convolutions + Set([firstBlock, firstBlock + min(blocks, 5) - 1]).sorted()
    }

    /// The last layer of the generator that may be compared: its last residual block.
    var lastContrastiveLayer: Int {
        guard case .resnet(let blocks) = networks.generator else { return 0 }
        return 4 + (networks.antialias ? 4 : 3) * networks.downsamplings + blocks - 1
    }
}
