import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Support
import Torch
import TorchNN

/// Two generators and two discriminators trained together on unpaired images.
///
/// Zhu et al., "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", arXiv 1703.10593.
/// `generatorAB` turns images of domain A into domain B; `adversaryB` judges images of domain B.
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
        /// Of translations against the true images of pairs; nil without pairs.
        let pair: Double?
        /// Of translations against their images at strength 0; nil without a strength.
        let strength: Double?

        init(_ configuration: TrainingConfiguration) {
            adversarial = configuration.objective.adversarialWeight
            cycleA = configuration.cycleGAN.effectiveCycleWeightA
            cycleB = configuration.cycleGAN.effectiveCycleWeightB
            identity = configuration.cycleGAN.identityWeight
            pair = configuration.cycleGAN.pairs == nil ? nil : configuration.cycleGAN.pairWeight
            strength = configuration.objective.strength ? configuration.objective.strengthWeight : nil
        }
    }

    /// The domains that are called A and B.
    let domains: (a: Domain, b: Domain)
    /// Images of A to images of B.
    public let generatorAB: AveragedGenerator
    /// Images of B to images of A.
    public let generatorBA: AveragedGenerator
    /// The discriminator of images of A, with the pool of earlier ones.
    public let adversaryA: Adversary
    /// The discriminator of images of B, with the pool of earlier ones.
    public let adversaryB: Adversary
    /// Over the parameters of both generators.
    public let generatorOptimizer: Adam
    /// Over the parameters of both discriminators.
    public let discriminatorOptimizer: Adam
    /// Whether images of the target domain are to be left alone.
    public let hasIdentityLoss: Bool
    public let monitoring: Monitoring
    let optimization: OptimizationStep
    let weights: LossWeights
    let cycleSchedule: CycleSchedule
    /// The share of the run that is over.
    var progress = 0.0
    let masking: MaskConfiguration
    /// Whether the generators give an image the same output in any batch, and draw or count nothing on the way.
    let areGeneratorsBatchIndependent: Bool
    /// Draws how strongly images are translated.
    var strengths: SplitMix64
    private let random: TorchRandom
    private let discriminatorRandom: TorchRandom

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        let (a, b) = (TrainingConfiguration.domains[0], TrainingConfiguration.domains[1])
        domains = (a, b)
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        random = networks.random
        // In this order, which decides the initial weights.
        generatorAB = networks.generator("generatorAB", Translation(from: a, to: b))
        generatorBA = networks.generator("generatorBA", Translation(from: b, to: a))
        discriminatorRandom = TorchRandom(seed: SplitMix64(seed: configuration.run.seed, 3).state)
        optimization = OptimizationStep(
            precision: configuration.run.precision, device: device, gradientLimit: configuration.optimization.clipGradient)
        adversaryA = networks.adversary("A", of: a, poolStream: 1, optimization: optimization, random: discriminatorRandom)
        adversaryB = networks.adversary("B", of: b, poolStream: 2, optimization: optimization, random: discriminatorRandom)
        generatorOptimizer = networks.optimizer(
            [NamedNetwork("generatorAB", generatorAB.network), NamedNetwork("generatorBA", generatorBA.network)],
            learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = networks.optimizer(
            [NamedNetwork("discriminatorA", adversaryA.network), NamedNetwork("discriminatorB", adversaryB.network)],
            learningRate: configuration.optimization.learningRateD)
        weights = LossWeights(configuration)
        cycleSchedule = CycleSchedule(decay: configuration.cycleGAN.cycleDecay, features: configuration.cycleGAN.cycleFeatures)
        hasIdentityLoss = configuration.hasIdentityLoss
        masking = configuration.masking
        areGeneratorsBatchIndependent = configuration.networks.normalization != .batch && !configuration.networks.dropout
        strengths = SplitMix64(seed: configuration.run.seed, 7)
        monitoring = configuration.monitoring
    }

    public var networks: [NamedNetwork] {
        [
            NamedNetwork("generatorAB", generatorAB.network), NamedNetwork("generatorBA", generatorBA.network),
            NamedNetwork("discriminatorA", adversaryA.network), NamedNetwork("discriminatorB", adversaryB.network),
        ]
    }

    public var optimizers: [NamedOptimizer] {
        [NamedOptimizer("generators", generatorOptimizer), NamedOptimizer("discriminators", discriminatorOptimizer)]
    }

    public var publishedGenerators: [PublishedGenerator] { [generatorAB.published, generatorBA.published] }

    public var notices: [String] {
        guard weights.identity > 0, !hasIdentityLoss else { return [] }
        let channels = (generatorAB.description.images(of: domains.a).channels, generatorAB.description.images(of: domains.b).channels)
        return [
            "the identity losses are off: they compare a generator's input and output, and domain \(domains.a) has "
                + "\(counted(channels.0, "channel")), \(domains.b) has \(channels.1)"
        ]
    }

    public func begin(at progress: Double) { self.progress = progress }

    /// Starts the averages of the generators anew, after weights were loaded into these.
    public func synchronizeAverages() {
        generatorAB.synchronizeAverage()
        generatorBA.synchronizeAverage()
    }
}

// MARK: - Checkpoint

extension CycleGAN {
    public func saveState(to checkpoint: inout StateDict) {
        for adversary in [adversaryA, adversaryB] { adversary.saveState(to: &checkpoint) }
        for generator in [generatorAB, generatorBA] { generator.saveState(to: &checkpoint) }
        optimization.saveState(to: &checkpoint)
        checkpoint["random.networks"] = random.state
        checkpoint["random.discriminators"] = discriminatorRandom.state
        if weights.strength != nil { checkpoint.metadata["random.strengths"] = String(strengths.state) }
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        for adversary in [adversaryA, adversaryB] { try adversary.restoreState(from: checkpoint, file: file) }
        for generator in [generatorAB, generatorBA] { try generator.restoreState(from: checkpoint, file: file) }
        try optimization.restoreState(from: checkpoint, file: file)
        try random.restore(checkpoint.tensor("random.networks", file: file))
        try discriminatorRandom.restore(checkpoint.tensor("random.discriminators", file: file))
        if weights.strength != nil { strengths = try checkpoint.randomState("random.strengths", file: file) }
    }
}
