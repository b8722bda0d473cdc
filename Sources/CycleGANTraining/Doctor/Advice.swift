import CycleGANModels
import Settings
import TorchNN

extension TrainingConfiguration {
    /// What to try in a new run, starting from this run's settings.
    func advice(against kind: FailureKind) -> [Remedy] {
        usable(remedies(against: kind)) + (kind == .discriminatorWon ? [Remedy("more training images")] : [])
    }

    private func remedies(against kind: FailureKind) -> [Remedy] {
        let rateD = optimization.learningRateD ?? optimization.learningRate
        switch kind {
        case .colorInversion:
            return [Remedy("seed", run.seed &+ 1), Remedy("initGain", networks.initGain / 2)]
                + (cycleGAN.identityWeight < 0.5 && hasEqualChannels ? [Remedy("identityWeight", 0.5)] : [])
        case .idleGenerator:
            let weight = objective.adversarialWeight
            return [
                Remedy("identityWeight", cycleGAN.identityWeight / 5), Remedy("adversarialWeight", weight > 0 ? weight * 2 : 1),
            ]
        case .modeCollapse:
            let largerBatch = 4 * (objective.discriminatorBatch ?? optimization.batchSize)
            return [
                largerPool, Remedy("ganMode", GANMode.lsgan), Remedy("discriminatorBatch", largerBatch), spectralNormalisation,
                lowerRates,
            ]
        case .discriminatorWon:
            return [
                spectralNormalisation, Remedy("diffAugment", true), Remedy("learningRateD", rateD / 2),
                Remedy("ndf", max(1, networks.ndf / 2)), largerPool,
            ]
        case .discriminatorLost:
            return [Remedy("learningRateD", rateD * 2), Remedy("ndf", networks.ndf * 2)]
        case .checkerboard:
            return [Remedy("upsampling", Upsampling.resize), Remedy("antialias", true)]
        case .explodingCycleLoss, .explodingScores, .notFinite:
            return [lowerRates] + (optimization.clipGradient == nil ? [Remedy("clipGradient", 10)] : [])
                + (optimization.warmupSteps < 1000 ? [Remedy("warmupSteps", 1000)] : []) + [spectralNormalisation]
        }
    }

    private var largerPool: Remedy { Remedy("poolSize", max(objective.poolSize, 50)) }

    private var spectralNormalisation: Remedy {
        // Nothing new to a run that has it, whatever its other norm.
        let norm = networks.spectralNorm ? networks.discriminatorNorm : Normalization.none
        return Remedy([SettingArgument("spectralNorm", true), SettingArgument("discriminatorNorm", norm ?? .none)])
    }

    /// Half of the learning rates that are in force.
    private var lowerRates: Remedy {
        let (common, rateG, rateD) = (optimization.learningRate, optimization.learningRateG, optimization.learningRateD)
        guard rateG != nil || rateD != nil else { return Remedy("learningRate", common / 2) }
        return Remedy([
            SettingArgument("learningRateG", (rateG ?? common) / 2), SettingArgument("learningRateD", (rateD ?? common) / 2),
        ])
    }
}
