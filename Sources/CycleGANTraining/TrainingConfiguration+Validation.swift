import Foundation
import Imaging

/// A configuration that cannot be used.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// The key, such as `cropSize` or `domainA.channels`.
    public let key: String
    /// What was found.
    public let value: String
    /// What is allowed.
    public let allowed: String
    /// The file it stands in, if it does.
    public var file: String?

    init(key: String, value: Any, allowed: String, file: String? = nil) {
        self.key = key
        self.value = "\(value)"
        self.allowed = allowed
        self.file = file
    }

    public var description: String {
        "\(file.map { "\($0): " } ?? "")\(key): \(value) is not possible; allowed: \(allowed)"
    }
}

extension TrainingConfiguration {
    /// Checks that every value is possible and that all fit together.
    ///
    /// - Throws: `ConfigurationError` naming the key, the value and the allowed ones.
    public func validate() throws {
        try validateNumbers()
        try validateSizes()
        for (key, domain) in [("domainA", domainA), ("domainB", domainB)] {
            do {
                try domain.validate()
            } catch {
                throw ConfigurationError(key: key, value: "its value", allowed: "\(error)")
            }
        }
    }

    private func validateNumbers() throws {
        let positive: [(CodingKeys, Int?)] = [
            (.batchSize, batchSize), (.ngf, ngf), (.ndf, ndf), (.discriminatorLayers, discriminatorLayers),
            (.learningRateStepEpochs, learningRateStepEpochs), (.logEvery, logEvery), (.sampleEvery, sampleEvery),
            (.checkpointEvery, checkpointEvery), (.checkpointSteps, checkpointSteps), (.maxSteps, maxSteps), (.threads, threads),
            (.workers, workers),
        ]
        for (key, value) in positive {
            if let value, value < 1 { throw ConfigurationError(key: key.rawValue, value: value, allowed: "a whole number from 1") }
        }
        let notNegative: [(CodingKeys, Int)] = [
            (.epochs, epochs), (.decayEpochs, decayEpochs), (.poolSize, poolSize), (.warmupSteps, warmupSteps),
        ]
        for (key, value) in notNegative where value < 0 {
            throw ConfigurationError(key: key.rawValue, value: value, allowed: "a whole number from 0")
        }
        guard totalEpochs > 0 else {
            throw ConfigurationError(key: "epochs", value: epochs, allowed: "epochs and decayEpochs of which one is at least 1")
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
        for (key, value) in [(CodingKeys.learningRate, learningRate), (.maxMinutes, maxMinutes ?? 1)] where !(value > 0 && value.isFinite) {
            throw ConfigurationError(key: key.rawValue, value: value, allowed: "a number above 0")
        }
        for (key, value) in [(CodingKeys.beta1, beta1), (.beta2, beta2)] where !(0..<1).contains(value) {
            throw ConfigurationError(key: key.rawValue, value: value, allowed: "a number from 0, below 1")
        }
    }

    private func validateSizes() throws {
        let stride = generator.stride
        guard preprocess.crops else { return }
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
        let smallest = smallestCrop
        if min(cropSize.height, cropSize.width) < smallest {
            throw ConfigurationError(
                key: "cropSize", value: cropSize,
                allowed: "at least \(smallest) for generator \(generator.rawValue) and a \(discriminator.rawValue) discriminator"
                    + (discriminator == .patch ? " with discriminatorLayers \(discriminatorLayers)" : ""))
        }
    }

    /// The smallest side that reflection padding, norms and the discriminator's last convolutions can work on.
    private var smallestCrop: Int {
        // After n halvings two convolutions take one pixel each, and the map between them must be larger than a single pixel.
        let discriminatorSide = discriminator == .patch ? 3 << discriminatorLayers : 1
        // Residual blocks mirror a border of one pixel at a quarter of the size.
        let side = max(discriminatorSide, 8)
        return (side + generator.stride - 1) / generator.stride * generator.stride
    }
}
