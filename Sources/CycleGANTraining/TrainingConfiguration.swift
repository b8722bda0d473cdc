import CycleGANModels
import Datasets
import Foundation
import Imaging
import TorchNN

/// Everything that fixes a training run. Defaults are the reference's.
///
/// The coding keys are the keys of the YAML file and, in kebab case, the flags of the command.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
    // MARK: Data

    /// The folder with `trainA`, `trainB` and perhaps `testA`, `testB`, `valA`, `valB`.
    public var data = ""
    public var domainA = DomainConfiguration()
    public var domainB = DomainConfiguration()
    public var preprocess = Preprocess.resizeAndCrop
    public var loadSize = ImageSize(286)
    public var cropSize = ImageSize(256)
    public var pairing = Pairing.random
    /// Never mirror training images, whatever the domains say.
    public var noFlip = false

    // MARK: Networks

    public var generator = GeneratorArchitecture.resnet(blocks: 9)
    /// Channels after the generators' first convolution.
    public var ngf = 64
    public var discriminator = DiscriminatorArchitecture.patch
    /// Channels after the discriminators' first convolution.
    public var ndf = 64
    /// Convolutions of stride 2 of a patch discriminator.
    public var discriminatorLayers = 3
    public var normalization = Normalization.instance
    public var dropout = false
    public var initialization = WeightInitialization.normal
    public var initGain = 0.02
    /// A folder with nets to start from, named as the reference names them.
    public var pretrained: String?

    // MARK: Losses

    public var ganMode = GANMode.lsgan
    public var adversarialWeight = 1.0
    public var cycleWeight = 10.0
    /// Of A -> B -> A, where it differs from `cycleWeight`.
    public var cycleWeightA: Double?
    /// Of B -> A -> B, where it differs from `cycleWeight`.
    public var cycleWeightB: Double?
    /// Relative to the cycle weight; 0 saves two passes per step.
    public var identityWeight = 0.5
    public var poolSize = 50

    // MARK: Optimisation

    public var batchSize = 1
    /// Epochs at the full learning rate.
    public var epochs = 100
    /// Epochs of decay after them.
    public var decayEpochs = 100
    public var learningRate = 2e-4
    public var beta1 = 0.5
    public var beta2 = 0.999
    public var learningRatePolicy = LearningRatePolicy.linear
    /// The period of the `step` policy in epochs.
    public var learningRateStepEpochs = 50
    /// Steps over which the learning rate rises linearly.
    public var warmupSteps = 0

    // MARK: Run

    public var seed: UInt64 = 0
    public var device = "auto"
    /// Threads of one operation on the CPU; all cores by default.
    public var threads: Int?
    /// Threads that decode and augment images ahead of the step.
    public var workers = 2
    /// Steps between two lines of the log.
    public var logEvery = 20
    /// Steps between two sets of sample pictures.
    public var sampleEvery = 100
    /// Epochs between two checkpoints.
    public var checkpointEvery = 5
    /// Steps between two checkpoints, besides those by epochs.
    public var checkpointSteps: Int?
    /// Optimiser steps of the whole run, where fewer than all epochs.
    public var maxSteps: Int?
    /// Minutes of wall-clock time after which this process saves and stops.
    public var maxMinutes: Double?

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case data, domainA, domainB, preprocess, loadSize, cropSize, pairing, noFlip
        case generator, ngf, discriminator, ndf, discriminatorLayers
        case normalization = "norm"
        case dropout
        case initialization = "init"
        case initGain, pretrained
        case ganMode, adversarialWeight, cycleWeight, cycleWeightA, cycleWeightB, identityWeight, poolSize
        case batchSize, epochs, decayEpochs, learningRate, beta1, beta2, learningRatePolicy, learningRateStepEpochs, warmupSteps
        case seed, device, threads, workers, logEvery, sampleEvery, checkpointEvery, checkpointSteps, maxSteps, maxMinutes
    }
}

extension TrainingConfiguration {
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
        fixed.workers = defaults.workers
        fixed.logEvery = defaults.logEvery
        fixed.sampleEvery = defaults.sampleEvery
        fixed.checkpointEvery = defaults.checkpointEvery
        fixed.checkpointSteps = defaults.checkpointSteps
        fixed.maxSteps = defaults.maxSteps
        fixed.maxMinutes = defaults.maxMinutes
        return fixed
    }

    public var totalEpochs: Int { epochs + decayEpochs }

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

    /// What both generators are, A to B and B to A.
    public var generatorDescriptions: (ab: GeneratorDescription, ba: GeneratorDescription) {
        func description(_ direction: Direction, from input: DomainConfiguration, to output: DomainConfiguration) -> GeneratorDescription {
            let configuration = GeneratorConfiguration(
                architecture: generator, inputChannels: input.channels, outputChannels: output.channels, filters: ngf,
                normalization: normalization, usesDropout: dropout)
            return GeneratorDescription(direction: direction, configuration: configuration, inputDomain: input, outputDomain: output)
        }
        return (description(.aToB, from: domainA, to: domainB), description(.bToA, from: domainB, to: domainA))
    }

    func discriminatorConfiguration(judging domain: Domain) -> DiscriminatorConfiguration {
        DiscriminatorConfiguration(
            architecture: discriminator, inputChannels: (domain == .a ? domainA : domainB).channels, filters: ndf,
            layerCount: discriminatorLayers, normalization: normalization)
    }
}

extension UnpairedImageDataset {
    /// The images of one split as a run sees them.
    public convenience init(configuration: TrainingConfiguration, split: Split) throws {
        func domain(_ domain: DomainConfiguration) -> DomainConfiguration {
            var domain = domain
            domain.flip = domain.flip && !configuration.noFlip
            return domain
        }
        try self.init(
            root: URL(filePath: configuration.data), split: split, domainA: domain(configuration.domainA),
            domainB: domain(configuration.domainB),
            preprocess: configuration.preprocess, loadSize: configuration.loadSize, cropSize: configuration.cropSize,
            stride: configuration.generator.stride, smallestSide: configuration.smallestSide, pairing: configuration.pairing,
            seed: configuration.seed)
    }
}
