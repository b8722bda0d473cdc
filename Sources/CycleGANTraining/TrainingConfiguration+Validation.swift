import CycleGANModels
import Datasets
import Imaging

extension TrainingConfiguration {
    /// Checks that every value is possible and that all fit together.
    ///
    /// - Throws: `ConfigurationError` naming the key, the value and the allowed ones.
    public func validate() throws {
        for (key, domain) in [("domainA", domainA), ("domainB", domainB)] {
            do throws(ImageError) { try domain.validate() } catch { throw ConfigurationError(error, domain: key) }
        }
        try validateNumbers()
        try validateGenerators()
        try validateSizes()
        try validateAugmentation()
        try validateDiscriminators()
        try validateMasks()
    }

    /// How many threads one operation may have.
    public static let possibleThreads = 1...1024

    static let mostEpochs = 1_000_000
    static let mostSteps = 1_000_000_000_000

    /// All whole numbers with the range of each; `nil` for those that are not given.
    var wholeNumbers: [(key: CodingKeys, value: Int?, allowed: ClosedRange<Int>)] {
        // Products of two of them must stay within an Int.
        let (mostEpochs, mostSteps) = (Self.mostEpochs, Self.mostSteps)
        return [
            (.batchSize, batchSize, 1...4096), (.ngf, ngf, NetworkLimits.filters), (.ndf, ndf, NetworkLimits.filters),
            (.discriminatorLayers, discriminatorLayers, NetworkLimits.discriminatorLayers), (.poolSize, poolSize, 0...1_000_000),
            (.epochs, epochs, 0...mostEpochs), (.decayEpochs, decayEpochs, 0...mostEpochs),
            (.learningRateStepEpochs, learningRateStepEpochs, 1...mostEpochs), (.checkpointEvery, checkpointEvery, 1...mostEpochs),
            (.warmupSteps, warmupSteps, 0...mostSteps), (.logEvery, logEvery, 1...mostSteps), (.sampleEvery, sampleEvery, 1...mostSteps),
            (.checkpointSteps, checkpointSteps, 1...mostSteps), (.maxSteps, maxSteps, 1...mostSteps),
            (.threads, threads, Self.possibleThreads), (.workers, workers, 1...256), (.accumulate, accumulate, 1...4096),
            (.discriminatorBatch, discriminatorBatch, 1...4096), (.validateEvery, validateEvery, 1...mostEpochs),
            (.downsamplings, downsamplings, NetworkLimits.resnetDownsamplings), (.earlyStopping, earlyStopping, 1...mostEpochs),
            (.earlyStoppingAfter, earlyStoppingAfter, 0...mostEpochs),
        ]
    }

    private func validateNumbers() throws {
        for (key, value, allowed) in wholeNumbers {
            if let value, !allowed.contains(value) {
                throw ConfigurationError(key: key.rawValue, value: value, allowed: Self.text(allowed))
            }
        }
        guard totalEpochs > 0 else {
            throw ConfigurationError(key: "epochs", value: epochs, allowed: "epochs and decayEpochs of which one is at least 1")
        }
        if learningRatePolicy == .plateau, lossWeights.cycleA + lossWeights.cycleB == 0 {
            throw ConfigurationError(
                key: CodingKeys.learningRatePolicy.rawValue, value: learningRatePolicy.rawValue,
                allowed: "another policy while cycleWeight is 0: plateau follows the cycle losses")
        }
        let weights: [(CodingKeys, Double?)] = [
            (.adversarialWeight, adversarialWeight), (.cycleWeight, cycleWeight), (.cycleWeightA, cycleWeightA),
            (.cycleWeightB, cycleWeightB), (.identityWeight, identityWeight), (.initGain, initGain),
            (.gradientPenaltyWeight, gradientPenaltyWeight), (.earlyStoppingMinDelta, earlyStoppingMinDelta),
        ]
        for (key, value) in weights {
            if let value, !(value >= 0 && value.isFinite) {
                throw ConfigurationError(key: key.rawValue, value: value, allowed: "a number from 0")
            }
        }
        let positive: [(CodingKeys, Double?)] = [
            (.learningRate, learningRate), (.learningRateG, learningRateG), (.learningRateD, learningRateD), (.clipGradient, clipGradient),
        ]
        for (key, value) in positive {
            if let value, !(value > 0 && value.isFinite) {
                throw ConfigurationError(key: key.rawValue, value: value, allowed: "a number above 0")
            }
        }
        let mostMinutes = 10_000_000
        if let maxMinutes, !(maxMinutes > 0 && maxMinutes <= Double(mostMinutes)) {
            throw ConfigurationError(key: "maxMinutes", value: maxMinutes, allowed: "a number above 0, up to \(mostMinutes)")
        }
        for (key, value) in [(CodingKeys.beta1, beta1), (.beta2, beta2), (.ema, ema ?? 0)] where !(0..<1).contains(value) {
            throw ConfigurationError(key: key.rawValue, value: value, allowed: "a number from 0, below 1")
        }
        guard (0...0.5).contains(validationFraction) else {
            throw ConfigurationError(key: "validationFraction", value: validationFraction, allowed: "a number from 0 to 0.5")
        }
    }

