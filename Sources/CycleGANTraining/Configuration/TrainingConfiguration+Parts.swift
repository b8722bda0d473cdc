import CycleGANModels
import Datasets
import Foundation
import Imaging
import NIfTI
import Settings
import Support
import Torch
import TorchNN

extension TrainingConfiguration {
    /// Gives libtorch the threads and the kernels of this configuration.
    ///
    /// - Throws: `ConfigurationError` when the device has not the configuration's precision, or the kernels are for trained networks.
    public func configureProcessor(for device: Device) throws {
        if run.precision == .f16, device == .cpu {
            throw ConfigurationError(key: "precision", value: "f16 on the CPU", allowed: "f32 or bf16 there, f16 on a GPU")
        }
        if let threads = run.threads { TorchRuntime.threadCount = Self.useful(threads: threads) }
        if let kernels = run.kernels { TorchRuntime.kernels = kernels }
        if TorchRuntime.kernels == .int8 {
            let allowed = CPUKernels.ofTraining.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(
                key: "kernels", value: "int8", allowed: "\(allowed); int8, here from CYCLEGAN_KERNELS, is for trained models")
        }
    }

    /// As many of some threads as there are cores; more would only wait for each other.
    package static func useful(threads: Int) -> Int { min(threads, ProcessInfo.processInfo.activeProcessorCount) }

    /// What to say where that is fewer.
    package static func notice(ofThreads threads: Int) -> String? {
        let useful = useful(threads: threads)
        return useful < threads
            ? "\(threads) threads were asked for and \(useful) \(useful == 1 ? "is" : "are") used, one for each core" : nil
    }

    /// All epochs, those of decay included.
    public var totalEpochs: Int { optimization.epochs + optimization.decayEpochs }

    /// Optimiser steps of an epoch, the last of which may take fewer images.
    package func stepsPerEpoch(of dataset: any ImageDataset) -> Int {
        let batches = (dataset.count + optimization.batchSize - 1) / optimization.batchSize
        return (batches + optimization.accumulate - 1) / optimization.accumulate
    }

    /// Optimiser steps of the whole run: of all epochs, or of those that `maxSteps` allows.
    package func totalSteps(stepsPerEpoch: Int) -> Int {
        let all = totalEpochs.multipliedReportingOverflow(by: stepsPerEpoch)
        return min(all.overflow ? .max : all.partialValue, run.maxSteps ?? .max)
    }

    var schedule: LearningRateSchedule {
        LearningRateSchedule(
            policy: optimization.learningRatePolicy, constantEpochs: optimization.epochs, decayEpochs: optimization.decayEpochs,
            stepEpochs: optimization.learningRateStepEpochs,
            warmupSteps: optimization.warmupSteps)
    }

    /// The penalty that is in force: `wgan-gp` has its own unless another is given.
    public var effectiveGradientPenalty: GradientPenalty { objective.gradientPenalty ?? (objective.ganMode == .wganGP ? .wganGP : .none) }

    /// A generator can be asked to leave an image of its target domain alone only when that image fits its input.
    public var hasIdentityLoss: Bool { cycleGAN.identityWeight > 0 && hasEqualChannels }

    /// Whether the images of all domains have equally many channels.
    var hasEqualChannels: Bool { Set(trainedDomains.map { domains.channels[$0] }).count == 1 }

    /// The normalisation in the discriminators.
    public var effectiveDiscriminatorNorm: Normalization { networks.discriminatorNorm ?? networks.normalization }

    /// What masks do besides going into the generators.
    public var masking: MaskConfiguration {
        MaskConfiguration(entersDiscriminators: data.masks && data.maskDiscriminator, weightsCycle: data.masks && cycleGAN.maskCycle)
    }

    /// Images of each domain that are drawn for the discriminators alone, for each pair of a batch.
    package var extraPairs: Int { (objective.discriminatorBatch ?? optimization.batchSize) / optimization.batchSize - 1 }

    /// What the images of a domain are.
    public func images(of domain: Domain) -> DomainConfiguration {
        DomainConfiguration(
            channels: domains.channels[domain], bitDepth: domains.bitDepth[domain], valueRange: domains.range[domain]?.bounds,
            background: domains.background[domain], bands: domains.bands[domain], axis: domains.axis[domain])
    }

    /// Along which axis the volumes of each domain are cut.
    public var sliceAxes: [Domain: SliceAxis] { Dictionary(uniqueKeysWithValues: trainedDomains.map { ($0, images(of: $0).sliceAxis) }) }

    /// What is changed at random in training images of a domain.
    func augmentation(of domain: Domain) -> Augmentation {
        Augmentation(
            flip: domains.flip[domain], colorJitter: domains.colorJitter[domain], rotation: domains.rotation[domain],
            zoom: domains.zoom[domain])
    }

    /// Whether the images of all domains come out at the crop size.
    package var crops: Bool { trainedDomains.allSatisfy { domains.preprocess[$0].crops } }

    /// How the images of every domain are prepared.
    ///
    /// - Throws: `DatasetError` where values contradict each other.
    func preparations() throws(DatasetError) -> [DomainPreparation] {
        let stride = generatorConfiguration.stride
        return try imageDomains.map { domain throws(DatasetError) in
            try DomainPreparation(
                domain, images: images(of: domain), preprocess: domains.preprocess[domain], loadSize: domains.loadSize[domain],
                cropSize: data.cropSize, stride: stride,
                smallestSide: smallestSide, augmentation: augmentation(of: domain),
                emptySlices: domains.emptySlices[domain])
        }
    }

