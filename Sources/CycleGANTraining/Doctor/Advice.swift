import Foundation
import TorchNN

/// A change of settings that may help.
private struct Remedy {
    /// The flags that make the change.
    let flags: String
    let change: (inout TrainingConfiguration) -> Void

    init(_ flags: String, _ change: @escaping (inout TrainingConfiguration) -> Void) {
        self.flags = flags
        self.change = change
    }

    /// `--flag value`.
    init(_ flag: String, _ path: WritableKeyPath<TrainingConfiguration, Double>, _ value: Double) {
        self.init("--\(flag) " + String(format: "%g", value)) { $0[keyPath: path] = value }
    }
}

extension TrainingConfiguration {
    /// Flags to try in a new run, starting from this run's settings; none that these have already or that do not go with them.
    func advice(against kind: FailureKind) -> [String] {
        let remedies = remedies(against: kind).filter { remedy in
            var changed = self
            remedy.change(&changed)
            return changed != self && (try? changed.validate()) != nil
        }
        return remedies.map(\.flags) + (kind == .discriminatorWon ? ["more training images"] : [])
    }

    private func remedies(against kind: FailureKind) -> [Remedy] {
        let (seed, rateD, largerBatch) = (seed &+ 1, learningRateD ?? learningRate, 4 * (discriminatorBatch ?? batchSize))
        switch kind {
        case .colorInversion:
            return [Remedy("--seed \(seed)") { $0.seed = seed }, Remedy("init-gain", \.initGain, initGain / 2)]
                + (identityWeight < 0.5 && domainA.channels == domainB.channels ? [Remedy("identity-weight", \.identityWeight, 0.5)] : [])
        case .idleGenerator:
            return [
                Remedy("identity-weight", \.identityWeight, identityWeight / 5),
                Remedy("adversarial-weight", \.adversarialWeight, adversarialWeight > 0 ? adversarialWeight * 2 : 1),
            ]
        case .modeCollapse:
            return [
                largerPool, Remedy("--gan-mode lsgan") { $0.ganMode = .lsgan },
                Remedy("--discriminator-batch \(largerBatch)") { $0.discriminatorBatch = largerBatch }, spectralNormalisation,
            ] + lowerRates
        case .discriminatorWon:
            let filters = max(1, ndf / 2)
            return [
                spectralNormalisation, Remedy("--diff-augment") { $0.diffAugment = true },
                Remedy("--learning-rate-d \(String(format: "%g", rateD / 2))") { $0.learningRateD = rateD / 2 },
                Remedy("--ndf \(filters)") { $0.ndf = filters }, largerPool,
            ]
        case .discriminatorLost:
            let filters = ndf * 2
            return [
                Remedy("--learning-rate-d \(String(format: "%g", rateD * 2))") { $0.learningRateD = rateD * 2 },
                Remedy("--ndf \(filters)") { $0.ndf = filters },
            ]
        case .checkerboard:
            return [Remedy("--upsampling resize") { $0.upsampling = .resize }, Remedy("--antialias") { $0.antialias = true }]
        case .explodingCycleLoss, .explodingScores, .notFinite:
            return lowerRates + (clipGradient == nil ? [Remedy("--clip-gradient 10") { $0.clipGradient = 10 }] : [])
                + (warmupSteps < 1000 ? [Remedy("--warmup-steps 1000") { $0.warmupSteps = 1000 }] : []) + [spectralNormalisation]
        }
    }

    private var largerPool: Remedy {
        let size = max(poolSize, 50)
        return Remedy("--pool-size \(size)") { $0.poolSize = size }
    }

    private var spectralNormalisation: Remedy {
        Remedy("--spectral-norm --discriminator-norm none") { configuration in
            guard !configuration.spectralNorm else { return }
            (configuration.spectralNorm, configuration.discriminatorNorm) = (true, Normalization.none)
        }
    }

    /// Half of the learning rates that are in force.
    private var lowerRates: [Remedy] {
        guard learningRateG != nil || learningRateD != nil else { return [Remedy("learning-rate", \.learningRate, learningRate / 2)] }
        let (generators, discriminators) = ((learningRateG ?? learningRate) / 2, (learningRateD ?? learningRate) / 2)
        let flags = String(format: "--learning-rate-g %g --learning-rate-d %g", generators, discriminators)
        return [Remedy(flags) { ($0.learningRateG, $0.learningRateD) = (generators, discriminators) }]
    }
}
