import ArgumentParser
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Torch
import TorchNN

/// The settings of a training run as flags: the configuration's keys in kebab case.
struct TrainingOptions: ParsableArguments {
    @OptionGroup(title: "Data") var data: DataOptions
    @OptionGroup(title: "Networks") var networks: NetworkOptions
    @OptionGroup(title: "Losses") var losses: LossOptions
    @OptionGroup(title: "Optimisation") var optimization: OptimizationOptions
    @OptionGroup(title: "Validation and watching") var watching: WatchingOptions
    @OptionGroup(title: "Run") var run: RunOptions

    /// The settings that were given.
    var changes: [SettingChange] {
        data.changes + networks.changes + losses.changes + optimization.changes + watching.changes + run.changes
    }

    /// What may change when a run is resumed.
    static let changeableOnResume = WatchingOptions.changeableOnResume.union(RunOptions.changeableOnResume)
}

/// A setting given on the command line.
struct SettingChange {
    /// The flag without dashes.
    let flag: String
    let apply: (inout TrainingConfiguration) -> Void

    /// `nil` when the flag was not given.
    init?<Value>(_ flag: String, _ path: WritableKeyPath<TrainingConfiguration, Value>, _ value: Value?) {
        guard let value else { return nil }
        self.flag = flag
        apply = { $0[keyPath: path] = value }
    }

    /// The same for a setting that may be absent from the configuration.
    init?<Value>(_ flag: String, _ path: WritableKeyPath<TrainingConfiguration, Value?>, _ value: Value?) {
        guard let value else { return nil }
        self.flag = flag
        apply = { $0[keyPath: path] = value }
    }
}

struct NetworkOptions: ParsableArguments {
    @Option(help: "The generators (default: resnet9; resnetN has N blocks).") var generator: GeneratorArchitecture?
    @Option(help: "Channels after the generators' first convolution (default: 64).") var ngf: Int?
    @Option(help: "Halvings before a ResNet generator's residual blocks: 1, 2 or 3 (default: 2).") var downsamplings: Int?
    @Option(help: "How a ResNet generator doubles sizes; resize avoids checkerboards (default: deconv).") var upsampling: Upsampling?
    @Flag(help: "A ResNet generator that blurs where it halves and doubles, as CUT's.") var antialias = false
    @Option(
        help: "Self-attention on a ResNet generator's maps of these sides, such as 64 or 64,32 (default: none).", transform: integers)
    var attention: [Int]?
    @Flag(help: "Compute residual blocks again for the gradients: less memory, more time.") var checkpointActivations = false
    @Option(help: "What the discriminators judge: patches or pixels (default: patch).") var discriminator: DiscriminatorArchitecture?
    @Option(help: "Channels after the discriminators' first convolution (default: 64).") var ndf: Int?
    @Option(help: "Strided convolutions of a patch discriminator (default: 3).") var discriminatorLayers: Int?
    @Option(help: "Normalisation in all networks (default: instance).") var norm: Normalization?
    @Option(help: "Normalisation in the discriminators (default: as --norm; needed beside --spectral-norm).") var discriminatorNorm:
        Normalization?
    @Flag(help: "Spectral normalisation of the discriminators' convolutions.") var spectralNorm = false
    @Option(help: "The decay of a moving average of the generators, such as 0.999, which then validates and translates.") var ema: Double?
    @Flag(help: "Dropout in the generators.") var dropout = false
    @Option(name: .customLong("init"), help: "How weights start (default: normal).") var initialization: WeightInitialization?
    @Option(help: "The scale of the initial weights (default: 0.02).") var initGain: Double?
    @Option(help: "Nets to start from: a folder with latest_net_G_A.pth ... or .safetensors files, a run, or a checkpoint.") var pretrained:
        String?

    var changes: [SettingChange] {
        [
            SettingChange("generator", \.generator, generator), SettingChange("ngf", \.ngf, ngf),
            SettingChange("downsamplings", \.downsamplings, downsamplings), SettingChange("upsampling", \.upsampling, upsampling),
            SettingChange("antialias", \.antialias, antialias ? true : nil), SettingChange("attention", \.attention, attention),
            SettingChange("checkpoint-activations", \.checkpointActivations, checkpointActivations ? true : nil),
            SettingChange("discriminator", \.discriminator, discriminator), SettingChange("ndf", \.ndf, ndf),
            SettingChange("discriminator-layers", \.discriminatorLayers, discriminatorLayers),
            SettingChange("norm", \.normalization, norm), SettingChange("discriminator-norm", \.discriminatorNorm, discriminatorNorm),
            SettingChange("spectral-norm", \.spectralNorm, spectralNorm ? true : nil), SettingChange("ema", \.ema, ema),
            SettingChange("dropout", \.dropout, dropout ? true : nil),
            SettingChange("init", \.initialization, initialization), SettingChange("init-gain", \.initGain, initGain),
            SettingChange("pretrained", \.pretrained, pretrained.map { url($0).path }),
        ].compactMap { $0 }
    }
}

