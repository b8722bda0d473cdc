import Settings

extension SampleConfiguration {
    public static let table = dataTable + domainTable + networkTable + objectiveTable + optimizationTable + runTable

    private static let dataTable: [Setting<SampleConfiguration>] = [
        Setting("data", \.data.folder, .data, onResume: .fixed, hasFlag: false, help: "The folder with trainA and trainB."),
        Setting("loadSize", \.data.loadSize, .data, onResume: .fixed, help: "The size that images are resized to before the crop."),
        Setting("pairing", \.data.pairing, .data, onResume: .fixed, help: "B drawn at random, or both in file order."),
        Setting("masks", \.data.masks, .data, onResume: .fixed, help: "Use the masks of the images: the region of each to change."),
        Setting(
            "validationFraction", \.data.validationFraction, .data, allowed: .fraction(upTo: 0.5), onResume: .fixed,
            help: "The share of the training images held out for validation."),
    ]

    private static let domainTable: [Setting<SampleConfiguration>] = [
        .perDomain("channels", \.domains.channels, .domains, allowed: .in(1...64), onResume: .fixed, help: "Channels of the images."),
        .perDomain("bitDepth", \.domains.bitDepth, .domains, onResume: .fixed, help: "Bits per sample; 32 is float."),
        .perDomain(
            "range", \.domains.range, .domains, onResume: .fixed, absence: "all values of the bit depth", help: "The values that are used."),
        .perDomain("flip", \.domains.flip, .domains, onResume: .fixed, help: "Mirror training images left to right at random."),
        .perDomain(
            "colorJitter", \.domains.colorJitter, .domains, onResume: .fixed, absence: "none",
            help: "Random brightness, contrast, saturation and hue."),
    ]

    private static let networkTable: [Setting<SampleConfiguration>] = [
        Setting("generator", \.networks.generator, .networks, onResume: .fixed, help: "The generators."),
        Setting(
            "attention", \.networks.attention, .networks,
            allowed: .matching("sides from 8 in pixels, each once, such as [64, 32]") { sides in
                Set(sides).count == sides.count && sides.allSatisfy { $0 >= 8 }
            },
            onResume: .fixed, help: "Self-attention on a generator's maps of these sides."),
    ]

    private static let objectiveTable: [Setting<SampleConfiguration>] = [
        Setting("objective", \.objective.name, .objective, onResume: .fixed, help: "What is trained."),
        .perDomain(
            "cycleWeight", \.objective.cycleWeight, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.cycleGAN],
            help: "The weight of the cycle loss that begins in a domain."),
        Setting(
            "nceWeight", \.objective.nceWeight, .objective, allowed: .above(0), onResume: .fixed, of: [.cut, .fastCUT],
            help: "The weight of the contrastive losses."),
    ]

    private static let optimizationTable: [Setting<SampleConfiguration>] = [
        Setting(
            "epochs", \.optimization.epochs, .optimization, allowed: .in(0...1_000_000), onResume: .changeable,
            help: "Epochs at the full learning rate."),
        Setting(
            "learningRate", \.optimization.learningRate, .optimization, allowed: .above(0), onResume: .fixed, help: "The learning rate."),
        Setting(
            "clipGradient", \.optimization.clipGradient, .optimization, allowed: .above(0), onResume: .fixed, absence: "none",
            help: "The largest norm of an optimiser's gradient; larger ones are scaled down."),
    ]

    private static let runTable: [Setting<SampleConfiguration>] = [
        Setting("seed", \.run.seed, .run, onResume: .fixed, help: "Fixes initial weights, data order and every other random choice."),
        Setting("device", \.run.device, .run, onResume: .changeable, help: "auto, cpu, cuda, cuda:N or mps."),
        Setting(
            "threads", \.run.threads, .run, allowed: .in(1...1024), onResume: .changeable, absence: "all cores",
            help: "Threads of one operation on the CPU."),
        Setting(
            "metrics", \.run.metrics, .run, allowed: .distinct(), onResume: .changeable,
            help: "Validation metrics with networks of their own."),
        Setting("tensorboard", \.run.tensorboard, .run, onResume: .changeable, help: "Write TensorBoard files."),
    ]
}
