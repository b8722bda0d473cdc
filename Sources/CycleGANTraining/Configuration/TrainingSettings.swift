import Torch
import TorchNN

/// How weights change.
public struct OptimizationSettings: Equatable, Sendable {
    /// Samples per batch.
    public var batchSize = 1
    /// Batches whose gradients are averaged in one step.
    public var accumulate = 1
    /// Epochs at the full learning rate.
    public var epochs = 100
    /// Epochs of decay after them.
    public var decayEpochs = 100
    /// The base learning rate of all optimisers.
    public var learningRate = 2e-4
    /// The base learning rate of the generators, where it differs.
    public var learningRateG: Double?
    /// The base learning rate of the discriminators, where it differs.
    public var learningRateD: Double?
    /// Adam's decay of the mean of the gradients.
    public var beta1 = 0.5
    /// Adam's decay of their square.
    public var beta2 = 0.999
    /// The largest norm of all gradients of an optimiser together; larger ones are scaled down.
    public var clipGradient: Double?
    /// How the learning rate changes over the epochs.
    public var learningRatePolicy = LearningRatePolicy.linear
    /// The period of the `step` policy in epochs.
    public var learningRateStepEpochs = 50
    /// Steps over which the learning rate rises linearly.
    public var warmupSteps = 0
}

/// How the training is watched.
public struct ValidationSettings: Equatable, Sendable {
    /// Epochs between two validations, where there are validation images.
    public var validateEvery = 1
    /// The validation metrics that need networks of their own, besides those that need none.
    public var validationMetrics: [NetworkMetric] = []
    /// The validation metric whose best value `checkpoints/best.safetensors` is of; the objective's own by default.
    public var bestMetric: String?
    /// Epochs without progress after which the run stops; never by default.
    public var earlyStopping: Int?
    /// The validation metric whose progress counts for early stopping, in place of the training's own losses.
    public var earlyStoppingMetric: String?
    /// By how much an epoch's losses, weights included, or the validation metric must improve to count as progress.
    public var earlyStoppingMinDelta = 0.0
    /// The epochs before the first that early stopping counts.
    public var earlyStoppingAfter = 0
    /// What to do when the training fails.
    public var onFailure = FailurePolicy.warn
    /// Whether the training is watched for failures.
    public var doctor = true
}

/// Where and how the run goes.
public struct RunSettings: Equatable, Sendable {
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
    /// Whether the sheets of sample pictures keep their pictures' size, as PNG files.
    public var fullSizeSamples = false
    /// Epochs between two checkpoints.
    public var checkpointEvery = 5
    /// Minutes between two checkpoints, besides those by epochs; 0 for none. More where saving would take over 1 % of the time.
    public var checkpointMinutes = 10.0
    /// How many epochs' weights are kept in `models`, the latest ones; all by default.
    public var keepModels: Int?
    /// Steps between two checkpoints, besides those by epochs.
    public var checkpointSteps: Int?
    /// Optimiser steps of the whole run, where fewer than all epochs.
    public var maxSteps: Int?
    /// Minutes of wall-clock time after which this process saves and stops.
    public var maxMinutes: Double?
    /// What the models' files say of them.
    public var note: String?
    /// The licence of the models: its name, or its text.
    public var licence: String?
    /// Whether TensorBoard files are written.
    public var tensorboard = true
}
