import CycleGANModels
import Datasets
import Imaging

extension TrainingConfiguration {
    /// Checks that every value is possible and that all fit together.
    ///
    /// - Throws: `ConfigurationError` naming the key, the value and the allowed ones.
    public func validate() throws {
        try validateNumbers()
        try validateSizes()
        for (key, domain) in [("domainA", domainA), ("domainB", domainB)] {
            do throws(ImageError) { try domain.validate() } catch { throw ConfigurationError(error, domain: key) }
        }
    }

    /// How many threads one operation may have.
    public static let possibleThreads = 1...1024

    /// All whole numbers with the range of each; `nil` for those that are not given.
    var wholeNumbers: [(key: CodingKeys, value: Int?, allowed: ClosedRange<Int>)] {
        // Products of two of them must stay within an Int.
        let (mostEpochs, mostSteps) = (1_000_000, 1_000_000_000_000)
        return [
            (.batchSize, batchSize, 1...4096), (.ngf, ngf, NetworkLimits.filters), (.ndf, ndf, NetworkLimits.filters),
            (.discriminatorLayers, discriminatorLayers, NetworkLimits.discriminatorLayers), (.poolSize, poolSize, 0...1_000_000),
            (.epochs, epochs, 0...mostEpochs), (.decayEpochs, decayEpochs, 0...mostEpochs),
            (.learningRateStepEpochs, learningRateStepEpochs, 1...mostEpochs), (.checkpointEvery, checkpointEvery, 1...mostEpochs),
            (.warmupSteps, warmupSteps, 0...mostSteps), (.logEvery, logEvery, 1...mostSteps), (.sampleEvery, sampleEvery, 1...mostSteps),
            (.checkpointSteps, checkpointSteps, 1...mostSteps), (.maxSteps, maxSteps, 1...mostSteps),
            (.threads, threads, Self.possibleThreads), (.workers, workers, 1...256),
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
        ]
        for (key, value) in weights {
            if let value, !(value >= 0 && value.isFinite) {
                throw ConfigurationError(key: key.rawValue, value: value, allowed: "a number from 0")
            }
        }
        guard learningRate > 0, learningRate.isFinite else {
            throw ConfigurationError(key: "learningRate", value: learningRate, allowed: "a number above 0")
        }
        let mostMinutes = 10_000_000
        if let maxMinutes, !(maxMinutes > 0 && maxMinutes <= Double(mostMinutes)) {
            throw ConfigurationError(key: "maxMinutes", value: maxMinutes, allowed: "a number above 0, up to \(mostMinutes)")
        }
        for (key, value) in [(CodingKeys.beta1, beta1), (.beta2, beta2)] where !(0..<1).contains(value) {
            throw ConfigurationError(key: key.rawValue, value: value, allowed: "a number from 0, below 1")
        }
    }

    private func validateSizes() throws {
        do throws(NetworkConfigurationError) { try generator.validate() } catch {
            throw ConfigurationError(key: "generator", value: generator.rawValue, allowed: Self.allowedValues(["generator"]) ?? "")
        }
        let largest = 16384
        for (key, size) in [("loadSize", loadSize), ("cropSize", cropSize)] where max(size.height, size.width) > largest {
            throw ConfigurationError(key: key, value: size, allowed: "at most \(largest) pixels a side")
        }
        guard preprocess.crops else { return try validateWithoutCrop() }
        let stride = generatorDescriptions.ab.configuration.stride
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
        let network = generatorDescriptions.ab.configuration
        let side = max(discriminatorSide, network.smallestSide)
        return (side + network.stride - 1) / network.stride * network.stride
    }
}