    private func validateGenerators() throws {
        do throws(NetworkConfigurationError) { try generator.validate() } catch {
            throw ConfigurationError(key: "generator", value: generator.rawValue, allowed: Self.allowedValues(["generator"]) ?? "")
        }
        let side = min(cropSize.height, cropSize.width)
        let sides = (0...max(0, downsamplings)).map { side >> $0 }
        if !attention.isEmpty, !preprocess.crops {
            throw ConfigurationError(
                key: "attention", value: attention, allowed: "nothing with preprocess \(preprocess.rawValue), whose images have no one size"
            )
        }
        if let impossible = attention.first(where: { !sides.contains($0) || $0 * (side / max(1, $0)) != side }) {
            throw ConfigurationError(
                key: "attention", value: impossible,
                allowed: "the sides of the generator's maps with cropSize \(cropSize) and downsamplings \(downsamplings): "
                    + sides.map { "\($0)" }.joined(separator: ", "))
        }
        let tooLarge = attention.first { $0 * max(cropSize.height, cropSize.width) * $0 / max(1, side) > NetworkLimits.attentionPositions }
        if let tooLarge {
            throw ConfigurationError(
                key: "attention", value: tooLarge,
                allowed: "sides of maps with at most \(NetworkLimits.attentionPositions) positions with cropSize \(cropSize), "
                    + "because the time of attention grows with their square")
        }
        if Set(attention).count < attention.count {
            throw ConfigurationError(key: "attention", value: attention, allowed: "each side once")
        }
        if case .unet = generator, !attention.isEmpty {
            throw ConfigurationError(key: "attention", value: attention, allowed: "nothing with \(generator.rawValue), only with a ResNet")
        }
        let network = generatorConfiguration
        do throws(NetworkConfigurationError) {
            try network.validate()
            try network.checkImageSize(height: cropSize.height, width: cropSize.width)
        } catch {
            throw ConfigurationError(
                key: error.name.contains("attention") ? "attention" : error.name, value: error.found, allowed: error.allowed)
        }
        if checkpointActivations, normalization == .batch {
            throw ConfigurationError(
                key: "checkpointActivations", value: true,
                allowed: "false with norm batch, whose statistics would count every image twice")
        }
        if checkpointActivations, case .unet = generator {
            throw ConfigurationError(
                key: "checkpointActivations", value: true, allowed: "false with \(generator.rawValue), which has no residual blocks")
        }
    }

    private func validateAugmentation() throws {
        for domain in domains {
            do throws(DatasetError) {
                try augmentation(of: domain).validate(channels: images(of: domain).channels)
            } catch {
                guard case .invalidAugmentation(let key, let value, let allowed) = error else { throw error }
                throw ConfigurationError(key: "\(key) of domain \(domain)", value: value, allowed: allowed)
            }
        }
    }

    private func validateDiscriminators() throws {
        func refuse(_ key: CodingKeys, _ value: Any, _ allowed: String) -> ConfigurationError {
            ConfigurationError(key: key.rawValue, value: value, allowed: allowed)
        }
        if spectralNorm, discriminatorNorm == nil {
            throw refuse(
                .discriminatorNorm, "nothing beside spectralNorm",
                "one of \(Self.allowedValues(["discriminatorNorm"]) ?? ""): say whether the discriminators keep another norm "
                    + "(instance) or not (none)")
        }
        let penalty = effectiveGradientPenalty
        if ganMode == .wganGP, penalty == .none {
            throw refuse(
                .gradientPenalty, penalty.rawValue, "wgan-gp, zero-centered or r1 with ganMode wgan-gp, which is unbounded without")
        }
        if penalty != .none, effectiveDiscriminatorNorm == .batch {
            throw refuse(
                .gradientPenalty, penalty.rawValue,
                "none with batch norm in the discriminators, which makes the gradient of one image depend on the others; "
                    + "or discriminatorNorm instance or none")
        }
        if penalty == .wganGP || penalty == .zeroCentered, !preprocess.crops {
            throw refuse(
                .gradientPenalty, penalty.rawValue,
                "none or r1 with preprocess \(preprocess.rawValue), whose images differ in size: the others mix real and generated ones")
        }
        if penalty == .none, gradientPenaltyWeight != nil {
            throw refuse(.gradientPenaltyWeight, gradientPenaltyWeight ?? 0, "a weight beside a gradientPenalty only")
        }
        if let discriminatorBatch {
            guard discriminatorBatch.isMultiple(of: batchSize) else {
                throw refuse(.discriminatorBatch, discriminatorBatch, "a multiple of batchSize (\(batchSize))")
            }
            if discriminatorBatch > batchSize, poolSize == 0 {
                throw refuse(.poolSize, 0, "at least 1 with a discriminatorBatch above batchSize, which takes earlier images from the pool")
            }
            if discriminatorBatch > batchSize, !preprocess.crops {
                throw refuse(
                    .discriminatorBatch, discriminatorBatch,
                    "batchSize with preprocess \(preprocess.rawValue), which gives images of different sizes")
            }
        }
        if noDoctor, onFailure == .stop {
            throw refuse(.onFailure, onFailure.rawValue, "warn or rollback with noDoctor: nobody would see a failure")
        }
        if let earlyStoppingMetric, earlyStopping == nil {
            throw refuse(.earlyStoppingMetric, earlyStoppingMetric, "a metric beside earlyStopping only, which says after how many epochs")
        }
        if earlyStopping != nil, earlyStoppingMetric == nil, lossWeights.cycleA + lossWeights.cycleB == 0 {
            throw refuse(
                .earlyStopping, earlyStopping ?? 0,
                "a number beside earlyStoppingMetric only while cycleWeight is 0: else the cycle losses are followed")
        }
    }

