import Checkpoints
import CycleGANModels
import Datasets
import Imaging
import Support
import Torch
import TorchNN

/// Two generators and two discriminators trained together on unpaired images.
///
/// Zhu et al., "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", arXiv 1703.10593.
/// `generatorAB` turns images of domain A into domain B; `discriminatorB` judges images of domain B.
public final class CycleGAN: TrainingObjective {
    /// How much each loss counts. Every weight is applied once.
    struct LossWeights {
        /// Of both adversarial losses of the generators.
        let adversarial: Double
        /// Of A -> B -> A against A.
        let cycleA: Double
        /// Of B -> A -> B against B.
        let cycleB: Double
        /// Relative to the cycle weight of the same domain, as the reference has it: 0.5 × 10 = 5 in effect.
        let identity: Double
        /// Of both gradient penalties of the discriminators.
        let gradientPenalty: Double
    }

    /// Images of A to images of B.
    public let generatorAB: any Layer
    /// Images of B to images of A.
    public let generatorBA: any Layer
    /// Scores of images of A.
    public let discriminatorA: any Layer
    /// Scores of images of B.
    public let discriminatorB: any Layer
    /// Over the parameters of both generators.
    public let generatorOptimizer: Adam
    /// Over the parameters of both discriminators.
    public let discriminatorOptimizer: Adam
    /// Earlier generated images of domain A.
    public let poolA: ImagePool
    /// Earlier generated images of domain B.
    public let poolB: ImagePool
    let descriptions: (ab: GeneratorDescription, ba: GeneratorDescription)
    let weights: LossWeights
    let ganMode: GANMode
    let gradientPenalty: GradientPenalty
    let masking: MaskConfiguration
    /// The largest norm of the gradient of one optimiser's parameters, if there is one.
    let gradientLimit: Double?
    let diffAugmentation: DiffAugmentation?
    let precision: Precision
    private let device: Device
    /// With float16 only.
    var scaler: GradientScaler?
    /// Whether the networks give an image the same output in any batch, and draw or count nothing on the way.
    let isBatchIndependent: (generators: Bool, discriminators: Bool)
    /// The slowly following copies of both generators, where they are on.
    private let averages: [ExponentialMovingAverage]
    private let random: TorchRandom
    /// For what is drawn on the way to the discriminators: differentiable augmentation, points of gradient penalties.
    let discriminatorRandom: TorchRandom

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        let seed = configuration.seed
        random = TorchRandom(seed: seed)
        discriminatorRandom = TorchRandom(seed: SplitMix64(seed: seed, 3).state)
        let initialization = configuration.initialization
        descriptions = configuration.generatorDescriptions
        generatorAB = descriptions.ab.configuration.makeGenerator(initialization: nil, random: random)
        generatorBA = descriptions.ba.configuration.makeGenerator(initialization: nil, random: random)
        discriminatorA = configuration.discriminatorConfiguration(judging: .a).makeDiscriminator(initialization: nil, random: random)
        discriminatorB = configuration.discriminatorConfiguration(judging: .b).makeDiscriminator(initialization: nil, random: random)
        for network in [generatorAB, generatorBA, discriminatorA, discriminatorB] {
            initialization.apply(to: network, gain: configuration.initGain, using: random)
            network.convert(to: dtype)
            network.move(to: device)
            // cuDNN's fastest kernels want it so; it takes the images' order from the weights'.
            if case .cuda = device { network.storeChannelsLast() }
        }
        for case let generator as ResnetGenerator in [generatorAB, generatorBA] {
            generator.checkpointsActivations = configuration.checkpointActivations
        }
        let averaged = [(generatorAB, descriptions.ab), (generatorBA, descriptions.ba)]
        averages =
            configuration.ema.map { decay in
                averaged.map { source, description in
                    let copy = description.configuration.makeGenerator(initialization: nil)
                    copy.convert(to: dtype)
                    copy.move(to: device)
                    return ExponentialMovingAverage(of: source, in: copy, decay: decay)
                }
            } ?? []
        let betas = (configuration.beta1, configuration.beta2)
        func optimizer(_ networks: [(String, any Layer)], _ rate: Double?) -> Adam {
            Adam(groups: [(networks.flatMap(Self.named), rate ?? configuration.learningRate)], betas: betas)
        }
        generatorOptimizer = optimizer([("generatorAB", generatorAB), ("generatorBA", generatorBA)], configuration.learningRateG)
        discriminatorOptimizer = optimizer(
            [("discriminatorA", discriminatorA), ("discriminatorB", discriminatorB)], configuration.learningRateD)
        poolA = ImagePool(capacity: configuration.poolSize, random: SplitMix64(seed: seed, 1))
        poolB = ImagePool(capacity: configuration.poolSize, random: SplitMix64(seed: seed, 2))
        weights = configuration.lossWeights
        hasIdentityLoss = configuration.hasIdentityLoss
        ganMode = configuration.ganMode
        gradientPenalty = configuration.effectiveGradientPenalty
        masking = configuration.masking
        gradientLimit = configuration.clipGradient
        precision = configuration.precision
        self.device = device
        scaler = precision == .f16 ? GradientScaler() : nil
        isBatchIndependent = (
            configuration.normalization != .batch && !configuration.dropout,
            configuration.effectiveDiscriminatorNorm != .batch && !configuration.spectralNorm
        )
        diffAugmentation = configuration.diffAugment ? DiffAugmentation(random: discriminatorRandom) : nil
    }

    /// What a network makes of its input in the run's precision, as numbers of the input's type.
    func autocasting(_ input: Tensor, _ network: (Tensor) -> Tensor) -> Tensor {
        precision == .f32 ? network(input) : withAutocast(precision.autocastType, on: device) { network(input) }.to(input.dtype)
    }

    private static func named(_ prefix: String, _ network: any Layer) -> [(name: String, tensor: Tensor)] {
        network.namedParameters.map { ("\(prefix).\($0.name)", $0.tensor) }
    }

    public var networks: [(name: String, module: any Layer)] {
        [
            ("generatorAB", generatorAB), ("generatorBA", generatorBA), ("discriminatorA", discriminatorA),
            ("discriminatorB", discriminatorB),
        ]
    }

    public var optimizers: [(name: String, optimizer: Adam)] {
        [("generators", generatorOptimizer), ("discriminators", discriminatorOptimizer)]
    }

    /// The generators that translate: the averages where they are on, else the trained ones.
    var inferenceGenerators: (ab: any Layer, ba: any Layer) {
        averages.isEmpty ? (generatorAB, generatorBA) : (averages[0].network, averages[1].network)
    }

    public var publishedGenerators: [(name: String, module: any Layer, description: GeneratorDescription)] {
        [("generatorAB", inferenceGenerators.ab, descriptions.ab), ("generatorBA", inferenceGenerators.ba, descriptions.ba)]
    }

    /// Whether images of the target domain are to be left alone.
    public let hasIdentityLoss: Bool

    public var notices: [String] {
        guard weights.identity > 0, !hasIdentityLoss else { return [] }
        let (a, b) = (descriptions.ab.inputDomain.channels, descriptions.ab.outputDomain.channels)
        return ["the identity losses are off: they compare a generator's input and output, and domain A has \(a) channels, B has \(b)"]
    }

    public var monitoredLosses: [String] { ["cycleA", "cycleB"] }

    public var lossNames: [String] {
        ["adversarialAB", "adversarialBA", "cycleA", "cycleB"] + (hasIdentityLoss ? ["identityA", "identityB"] : [])
            + ["discriminatorA", "discriminatorB"]
            + (gradientPenalty == .none ? [] : ["gradientPenaltyA", "gradientPenaltyB"])
    }

    /// Lets the averages of the generators follow the weights of a step.
    func updateAverages() {
        for average in averages { average.update() }
    }

    /// Starts the averages of the generators anew, after weights were loaded into these.
    public func synchronizeAverages() {
        for average in averages { average.synchronize() }
    }
}

