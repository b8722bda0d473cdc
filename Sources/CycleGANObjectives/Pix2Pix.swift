import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Support
import Torch
import TorchNN

/// One generator, whose translations are to be the truth of their pair, and a discriminator that sees them beside the input.
///
/// Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", arXiv 1611.07004.
public final class Pix2Pix: TrainingObjective {
    /// The domains that are called A and B.
    let domains: (a: Domain, b: Domain)
    /// Images of A to images of B.
    public let generator: AveragedGenerator
    /// The discriminator of pairs: an image of A and one of B as one image with the channels of both.
    public let adversary: Adversary
    /// Over the parameters of the generator.
    public let generatorOptimizer: Adam
    /// Over the parameters of the discriminator.
    public let discriminatorOptimizer: Adam
    public let monitoring: Monitoring
    let optimization: OptimizationStep
    let adversarialWeight: Double
    let l1Weight: Double
    /// Whether the generator gives an image the same output in any batch, and draws or counts nothing on the way.
    let isGeneratorBatchIndependent: Bool
    private let random: TorchRandom
    private let discriminatorRandom: TorchRandom

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        precondition(!configuration.objective.diffAugment, "diffAugment would mix the colours of both images of a pair")
        let (a, b) = (TrainingConfiguration.domains[0], TrainingConfiguration.domains[1])
        domains = (a, b)
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        random = networks.random
        generator = networks.generator("generatorAB", Translation(from: a, to: b))
        discriminatorRandom = TorchRandom(seed: SplitMix64(seed: configuration.run.seed, 3).state)
        optimization = OptimizationStep(
            precision: configuration.run.precision, device: device, gradientLimit: configuration.optimization.clipGradient)
        adversary = networks.adversary("", of: b, poolStream: 1, optimization: optimization, random: discriminatorRandom)
        generatorOptimizer = networks.optimizer(
            [NamedNetwork("generatorAB", generator.network)], learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = networks.optimizer(
            [NamedNetwork("discriminatorB", adversary.network)], learningRate: configuration.optimization.learningRateD)
        adversarialWeight = configuration.objective.adversarialWeight
        l1Weight = configuration.pix2pix.l1Weight
        isGeneratorBatchIndependent = configuration.networks.normalization != .batch && !configuration.networks.dropout
        monitoring = configuration.monitoring
    }

    public var networks: [NamedNetwork] {
        [NamedNetwork("generatorAB", generator.network), NamedNetwork("discriminatorB", adversary.network)]
    }

    public var optimizers: [NamedOptimizer] {
        [NamedOptimizer("generator", generatorOptimizer), NamedOptimizer("discriminator", discriminatorOptimizer)]
    }

    public var publishedGenerators: [PublishedGenerator] { [generator.published] }

    public var notices: [String] { [] }

    public func synchronizeAverages() { generator.synchronizeAverage() }

    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let (a, b) = (batch[domains.a].images, batch[domains.b].images)
        let fake = generator.evaluating { generator.description.translate(a, mask: nil, with: generator.inference) }
        return TranslatedBatch(rows: [
            TranslatedBatch.Row(
                Translation(from: domains.a, to: domains.b),
                [.init(.real, domains.a, a), .init(.fake, domains.b, fake), .init(.real, domains.b, b)])
        ])
    }
}

// MARK: - Checkpoint

extension Pix2Pix {
    public func saveState(to checkpoint: inout StateDict) {
        adversary.saveState(to: &checkpoint)
        generator.saveState(to: &checkpoint)
        optimization.saveState(to: &checkpoint)
        checkpoint["random.networks"] = random.state
        checkpoint["random.discriminators"] = discriminatorRandom.state
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        try adversary.restoreState(from: checkpoint, file: file)
        try generator.restoreState(from: checkpoint, file: file)
        try optimization.restoreState(from: checkpoint, file: file)
        try random.restore(checkpoint.tensor("random.networks", file: file))
        try discriminatorRandom.restore(checkpoint.tensor("random.discriminators", file: file))
    }
}
