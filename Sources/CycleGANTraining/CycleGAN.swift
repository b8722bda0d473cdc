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
    let weights: LossWeights
    let ganMode: GANMode
    private let descriptions: (ab: GeneratorDescription, ba: GeneratorDescription)
    private let random: TorchRandom

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        let seed = configuration.seed
        random = TorchRandom(seed: seed)
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
        }
        let betas = (configuration.beta1, configuration.beta2)
        generatorOptimizer = Adam(
            groups: [
                (Self.named("generatorAB", generatorAB) + Self.named("generatorBA", generatorBA), configuration.learningRate)
            ], betas: betas)
        discriminatorOptimizer = Adam(
            groups: [
                (Self.named("discriminatorA", discriminatorA) + Self.named("discriminatorB", discriminatorB), configuration.learningRate)
            ], betas: betas)
        poolA = ImagePool(capacity: configuration.poolSize, random: SplitMix64(seed: seed, 1))
        poolB = ImagePool(capacity: configuration.poolSize, random: SplitMix64(seed: seed, 2))
        weights = configuration.lossWeights
        ganMode = configuration.ganMode
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

    public var publishedGenerators: [(name: String, module: any Layer, description: GeneratorDescription)] {
        [("generatorAB", generatorAB, descriptions.ab), ("generatorBA", generatorBA, descriptions.ba)]
    }

    /// A generator can be asked to leave an image of its target domain alone only when that image fits its input.
    public var hasIdentityLoss: Bool {
        weights.identity > 0 && descriptions.ab.configuration.inputChannels == descriptions.ab.configuration.outputChannels
    }

    public var notices: [String] {
        guard weights.identity > 0, !hasIdentityLoss else { return [] }
        let (a, b) = (descriptions.ab.configuration.inputChannels, descriptions.ab.configuration.outputChannels)
        return ["the identity losses are off: they compare a generator's input and output, and domain A has \(a) channels, B has \(b)"]
    }

    public var monitoredLosses: [String] { ["cycleA", "cycleB"] }

    public var lossNames: [String] {
        ["adversarialAB", "adversarialBA", "cycleA", "cycleB"] + (hasIdentityLoss ? ["identityA", "identityB"] : [])
            + ["discriminatorA", "discriminatorB"]
    }

    public func saveState(to checkpoint: inout StateDict) {
        for (name, pool) in [("poolA", poolA), ("poolB", poolB)] {
            for (index, image) in pool.images.enumerated() { checkpoint["\(name).\(index)"] = image }
            checkpoint.metadata["\(name).random"] = String(pool.random.state)
        }
        checkpoint["random.networks"] = random.state
    }

    public func restoreState(from checkpoint: StateDict) throws {
        for (name, pool) in [("poolA", poolA), ("poolB", poolB)] {
            var images: [Tensor] = []
            while let image = checkpoint["\(name).\(images.count)"] {
                images.append(image.to(device))
            }
            pool.restore(images: images, random: try checkpoint.randomState("\(name).random"))
        }
        try random.restore(checkpoint.tensor("random.networks"))
    }

    private var device: Device { generatorAB.parameters[0].device }
}
