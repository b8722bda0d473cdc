import CycleGANModels
import Datasets
import Foundation
import Imaging
import Torch
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
    /// Never mirror training images of domain A.
    public var noFlipA = false
    /// Never mirror training images of domain B.
    public var noFlipB = false
    /// Random changes of the colours of training images; none by default.
    public var colorJitter: ColorJitter?
    /// The same for domain A, where it differs.
    public var colorJitterA: ColorJitter?
    /// The same for domain B, where it differs.
    public var colorJitterB: ColorJitter?
    /// The largest angle in degrees by which training images are turned.
    public var rotation = 0.0
    /// The same for domain A, where it differs.
    public var rotationA: Double?
    /// The same for domain B, where it differs.
    public var rotationB: Double?
    /// The largest factor by which training images are enlarged about their centre.
    public var zoom = 1.0
    /// The same for domain A, where it differs.
    public var zoomA: Double?
    /// The same for domain B, where it differs.
    public var zoomB: Double?
    /// The share of the training images that is held out for validation, where there are no `valA` and `valB`.
    public var validationFraction = 0.0
    /// Whether `trainA_mask`, `trainB_mask` and so on say which region of each image to change.
    public var masks = false
    /// Whether the generators put their input's own pixels back outside the mask.
    public var composite = false
    /// Whether the discriminators see the masks too.
    public var maskDiscriminator = false
    /// Whether the cycle losses count the pixels of the mask alone.
    public var maskCycle = false

    // MARK: Networks

    /// The kind and depth of both generators.
    public var generator = GeneratorArchitecture.resnet(blocks: 9)
    /// Channels after the generators' first convolution.
    public var ngf = 64
    /// Halvings before the residual blocks of a ResNet generator.
    public var downsamplings = 2
    /// How a ResNet generator doubles the size of its maps.
    public var upsampling = Upsampling.deconv
    /// Whether a ResNet generator blurs where it halves and, with `deconv`, where it doubles.
    public var antialias = false
    /// The sides of the maps of a ResNet generator that get self-attention, in pixels of a training image's shorter side.
    public var attention: [Int] = []
    /// Whether the residual blocks are computed again for the gradients instead of being kept in memory.
    public var checkpointActivations = false
    /// What the discriminators judge: patches or pixels.
    public var discriminator = DiscriminatorArchitecture.patch
    /// Channels after the discriminators' first convolution.
    public var ndf = 64
    /// Convolutions of stride 2 of a patch discriminator.
    public var discriminatorLayers = 3
    /// The normalisation in all four networks; the YAML key is `norm`.
    public var normalization = Normalization.instance
    /// The normalisation in the discriminators, where it differs; needed beside `spectralNorm`.
    public var discriminatorNorm: Normalization?
    /// Whether the convolutions of the discriminators are divided by their spectral norm.
    public var spectralNorm = false
    /// Whether the generators use dropout.
    public var dropout = false
    /// How weights start; the YAML key is `init`.
    public var initialization = WeightInitialization.normal
    /// The scale of the initial weights; `kaiming` has one of its own.
    public var initGain = 0.02
    /// The decay of the moving average of the generators that translates and validates; none by default.
    public var ema: Double?
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
    /// Images of each kind that a discriminator judges per update, a multiple of the batch size; as many as the batch by default.
    public var discriminatorBatch: Int?
    /// What bounds the discriminators' gradient; by default `wgan-gp` with that adversarial objective, else `none`.
    public var gradientPenalty: GradientPenalty?
    /// The weight of the gradient penalty; the published one by default.
    public var gradientPenaltyWeight: Double?
    /// Whether what the discriminators see is augmented, real and generated images alike.
    public var diffAugment = false

    // MARK: Optimisation

    /// Pairs per step.
    public var batchSize = 1
    /// Epochs at the full learning rate.
    public var epochs = 100
    /// Epochs of decay after them.
    public var decayEpochs = 100
    /// The base learning rate of both optimisers.
    public var learningRate = 2e-4
    /// The base learning rate of the generators, where it differs.
    public var learningRateG: Double?
    /// The base learning rate of the discriminators, where it differs.
    public var learningRateD: Double?
    /// Batches whose gradients are averaged in one step.
    public var accumulate = 1
    /// The largest norm of all gradients of an optimiser together; larger ones are scaled down.
    public var clipGradient: Double?
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

    // MARK: Validation and watching

    /// Epochs between two validations, where there are validation images.
    public var validateEvery = 1
    /// The validation metrics that need networks of their own, besides those that need none.
    public var validationMetrics: [NetworkMetric] = []
    /// The validation metric whose best value `checkpoints/best.safetensors` is of.
    public var bestMetric = "cycle"
    /// Epochs without progress of the training's cycle losses after which the run stops; never by default.
    public var earlyStopping: Int?
    /// The validation metric whose progress counts for early stopping, in place of the training's cycle losses.
    public var earlyStoppingMetric: String?
    /// By how much an epoch's cycle losses, weights included, or the validation metric must improve to count as progress.
    public var earlyStoppingMinDelta = 0.0
    /// The epochs before the first that early stopping counts.
    public var earlyStoppingAfter = 0
    /// What to do when the training fails.
    public var onFailure = FailurePolicy.warn
    /// Whether nobody watches for failures.
    public var noDoctor = false
    /// Whether no TensorBoard files are written.
    public var noTensorboard = false

    // MARK: Run

    /// Fixes initial weights, data order and every other random choice.
    public var seed: UInt64 = 0
    /// `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
    public var device = "auto"
    /// Threads of one operation on the CPU; all cores by default.
    public var threads: Int?
    /// The kernels on the CPU; what the process uses by default.
    public var kernels: CPUKernels?
    /// In which precision the networks compute while they are trained.
    public var precision = Precision.f32
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
        case data, domainA, domainB, preprocess, loadSize, cropSize, pairing, noFlip, noFlipA, noFlipB
        case colorJitter, colorJitterA, colorJitterB, rotation, rotationA, rotationB, zoom, zoomA, zoomB, validationFraction
        case masks, composite, maskDiscriminator, maskCycle
        case generator, ngf, downsamplings, upsampling, antialias, attention, checkpointActivations, discriminator, ndf, discriminatorLayers
        case normalization = "norm"
        case discriminatorNorm, spectralNorm, dropout
        case initialization = "init"
        case initGain, ema, pretrained
        case ganMode, adversarialWeight, cycleWeight, cycleWeightA, cycleWeightB, identityWeight, poolSize, discriminatorBatch
        case gradientPenalty, gradientPenaltyWeight, diffAugment
        case batchSize, epochs, decayEpochs, learningRate, learningRateG, learningRateD, accumulate, clipGradient, beta1, beta2
        case learningRatePolicy, learningRateStepEpochs, warmupSteps
        case validateEvery, validationMetrics, bestMetric, earlyStopping, earlyStoppingMetric, earlyStoppingMinDelta, earlyStoppingAfter
        case onFailure, noDoctor, noTensorboard
        case seed, device, threads, kernels, precision, workers, logEvery, sampleEvery, checkpointEvery, checkpointSteps, maxSteps,
            maxMinutes
    }
}