    private func validateMasks() throws {
        let (a, b) = (domainA.channels, domainB.channels)
        for (key, isOn) in [(CodingKeys.composite, composite), (.maskDiscriminator, maskDiscriminator), (.maskCycle, maskCycle)]
        where isOn && !masks {
            throw ConfigurationError(key: key.rawValue, value: true, allowed: "false without masks")
        }
        if composite, a != b {
            throw ConfigurationError(
                key: "composite", value: true, allowed: "false for domains of different channels (A has \(a), B has \(b))")
        }
        if maskDiscriminator, diffAugment {
            throw ConfigurationError(
                key: "maskDiscriminator", value: true, allowed: "false with diffAugment, whose colours are made for images")
        }
        if maskDiscriminator, (discriminatorBatch ?? batchSize) > batchSize {
            throw ConfigurationError(
                key: "maskDiscriminator", value: true,
                allowed: "false with a discriminatorBatch above batchSize, whose images have no masks")
        }
    }

    private func validateSizes() throws {
        let largest = 16384
        for (key, size) in [("loadSize", loadSize), ("cropSize", cropSize)] where max(size.height, size.width) > largest {
            throw ConfigurationError(key: key, value: size, allowed: "at most \(largest) pixels a side")
        }
        guard preprocess.crops else { return try validateWithoutCrop() }
        let stride = generatorConfiguration.stride
        if !cropSize.height.isMultiple(of: stride) || !cropSize.width.isMultiple(of: stride) {
            func nearest(_ side: Int) -> Int { max(stride, (side + stride / 2) / stride * stride) }
            throw ConfigurationError(
                key: "cropSize", value: cropSize,
                allowed: "multiples of \(stride) for generator \(generator.rawValue), such as "
                    + "\(ImageSize(height: nearest(cropSize.height), width: nearest(cropSize.width)))")
        }
        if preprocess == .resizeAndCrop, loadSize.height < cropSize.height || loadSize.width < cropSize.width {
            throw ConfigurationError(key: "loadSize", value: loadSize, allowed: "at least cropSize (\(cropSize))")
        }
        if min(cropSize.height, cropSize.width) < smallestSide {
            throw ConfigurationError(key: "cropSize", value: cropSize, allowed: enoughPixels)
        }
    }

    private func validateWithoutCrop() throws {
        if batchSize > 1 {
            throw ConfigurationError(
                key: "batchSize", value: batchSize,
                allowed: "1 with preprocess \(preprocess.rawValue), which gives images of different sizes; more with preprocess "
                    + Preprocess.allCases.filter(\.crops).map(\.rawValue).joined(separator: ", "))
        }
        if preprocess == .scaleWidth, loadSize.width < smallestSide {
            throw ConfigurationError(key: "loadSize", value: loadSize, allowed: enoughPixels)
        }
    }

    private var enoughPixels: String {
        "at least \(smallestSide) for generator \(generator.rawValue) and a \(discriminator.rawValue) discriminator"
            + (discriminator == .patch ? " with discriminatorLayers \(discriminatorLayers)" : "")
    }

    /// The smallest side that reflection padding, norms and the discriminator's last convolutions can work on.
    var smallestSide: Int {
        // After n halvings two convolutions take one pixel each, and the map between them must be larger than a single pixel.
        let discriminatorSide = discriminator == .patch ? 3 << discriminatorLayers : 1
        let network = generatorConfiguration
        let side = max(discriminatorSide, network.smallestSide)
        return (side + network.stride - 1) / network.stride * network.stride
    }
}
