import CycleGANModels
import Datasets
import Foundation
import Imaging
import Torch
import TorchNN

extension TrainingConfiguration {
    /// Gives libtorch the threads and the kernels of this configuration.
    ///
    /// - Throws: `ConfigurationError` when the device has not the configuration's precision.
    public func configureProcessor(for device: Device) throws {
        if precision == .f16, device == .cpu {
            throw ConfigurationError(key: "precision", value: "f16 on the CPU", allowed: "f32 or bf16 there, f16 on a GPU")
        }
        if let threads { TorchRuntime.threadCount = Self.useful(threads: threads) }
        if let kernels { TorchRuntime.kernels = kernels }
    }

    /// As many of some threads as there are cores; more would only wait for each other.
    package static func useful(threads: Int) -> Int { min(threads, ProcessInfo.processInfo.activeProcessorCount) }

    /// What to say where that is fewer.
    package static func notice(ofThreads threads: Int) -> String? {
        let useful = useful(threads: threads)
        return useful < threads ? "\(threads) threads were asked for and \(useful) are used, one for each core" : nil
    }

    /// The settings that a run cannot change once it has begun: all but its length, place, device and the periods of logs and checkpoints.
    var fixedPart: TrainingConfiguration {
        var fixed = self
        let defaults = TrainingConfiguration()
        fixed.data = defaults.data
        fixed.pretrained = defaults.pretrained
        fixed.epochs = defaults.epochs
        fixed.decayEpochs = defaults.decayEpochs
        fixed.device = defaults.device
        fixed.threads = defaults.threads
        fixed.kernels = defaults.kernels
        fixed.workers = defaults.workers
        fixed.logEvery = defaults.logEvery
        fixed.sampleEvery = defaults.sampleEvery
        fixed.checkpointEvery = defaults.checkpointEvery
        fixed.checkpointSteps = defaults.checkpointSteps
        fixed.validateEvery = defaults.validateEvery
        fixed.earlyStopping = defaults.earlyStopping
        fixed.earlyStoppingMinDelta = defaults.earlyStoppingMinDelta
        fixed.earlyStoppingAfter = defaults.earlyStoppingAfter
        fixed.onFailure = defaults.onFailure
        fixed.noTensorboard = defaults.noTensorboard
        fixed.maxSteps = defaults.maxSteps
        fixed.maxMinutes = defaults.maxMinutes
        return fixed
    }

    /// All epochs, those of decay included.
    public var totalEpochs: Int { epochs + decayEpochs }

    /// Optimiser steps of an epoch, the last of which may take fewer images.
    func stepsPerEpoch(of dataset: any ImageDataset) -> Int {
        let batches = (dataset.count + batchSize - 1) / batchSize
        return (batches + accumulate - 1) / accumulate
    }

    var schedule: LearningRateSchedule {
        LearningRateSchedule(
            policy: learningRatePolicy, constantEpochs: epochs, decayEpochs: decayEpochs, stepEpochs: learningRateStepEpochs,
            warmupSteps: warmupSteps)
    }

    var lossWeights: CycleGAN.LossWeights {
        CycleGAN.LossWeights(
            adversarial: adversarialWeight, cycleA: cycleWeightA ?? cycleWeight, cycleB: cycleWeightB ?? cycleWeight,
            identity: identityWeight)
    }

    /// The penalty that is in force: `wgan-gp` has its own unless another is given.
    var effectiveGradientPenalty: GradientPenalty { gradientPenalty ?? (ganMode == .wganGP ? .wganGP : .none) }

    /// A generator can be asked to leave an image of its target domain alone only when that image fits its input.
    public var hasIdentityLoss: Bool { identityWeight > 0 && domainA.channels == domainB.channels }

    /// The normalisation in the discriminators.
    public var effectiveDiscriminatorNorm: Normalization { discriminatorNorm ?? normalization }

    var masking: MaskConfiguration { MaskConfiguration(entersDiscriminators: masks && maskDiscriminator, weightsCycle: masks && maskCycle) }

    /// Images of each domain that are drawn for the discriminators alone, for each pair of a batch.
    var extraPairs: Int { (discriminatorBatch ?? batchSize) / batchSize - 1 }

    /// The domains, in order.
    public var domains: [Domain] { Domain.pair }

    /// What the images of a domain are.
    public func images(of domain: Domain) -> DomainConfiguration { domain == .a ? domainA : domainB }

