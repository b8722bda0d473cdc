import Foundation

extension Symptom {
    /// What is wrong, with the numbers.
    func message(since step: Int) -> String {
        "\(statement) (\(evidence), since step \(grouped(step)))"
    }

    private var statement: String {
        switch kind {
        case .colorInversion: "\(subjectText) turns light into dark"
        case .idleGenerator: "\(subjectText) returns its input unchanged"
        case .modeCollapse: "\(subjectText) makes nearly the same picture of every image"
        case .discriminatorWon: "\(subjectText) recognises every generated image, so its generator learns nothing from it"
        case .discriminatorLost: "\(subjectText) gives real and generated images the same score"
        case .checkerboard: "\(subjectText) draws a grid over its pictures"
        case .explodingCycleLoss: "\(subjectText) is a multiple of what it was"
        case .notFinite: "\(subjectText) is not a finite number"
        }
    }

    /// `generator A to B`, `discriminator B`, `loss cycleA`.
    private var subjectText: String {
        switch kind {
        case .colorInversion, .idleGenerator, .modeCollapse, .checkerboard:
            subject.suffix(2) == "AB" ? "generator A to B" : "generator B to A"
        case .discriminatorWon, .discriminatorLost: "discriminator \(subject.suffix(1))"
        case .explodingCycleLoss, .notFinite: "loss \(subject)"
        }
    }
}

extension TrainingConfiguration {
    /// Flags to try in a new run, starting from this run's settings.
    func advice(against kind: FailureKind) -> [String] {
        func flag(_ name: String, _ value: Double) -> String { "--\(name) " + String(format: "%g", value) }
        let lowerRate = flag("learning-rate", learningRate / 2)
        let otherSeed = "--seed \(seed &+ 1)"
        let sharesChannels = domainA.channels == domainB.channels
        return switch kind {
        case .colorInversion:
            [otherSeed, flag("init-gain", initGain / 2)] + (sharesChannels && identityWeight < 0.5 ? [flag("identity-weight", 0.5)] : [])
        case .idleGenerator:
            (identityWeight > 0 ? [flag("identity-weight", identityWeight / 5)] : [])
                + [flag("adversarial-weight", adversarialWeight > 0 ? adversarialWeight * 2 : 1)]
        case .modeCollapse:
            (poolSize < 50 ? ["--pool-size 50"] : []) + (ganMode == .lsgan ? [] : ["--gan-mode lsgan"])
                + ["--discriminator-batch \(4 * (discriminatorBatch ?? batchSize))"] + stabilisers + [lowerRate]
        case .discriminatorWon:
            stabilisers + (diffAugment ? [] : ["--diff-augment"]) + [flag("learning-rate-d", (learningRateD ?? learningRate) / 2)]
                + ["--ndf \(max(1, ndf / 2))"] + (poolSize < 50 ? ["--pool-size 50"] : []) + ["more training images"]
        case .discriminatorLost: [flag("learning-rate-d", (learningRateD ?? learningRate) * 2), "--ndf \(ndf * 2)"]
        case .checkerboard: ["--upsampling resize", "--antialias"]
        case .explodingCycleLoss, .notFinite:
            [lowerRate] + (clipGradient == nil ? ["--clip-gradient 10"] : []) + (warmupSteps < 1000 ? ["--warmup-steps 1000"] : [])
                + stabilisers
        }
    }

    private var stabilisers: [String] { spectralNorm ? [] : ["--spectral-norm --discriminator-norm none"] }
}