// MARK: - Checkpoint

extension CycleGAN {
    public func saveState(to checkpoint: inout StateDict) {
        for (name, pool) in [("poolA", poolA), ("poolB", poolB)] {
            for (index, image) in pool.images.enumerated() { checkpoint["\(name).\(index)"] = image }
            checkpoint.metadata["\(name).random"] = String(pool.random.state)
        }
        if let scaler { checkpoint["gradientScaler"] = scaler.state }
        checkpoint["random.networks"] = random.state
        checkpoint["random.judging"] = discriminatorRandom.state
        for (name, average) in zip(["generatorAB", "generatorBA"], averages) {
            for (key, tensor) in average.network.namedTensors { checkpoint["averages.\(name).\(key)"] = tensor }
        }
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        for (name, pool) in [("poolA", poolA), ("poolB", poolB)] {
            var images: [Tensor] = []
            while let image = checkpoint["\(name).\(images.count)"] {
                guard image.rank == 4, image.shape[0] == 1, images.count < pool.capacity else {
                    throw CheckpointStateError(
                        file: file,
                        problem: "\(name).\(images.count) of shape \(image.shape) is none of the \(pool.capacity) images of a pool; "
                            + "the file is damaged")
                }
                images.append(image.to(generatorAB.parameters[0].device))
            }
            pool.restore(images: images, random: try checkpoint.randomState("\(name).random", file: file))
        }
        if scaler != nil {
            guard let restored = GradientScaler(state: try checkpoint.tensor("gradientScaler", file: file)) else {
                throw CheckpointStateError(
                    file: file,
                    problem: "gradientScaler is not a scale above 0 and a number of steps below 2000; the file is damaged")
            }
            scaler = restored
        }
        try random.restore(checkpoint.tensor("random.networks", file: file))
        // A checkpoint of an earlier version has none, and no option that draws from it.
        if let state = checkpoint["random.judging"] { try discriminatorRandom.restore(state) }
        for (name, average) in zip(["generatorAB", "generatorBA"], averages) {
            try average.network.load(checkpoint.below("averages.\(name)"), source: "\(file) (average of \(name))")
        }
    }
}
