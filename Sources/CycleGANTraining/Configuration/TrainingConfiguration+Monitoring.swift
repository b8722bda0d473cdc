import CycleGANModels

extension TrainingConfiguration {
    /// What the losses of the chosen objective will tell, from the settings alone: these are checked against it before any network is built.
    public var monitoring: Monitoring {
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
        case .starGAN: starGANMonitoring
        case .multiCycle: multiCycleMonitoring
        case .pretrain: pretrainingMonitoring
        case .distill:
            oneWayMonitoring(
                losses: ["adversarial", "imitation"] + (distillation.featureWeight > 0 ? ["features"] : []), progress: ["imitation"],
                defaultMetric: "l1", reconstructions: [.init(loss: "imitation", weight: distillation.imitationWeight)])
        }
    }

    /// The validation metric that chooses the best networks; `nil` where none does.
    public var bestMetric: String? { validation.bestMetric ?? monitoring.defaultMetric }

    private var hasPenalty: Bool { effectiveGradientPenalty != .none }

    private func game(_ adversarial: String, _ discriminator: String) -> Monitoring.Game {
        Monitoring.Game(
            adversarialLoss: adversarial, weight: objective.adversarialWeight, discriminatorLoss: discriminator, mode: objective.ganMode)
    }

    private var cycleGANMonitoring: Monitoring {
        let weights = (a: cycleGAN.effectiveCycleWeightA, b: cycleGAN.effectiveCycleWeightB)
        let (a, b) = (trainedDomains[0], trainedDomains[1])
        return Monitoring(
            lossNames: ["adversarialAB", "adversarialBA", "cycleA", "cycleB"] + (hasIdentityLoss ? ["identityA", "identityB"] : [])
                + (cycleGAN.cycleFeatures > 0 ? ["cycleFeaturesA", "cycleFeaturesB"] : [])
                + (cycleGAN.pairs == nil ? [] : ["pairA", "pairB"]) + (objective.strength ? ["inputA", "inputB"] : [])
                + ["discriminatorA", "discriminatorB"] + (hasPenalty ? ["gradientPenaltyA", "gradientPenaltyB"] : []),
            progressLosses: weights.a + weights.b > 0 ? ["cycleA", "cycleB"] : [], defaultMetric: "cycle",
            games: [game("adversarialAB", "discriminatorB"), game("adversarialBA", "discriminatorA")],
            reconstructions: [.init(loss: "cycleA", weight: weights.a), .init(loss: "cycleB", weight: weights.b)],
            generators: [
                .init(name: "generatorAB", translation: Translation(from: a, to: b)),
                .init(name: "generatorBA", translation: Translation(from: b, to: a)),
            ])
    }

    private var starGANMonitoring: Monitoring {
        Monitoring(
            lossNames: ["adversarial", "class", "reconstruction"] + (objective.strength ? ["input"] : [])
                + ["discriminator", "discriminatorClass"]
                + (hasPenalty ? ["gradientPenalty"] : []),
            progressLosses: ["reconstruction"], defaultMetric: "cycle",
            games: [game("adversarial", "discriminator")],
            reconstructions: [.init(loss: "reconstruction", weight: objective.reconstructionWeight)],
            generators: shownTranslations.map { .init(name: "generator", translation: $0) })
    }

    private var multiCycleMonitoring: Monitoring {
        let weight = cycleGAN.cycleWeight
        return Monitoring(
            lossNames: ["adversarial", "cycle"] + (hasIdentityLoss ? ["identity"] : []) + ["discriminator"]
                + (hasPenalty ? ["gradientPenalty"] : []),
            progressLosses: weight > 0 ? ["cycle"] : [], defaultMetric: "cycle", games: [game("adversarial", "discriminator")],
            reconstructions: [.init(loss: "cycle", weight: weight)],
            generators: shownTranslations.map { .init(name: GeneratorPart.Name.encoder(of: $0.from), translation: $0) })
    }

    /// The translations between many domains that pictures show: all, or from each domain to the next few.
    public var shownTranslations: [Translation] {
        let (domains, shown) = (trainedDomains, 6)
        return domains.indices.flatMap { from in
            (1..<max(1, min(domains.count, shown))).map { step in
                let to = (from + step) % domains.count
                return Translation(from: domains[from], to: domains[to], condition: objective.kind == .starGAN ? to : nil)
            }
        }
    }

    /// Of an objective with one generator and one discriminator.
    private func oneWayMonitoring(
        losses: [String], progress: [String], defaultMetric: String?, reconstructions: [Monitoring.Reconstruction]
    ) -> Monitoring {
        Monitoring(
            lossNames: losses + ["discriminator"] + (hasPenalty ? ["gradientPenalty"] : []), progressLosses: progress,
            defaultMetric: defaultMetric, games: [game("adversarial", "discriminator")], reconstructions: reconstructions,
            generators: [.init(name: generatorName, translation: oneWayTranslation)])
    }

    /// The translation of an objective with one generator.
    public var oneWayTranslation: Translation { Translation(from: trainedDomains[0], to: trainedDomains[1]) }

    /// The name of the generator of an objective with one.
    public var generatorName: String { Self.generatorName(from: trainedDomains[0] == Self.domains[1] ? Self.domains[1] : Self.domains[0]) }
}