struct LossOptions: ParsableArguments {
    @Option(help: "The adversarial objective (default: lsgan).") var ganMode: GANMode?
    @Option(help: "The weight of the adversarial losses (default: 1).") var adversarialWeight: Double?
    @Option(help: "The weight of both cycle losses (default: 10).") var cycleWeight: Double?
    @Option(help: "The weight of the cycle loss A -> B -> A alone.") var cycleWeightA: Double?
    @Option(help: "The weight of the cycle loss B -> A -> B alone.") var cycleWeightB: Double?
    @Option(help: "The weight of the identity losses, relative to the cycle weight (default: 0.5).") var identityWeight: Double?
    @Option(help: "Generated images remembered per domain (default: 50).") var poolSize: Int?
    @Option(help: "Images of each kind that a discriminator judges per update (default: the batch size).") var discriminatorBatch: Int?
    @Option(help: "What bounds the discriminators' gradient (default: none, but wgan-gp with --gan-mode wgan-gp).") var gradientPenalty:
        GradientPenalty?
    @Option(help: "The weight of the gradient penalty (default: wgan-gp 10, zero-centered 1, r1 10).") var gradientPenaltyWeight: Double?
    @Flag(help: "Augment what the discriminators see: colour, translation, cutout.") var diffAugment = false

    var changes: [SettingChange] {
        [
            SettingChange("gan-mode", \.ganMode, ganMode), SettingChange("adversarial-weight", \.adversarialWeight, adversarialWeight),
            SettingChange("cycle-weight", \.cycleWeight, cycleWeight), SettingChange("cycle-weight-a", \.cycleWeightA, cycleWeightA),
            SettingChange("cycle-weight-b", \.cycleWeightB, cycleWeightB),
            SettingChange("identity-weight", \.identityWeight, identityWeight), SettingChange("pool-size", \.poolSize, poolSize),
            SettingChange("discriminator-batch", \.discriminatorBatch, discriminatorBatch),
            SettingChange("gradient-penalty", \.gradientPenalty, gradientPenalty),
            SettingChange("gradient-penalty-weight", \.gradientPenaltyWeight, gradientPenaltyWeight),
            SettingChange("diff-augment", \.diffAugment, diffAugment ? true : nil),
        ].compactMap { $0 }
    }
}

struct OptimizationOptions: ParsableArguments {
    @Option(help: "Pairs per batch (default: 1).") var batchSize: Int?
    @Option(help: "Batches whose gradients are averaged in one step (default: 1).") var accumulate: Int?
    @Option(help: "Epochs at the full learning rate (default: 100).") var epochs: Int?
    @Option(help: "Epochs of decay after them (default: 100).") var decayEpochs: Int?
    @Option(help: "The learning rate (default: 0.0002).") var learningRate: Double?
    @Option(help: "The learning rate of the generators, where it differs.") var learningRateG: Double?
    @Option(help: "The learning rate of the discriminators, where it differs.") var learningRateD: Double?
    @Option(name: .customLong("beta1"), help: "Adam's decay of the mean (default: 0.5).") var beta1: Double?
    @Option(name: .customLong("beta2"), help: "Adam's decay of the square (default: 0.999).") var beta2: Double?
    @Option(help: "The largest norm of all gradients of one optimiser together; larger ones are scaled down.") var clipGradient: Double?
    @Option(help: "How the learning rate changes over the epochs (default: linear).") var learningRatePolicy: LearningRatePolicy?
    @Option(help: "The period of the step policy in epochs (default: 50).") var learningRateStepEpochs: Int?
    @Option(help: "Steps over which the learning rate rises, such as 1000 (default: 0).") var warmupSteps: Int?

    var changes: [SettingChange] {
        [
            SettingChange("batch-size", \.batchSize, batchSize), SettingChange("accumulate", \.accumulate, accumulate),
            SettingChange("epochs", \.epochs, epochs), SettingChange("decay-epochs", \.decayEpochs, decayEpochs),
            SettingChange("learning-rate", \.learningRate, learningRate), SettingChange("learning-rate-g", \.learningRateG, learningRateG),
            SettingChange("learning-rate-d", \.learningRateD, learningRateD), SettingChange("beta1", \.beta1, beta1),
            SettingChange("beta2", \.beta2, beta2), SettingChange("clip-gradient", \.clipGradient, clipGradient),
            SettingChange("learning-rate-policy", \.learningRatePolicy, learningRatePolicy),
            SettingChange("learning-rate-step-epochs", \.learningRateStepEpochs, learningRateStepEpochs),
            SettingChange("warmup-steps", \.warmupSteps, warmupSteps),
        ].compactMap { $0 }
    }
}

