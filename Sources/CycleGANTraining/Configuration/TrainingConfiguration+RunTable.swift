import Settings
import Torch
import TorchNN

extension TrainingConfiguration {
    package static let mostEpochs = 1_000_000
    // Products of two of them must stay within an Int.
    static let mostSteps = 1_000_000_000_000
    static let mostMinutes = 10_000_000.0
    /// How many threads one operation may have.
    public static let possibleThreads = 1...1024

    static let optimizationTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "batchSize", \.optimization.batchSize, .optimization, allowed: .in(1...4096), onResume: .fixed, help: "Samples per batch."),
        Setting(
            "accumulate", \.optimization.accumulate, .optimization, allowed: .in(1...4096), onResume: .fixed,
            help: "Batches whose gradients are averaged in one step."),
        Setting(
            "epochs", \.optimization.epochs, .optimization, allowed: .in(0...mostEpochs), onResume: .changeable,
            help: "Epochs at the full learning rate."),
        Setting(
            "decayEpochs", \.optimization.decayEpochs, .optimization, allowed: .in(0...mostEpochs), onResume: .changeable,
            help: "Epochs of decay after them."),
        Setting(
            "learningRate", \.optimization.learningRate, .optimization, allowed: .above(0), onResume: .fixed, help: "The learning rate."),
        Setting(
            "learningRateG", \.optimization.learningRateG, .optimization, allowed: .above(0), onResume: .fixed, absence: "as learningRate",
            help: "The learning rate of the generators, where it differs."),
        Setting(
            "learningRateD", \.optimization.learningRateD, .optimization, allowed: .above(0), onResume: .fixed, absence: "as learningRate",
            help: "The learning rate of the discriminators, where it differs."),
        Setting("beta1", \.optimization.beta1, .optimization, allowed: .in(0..<1), onResume: .fixed, help: "Adam's decay of the mean."),
        Setting("beta2", \.optimization.beta2, .optimization, allowed: .in(0..<1), onResume: .fixed, help: "Adam's decay of the square."),
        Setting(
            "clipGradient", \.optimization.clipGradient, .optimization, allowed: .above(0), onResume: .fixed, absence: "none",
            help: "The largest norm of all gradients of one optimiser together; larger ones are scaled down."),
        Setting(
            "learningRatePolicy", \.optimization.learningRatePolicy, .optimization, onResume: .fixed,
            help: "How the learning rate changes over the epochs."),
        Setting(
            "learningRateStepEpochs", \.optimization.learningRateStepEpochs, .optimization, allowed: .in(1...mostEpochs), onResume: .fixed,
            help: "The period of the step policy in epochs."),
        Setting(
            "warmupSteps", \.optimization.warmupSteps, .optimization, allowed: .in(0...mostSteps), onResume: .fixed,
            help: "Steps over which the learning rate rises, such as 1000."),
    ]

    static let validationTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "validateEvery", \.validation.validateEvery, .validation, allowed: .in(1...mostEpochs), onResume: .changeable,
            help: "Epochs between two validations, where there are validation images."),
        Setting(
            "validationMetrics", \.validation.validationMetrics, .validation, allowed: .distinct(), onResume: .fixed,
            help: "Validation metrics with networks of their own, such as kid,lpips."),
        Setting(
            "bestMetric", \.validation.bestMetric, .validation, onResume: .fixed, absence: "the objective's own, such as cycle",
            help: "The validation metric that chooses the best checkpoint."),
        Setting(
            "earlyStopping", \.validation.earlyStopping, .validation, allowed: .in(1...mostEpochs), onResume: .changeable, absence: "never",
            help: "Stop after that many epochs without a better validation, or without lower losses, such as 10."),
        Setting(
            "earlyStoppingMetric", \.validation.earlyStoppingMetric, .validation, onResume: .fixed,
            absence: "as bestMetric, or the losses without validation",
            help: "The validation metric whose progress counts for early stopping, such as kid."),
        Setting(
            "earlyStoppingMinDelta", \.validation.earlyStoppingMinDelta, .validation, allowed: .atLeast(0), onResume: .changeable,
            help: "By how much an epoch's losses or metric must improve to count."),
        Setting(
            "earlyStoppingAfter", \.validation.earlyStoppingAfter, .validation, allowed: .in(0...mostEpochs), onResume: .changeable,
            help: "Epochs before early stopping counts."),
        Setting(
            "onFailure", \.validation.onFailure, .validation, onResume: .changeable,
            help: "When the training fails: warn, stop, or rollback to the last good checkpoint."),
        Setting("doctor", \.validation.doctor, .validation, onResume: .fixed, help: "Watch for failures."),
    ]

    static let runTable: [Setting<TrainingConfiguration>] = [
        Setting("seed", \.run.seed, .run, onResume: .fixed, help: "Fixes initial weights, data order and every other random choice."),
        Setting("device", \.run.device, .run, onResume: .changeable, help: "auto, cpu, cuda, cuda:N or mps."),
        Setting(
            "threads", \.run.threads, .run, allowed: .in(possibleThreads), onResume: .changeable, absence: "all cores",
            help: "Threads of one operation on the CPU."),
        Setting(
            "kernels", \.run.kernels, .run, onResume: .changeable, absence: "CYCLEGAN_KERNELS, or auto", help: "Kernels on the CPU."),
        Setting(
            "precision", \.run.precision, .run, onResume: .fixed, help: "Precision of the networks while training; f16 on GPUs alone."),
        Setting(
            "workers", \.run.workers, .run, allowed: .in(1...256), onResume: .changeable,
            help: "Threads that prepare images ahead of the step."),
        Setting(
            "logEvery", \.run.logEvery, .run, allowed: .in(1...mostSteps), onResume: .changeable, help: "Steps between two log lines."),
        Setting(
            "sampleEvery", \.run.sampleEvery, .run, allowed: .in(1...mostSteps), onResume: .changeable,
            help: "Steps between two sets of sample pictures."),
        Setting(
            "fullSizeSamples", \.run.fullSizeSamples, .run, onResume: .changeable,
            help: "Write sample sheets at full size as PNG; else as JPEG with pictures of at most 256 pixels."),
        Setting(
            "checkpointEvery", \.run.checkpointEvery, .run, allowed: .in(1...mostEpochs), onResume: .changeable,
            help: "Epochs between two checkpoints."),
        Setting(
            "checkpointSteps", \.run.checkpointSteps, .run, allowed: .in(1...mostSteps), onResume: .changeable, absence: "none",
            help: "Steps between two checkpoints, besides those by epochs."),
        Setting(
            "checkpointMinutes", \.run.checkpointMinutes, .run, allowed: .in(0...mostMinutes), onResume: .changeable,
            help: "Minutes between two checkpoints, besides those by epochs; 0 for none by time."),
        Setting(
            "keepModels", \.run.keepModels, .run, allowed: .in(1...mostEpochs), onResume: .changeable, absence: "all",
            help: "How many epochs' weights to keep in models, the latest ones."),
        Setting(
            "maxSteps", \.run.maxSteps, .run, allowed: .in(1...mostSteps), onResume: .changeable, absence: "none",
            help: "Steps of the whole run, where fewer than all epochs."),
        Setting(
            "maxMinutes", \.run.maxMinutes, .run, allowed: .above(0, upTo: mostMinutes), onResume: .changeable, absence: "none",
            help: "Minutes after which to save and stop."),
        Setting(
            "note", \.run.note, .run, onResume: .changeable, absence: "none", help: "What the models' files say of them; info shows it."),
        Setting(
            "licence", \.run.licence, .run, onResume: .changeable, absence: "none",
            help: "The licence that the models' files name."),
        Setting("tensorboard", \.run.tensorboard, .run, onResume: .changeable, help: "Write TensorBoard files."),
    ]
}