    /// The same preparation for every look at an image: nothing is left to chance but the crop of modes that take it from more.
    public var deterministic: TrainingConfiguration {
        var fixed = self
        fixed.data.pairing = .serial
        fixed.data.epochSize = nil
        fixed.domains.flip = PerDomain(false)
        fixed.domains.colorJitter = PerDomain(nil)
        fixed.domains.rotation = PerDomain(0)
        fixed.domains.zoom = PerDomain(1)
        for domain in trainedDomains where domains.preprocess[domain] == .resizeAndCrop { fixed.domains.loadSize[domain] = data.cropSize }
        return fixed
    }

    /// What the domains are called where people read of them.
    public var domainNames: DomainNames {
        data.domainNames.isEmpty || objective.kind.hasManyDomains
            ? .own : DomainNames(Dictionary(uniqueKeysWithValues: zip(trainedDomains, data.domainNames)))
    }

    /// What a generator for a translation is.
    public func generatorDescription(_ translation: Translation) -> GeneratorDescription {
        let masking: GeneratorMasking? = data.masks ? (data.composite ? .composite : .input) : nil
        let (input, output) = (images(of: translation.from), images(of: translation.to))
        var configuration = GeneratorConfiguration(
            architecture: networks.generator, inputChannels: input.channels + (data.masks ? GeneratorMasking.channels : 0),
            outputChannels: output.channels, filters: networks.widths?.first ?? networks.ngf, normalization: networks.normalization,
            usesDropout: networks.dropout)
        configuration.downsamplings = networks.downsamplings
        if let widths = networks.widths, let blocks = networks.generator.residualBlocks {
            configuration.widths = GeneratorWidths(widths, downsamplings: networks.downsamplings, blocks: blocks)
        }
        configuration.upsampling = networks.upsampling
        configuration.antialias = networks.antialias
        configuration.antialiasUpsampling = networks.antialias && networks.upsampling == .deconv
        configuration.normalizesByImage = objective.kind == .pix2pix && networks.normalization == .batch
        if objective.strength { (configuration.conditions, configuration.hasStrength) = (1, true) }
        if objective.kind == .starGAN {
            (configuration.conditions, configuration.conditioning) = (trainedDomains.count, starGAN.conditioning)
            if starGAN.conditioning == .planes {
                // As published: norms with a scale and shift of their own, and zeros around maps, at which planes are seen.
                configuration.normalization = .affineInstance
                (configuration.convolutionBias, configuration.hasFinalBias, configuration.samplingKernelSize) = (false, false, 4)
                configuration.zeroPadding = [.ends, .blocks]
            }
        }
        configuration.attentionScales = networks.attention.map { min(data.cropSize.height, data.cropSize.width) / max(1, $0) }
        return GeneratorDescription(
            translation, configuration: configuration, input: input, output: output, masking: masking,
            domainNames: domainNames == .own ? nil : domainNames)
    }

    /// What the generator for all trained domains is, one that is told what to make or one in parts: it takes images of any to any other.
    public var sharedGeneratorDescription: GeneratorDescription {
        let (domains, isTold) = (trainedDomains, objective.kind == .starGAN)
        var description = generatorDescription(Translation(from: domains[0], to: domains[1]))
        description.translations = domains.flatMap { from in
            domains.enumerated().filter { $0.element != from }.map {
                Translation(from: from, to: $0.element, condition: isTold ? $0.offset : nil)
            }
        }
        description.domains = Dictionary(uniqueKeysWithValues: domains.map { ($0, images(of: $0)) })
        description.sharedBlocks = isTold ? nil : sharedBlocks
        return description
    }

    /// The residual blocks that the encoders and decoders of all domains share.
    package var sharedBlocks: Int {
        guard let blocks = networks.generator.residualBlocks else { return 0 }
        return multiCycle.sharedBlocks ?? blocks / 3
    }

    /// The domains whose encoders and decoders stay as they are.
    package var frozenDomains: Set<Domain> { Set(multiCycle.frozenDomains.map { Domain($0) }) }

    /// The generator's layers, without regard to which way it translates.
    package var generatorConfiguration: GeneratorConfiguration {
        generatorDescription(Translation(from: trainedDomains[0], to: trainedDomains[1])).configuration
    }

    /// What the discriminator of a domain is.
    public func discriminatorConfiguration(of domain: Domain) -> DiscriminatorConfiguration {
        if objective.kind == .starGAN {
            let side = min(data.cropSize.height, data.cropSize.width)
            let halvings = max(1, min(6, (Int.bitWidth - 1) - max(1, side).leadingZeroBitCount))
            var configuration = DiscriminatorConfiguration(
                inputChannels: domains.channels[domain], filters: networks.ndf, layerCount: halvings, normalization: .none,
                spectralNorm: networks.spectralNorm)
            (configuration.domains, configuration.domainKernel) = (trainedDomains.count, max(1, side >> halvings))
            return configuration
        }
        // On pairs it sees the input beside the output.
        let channels =
            objective.kind == .pix2pix
            ? trainedDomains.reduce(0) { $0 + domains.channels[$1] }
            : domains.channels[domain] + (masking.entersDiscriminators ? GeneratorMasking.channels : 0)
        var configuration = DiscriminatorConfiguration(
            architecture: networks.discriminator, inputChannels: channels, filters: networks.ndf, layerCount: networks.discriminatorLayers,
            normalization: effectiveDiscriminatorNorm,
            spectralNorm: networks.spectralNorm)
        configuration.antialias = networks.antialias && objective.kind.isContrastive && networks.discriminator == .patch
        return configuration
    }
}

/// What masks do besides going into the generators.
public struct MaskConfiguration: Equatable, Sendable {
    /// Whether the discriminators see them.
    public let entersDiscriminators: Bool
    /// Whether the cycle losses count their pixels alone.
    public let weightsCycle: Bool
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