    /// What is changed at random in training images of a domain.
    func augmentation(of domain: Domain) -> Augmentation {
        domain == .a
            ? Augmentation(
                flip: !noFlip && !noFlipA, colorJitter: colorJitterA ?? colorJitter, rotation: rotationA ?? rotation, zoom: zoomA ?? zoom)
            : Augmentation(
                flip: !noFlip && !noFlipB, colorJitter: colorJitterB ?? colorJitter, rotation: rotationB ?? rotation, zoom: zoomB ?? zoom)
    }

    /// How the images of every domain are prepared.
    ///
    /// - Throws: `DatasetError` where values contradict each other.
    func preparations() throws(DatasetError) -> [DomainPreparation] {
        let stride = generatorConfiguration.stride
        return try domains.map { domain throws(DatasetError) in
            try DomainPreparation(
                domain, images: images(of: domain), preprocess: preprocess, loadSize: loadSize, cropSize: cropSize, stride: stride,
                smallestSide: smallestSide, augmentation: augmentation(of: domain))
        }
    }

    /// The same preparation for every look at an image: nothing is left to chance but the crop of modes that take it from more.
    public var deterministic: TrainingConfiguration {
        var fixed = self
        fixed.noFlip = true
        fixed.pairing = .serial
        (fixed.colorJitter, fixed.colorJitterA, fixed.colorJitterB) = (nil, nil, nil)
        (fixed.rotation, fixed.rotationA, fixed.rotationB) = (0, nil, nil)
        (fixed.zoom, fixed.zoomA, fixed.zoomB) = (1, nil, nil)
        if fixed.preprocess == .resizeAndCrop { fixed.loadSize = fixed.cropSize }
        return fixed
    }

    /// What a generator for a translation is.
    public func generatorDescription(_ translation: Translation) -> GeneratorDescription {
        let masking: GeneratorMasking? = masks ? (composite ? .composite : .input) : nil
        let (input, output) = (images(of: translation.from), images(of: translation.to))
        var configuration = GeneratorConfiguration(
            architecture: generator, inputChannels: input.channels + (masks ? GeneratorMasking.channels : 0),
            outputChannels: output.channels, filters: ngf, normalization: normalization, usesDropout: dropout)
        configuration.downsamplings = downsamplings
        configuration.upsampling = upsampling
        configuration.antialias = antialias
        configuration.attentionScales = attention.map { min(cropSize.height, cropSize.width) / max(1, $0) }
        return GeneratorDescription(translation, configuration: configuration, input: input, output: output, masking: masking)
    }

    /// The generator's layers, without regard to which way it translates.
    var generatorConfiguration: GeneratorConfiguration {
        generatorDescription(Translation(from: domains[0], to: domains[1])).configuration
    }

    func discriminatorConfiguration(of domain: Domain) -> DiscriminatorConfiguration {
        DiscriminatorConfiguration(
            architecture: discriminator,
            inputChannels: images(of: domain).channels + (masking.entersDiscriminators ? GeneratorMasking.channels : 0),
            filters: ndf, layerCount: discriminatorLayers, normalization: effectiveDiscriminatorNorm,
            spectralNorm: spectralNorm)
    }
}

/// What masks do besides going into the generators.
struct MaskConfiguration {
    /// Whether the discriminators see them.
    let entersDiscriminators: Bool
    /// Whether the cycle losses count their pixels alone.
    let weightsCycle: Bool
}

/// What to do when the training fails: when the doctor finds a failure, or a loss becomes NaN or infinite.
public enum FailurePolicy: String, CaseIterable, Codable, Sendable {
    /// Say so and go on; a loss that is no number ends the run all the same.
    case warn
    /// Save and stop.
    case stop
    /// Go back to the last checkpoint from before the failure, with half the learning rate.
    case rollback
}

extension TrainingConfiguration {
    /// The images of one split as a run sees them.
    ///
    /// - Throws: `DatasetError` for folders that are missing or empty, and values that contradict each other.
    public func dataset(_ split: Split) throws(DatasetError) -> any ImageDataset {
        try UnpairedImageDataset(
            root: URL(filePath: data), split: split, preparations: preparations(), pairing: pairing,
            holdOut: validationFraction > 0 ? HoldOut(fraction: validationFraction, seed: seed) : nil, seed: seed, masks: masks,
            extraPairs: split == .train ? extraPairs : 0)
    }
}
