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
    /// What the images of domain A are.
    public var domainA = DomainConfiguration()
    /// What the images of domain B are.
    public var domainB = DomainConfiguration()
    /// How images are brought to the size of training.
    public var preprocess = Preprocess.resizeAndCrop
    /// The size that images are scaled to before the crop.
    public var loadSize = ImageSize(286)
    /// The size of the random crop; both sides are multiples of the generator's stride.
    public var cropSize = ImageSize(256)
    /// Which image of B goes with an image of A.
    public var pairing = Pairing.random
    /// Never mirror training images, whatever the domains say.
    public var noFlip = false

    // MARK: Networks

    /// The kind and depth of both generators.
    public var generator = GeneratorArchitecture.resnet(blocks: 9)
    /// Channels after the generators' first convolution.
    public var ngf = 64
    /// What the discriminators judge: patches or pixels.
    public var discriminator = DiscriminatorArchitecture.patch
    /// Channels after the discriminators' first convolution.
    public var ndf = 64
    /// Convolutions of stride 2 of a patch discriminator.
    public var discriminatorLayers = 3
    /// The normalisation in all four networks; the YAML key is `norm`.
    public var normalization = Normalization.instance
    /// Whether the generators use dropout.
    public var dropout = false
    /// How weights start; the YAML key is `init`.
    public var initialization = WeightInitialization.normal
    /// The scale of the initial weights; `kaiming` has one of its own.
    public var initGain = 0.02
    /// Nets to start from: a folder of files named as the reference or a run names them, a run, or a checkpoint.
    public var pretrained: String?

    // MARK: Losses

    /// The adversarial objective.
    public var ganMode = GANMode.lsgan
    /// Of both adversarial losses of the generators.
    public var adversarialWeight = 1.0
    /// Of both cycle losses.
    public var cycleWeight = 10.0
    /// Of A -> B -> A, where it differs from `cycleWeight`.
    public var cycleWeightA: Double?
    /// Of B -> A -> B, where it differs from `cycleWeight`.
    public var cycleWeightB: Double?
    /// Relative to the cycle weight; 0 saves two passes per step.
    public var identityWeight = 0.5
    /// Generated images remembered per domain; 0 for none.
    public var poolSize = 50

    // MARK: Optimisation

    /// Pairs per step.
    public var batchSize = 1
    /// Epochs at the full learning rate.
    public var epochs = 100
    /// Epochs of decay after them.
    public var decayEpochs = 100
    /// The base learning rate of both optimisers.
    public var learningRate = 2e-4
    /// Adam's decay of the mean of the gradients.
    public var beta1 = 0.5
    /// Adam's decay of their square.
    public var beta2 = 0.999
    /// How the learning rate changes over the epochs.
    public var learningRatePolicy = LearningRatePolicy.linear
    /// The period of the `step` policy in epochs.
    public var learningRateStepEpochs = 50
    /// Steps over which the learning rate rises linearly.
    public var warmupSteps = 0

    // MARK: Run

    /// Fixes initial weights, data order and every other random choice.
    public var seed: UInt64 = 0
    /// `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
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

    /// The defaults; `data` is still to be set.
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

    /// All epochs, those of decay included.
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
            stride: configuration.generatorDescriptions.ab.configuration.stride, smallestSide: configuration.smallestSide,
            pairing: configuration.pairing,
            seed: configuration.seed)
    }
}