struct WatchingOptions: ParsableArguments {
    @Option(help: "Epochs between two validations, where there are validation images (default: 1).") var validateEvery: Int?
    @Option(help: "Validation metrics with networks of their own, such as kid,fid,lpips (default: none).", transform: networkMetrics)
    var validationMetrics: [NetworkMetric]?
    @Option(help: "The validation metric that chooses the best checkpoint (default: cycle).") var bestMetric: String?
    @Option(help: "Stop after so many epochs in which the training's cycle losses have not fallen, such as 10 (default: never).")
    var earlyStopping: Int?
    @Option(help: "The validation metric whose progress counts instead of the cycle losses, such as kidB.")
    var earlyStoppingMetric: String?
    @Option(help: "By how much an epoch's losses or metric must improve to count (default: 0).") var earlyStoppingMinDelta: Double?
    @Option(help: "Epochs before early stopping counts (default: 0).") var earlyStoppingAfter: Int?
    @Option(help: "When the training fails: warn, stop, or rollback to the last good checkpoint (default: warn).") var onFailure:
        FailurePolicy?
    @Flag(help: "Do not watch for failures.") var noDoctor = false
    @Flag(help: "Write no TensorBoard files.") var noTensorboard = false

    var changes: [SettingChange] {
        [
            SettingChange("validate-every", \.validateEvery, validateEvery), SettingChange("best-metric", \.bestMetric, bestMetric),
            SettingChange("validation-metrics", \.validationMetrics, validationMetrics),
            SettingChange("early-stopping", \.earlyStopping, earlyStopping),
            SettingChange("early-stopping-metric", \.earlyStoppingMetric, earlyStoppingMetric),
            SettingChange("early-stopping-min-delta", \.earlyStoppingMinDelta, earlyStoppingMinDelta),
            SettingChange("early-stopping-after", \.earlyStoppingAfter, earlyStoppingAfter),
            SettingChange("on-failure", \.onFailure, onFailure), SettingChange("no-doctor", \.noDoctor, noDoctor ? true : nil),
            SettingChange("no-tensorboard", \.noTensorboard, noTensorboard ? true : nil),
        ].compactMap { $0 }
    }

    static let changeableOnResume: Set<String> = [
        "validate-every", "early-stopping", "early-stopping-min-delta", "early-stopping-after", "on-failure", "no-tensorboard",
    ]
}

struct RunOptions: ParsableArguments {
    @Option(help: "Fixes initial weights, data order and every other random choice (default: 0).") var seed: UInt64?
    @Option(help: "auto, cpu, cuda, cuda:N or mps (default: auto).") var device: String?
    @Option(help: "Threads of one operation on the CPU (default: all cores).") var threads: Int?
    @Option(help: "Kernels on the CPU: auto, accurate or libtorch (default: CYCLEGAN_KERNELS, or auto).") var kernels: CPUKernels?
    @Option(help: "Precision of the networks while training: f32, bf16, or on GPUs f16 (default: f32).") var precision: Precision?
    @Option(help: "Threads that prepare images ahead of the step (default: 2).") var workers: Int?
    @Option(help: "Steps between two log lines (default: 20).") var logEvery: Int?
    @Option(help: "Steps between two sets of sample pictures (default: 100).") var sampleEvery: Int?
    @Option(help: "Epochs between two checkpoints (default: 5).") var checkpointEvery: Int?
    @Option(help: "Steps between two checkpoints, besides those by epochs.") var checkpointSteps: Int?
    @Option(help: "Steps of the whole run, where fewer than all epochs.") var maxSteps: Int?
    @Option(help: "Minutes after which to save and stop.") var maxMinutes: Double?

    var changes: [SettingChange] {
        [
            SettingChange("seed", \.seed, seed), SettingChange("device", \.device, device), SettingChange("threads", \.threads, threads),
            SettingChange("kernels", \.kernels, kernels), SettingChange("precision", \.precision, precision),
            SettingChange("workers", \.workers, workers), SettingChange("log-every", \.logEvery, logEvery),
            SettingChange("sample-every", \.sampleEvery, sampleEvery),
            SettingChange("checkpoint-every", \.checkpointEvery, checkpointEvery),
            SettingChange("checkpoint-steps", \.checkpointSteps, checkpointSteps), SettingChange("max-steps", \.maxSteps, maxSteps),
            SettingChange("max-minutes", \.maxMinutes, maxMinutes),
        ].compactMap { $0 }
    }

    static let changeableOnResume: Set<String> = [
        "epochs", "decay-epochs", "max-steps", "max-minutes", "device", "threads", "kernels", "workers", "log-every", "sample-every",
        "checkpoint-every", "checkpoint-steps",
    ]
}
