import CycleGANModels

extension TrainingConfiguration {
    /// What the losses of the chosen objective will tell, from the settings alone: these are checked against it before any network is built.
    public var monitoring: Monitoring {
        switch objective.kind {
        case .cycleGAN: cycleGANMonitoring
        }
    }

    /// The validation metric that chooses the best networks; `nil` where none does.
    public var bestMetric: String? { validation.bestMetric ?? monitoring.defaultMetric }

    private var cycleGANMonitoring: Monitoring {
        func game(_ direction: String, _ domain: String) -> Monitoring.Game {
            Monitoring.Game(
                adversarialLoss: "adversarial\(direction)", weight: objective.adversarialWeight,
                discriminatorLoss: "discriminator\(domain)",
                mode: objective.ganMode)
        }
        let (a, b) = (Self.domains[0], Self.domains[1])
        return Monitoring(
            lossNames: ["adversarialAB", "adversarialBA", "cycleA", "cycleB"]
                + (hasIdentityLoss ? ["identityA", "identityB"] : []) + ["discriminatorA", "discriminatorB"]
                + (effectiveGradientPenalty == .none ? [] : ["gradientPenaltyA", "gradientPenaltyB"]),
            progressLosses: ["cycleA", "cycleB"], defaultMetric: "cycle", games: [game("AB", "B"), game("BA", "A")],
            reconstructions: [
                .init(loss: "cycleA", weight: cycleGAN.effectiveCycleWeightA),
                .init(loss: "cycleB", weight: cycleGAN.effectiveCycleWeightB),
            ],
            generators: [
                .init(name: "generatorAB", translation: Translation(from: a, to: b)),
                .init(name: "generatorBA", translation: Translation(from: b, to: a)),
            ])
    }
}
