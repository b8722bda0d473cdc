import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Support
import Torch
import TorchNN

/// One generator, whose translations are to show at each place what the input shows there, and the discriminator of its target domain.
///
/// Park et al., "Contrastive Learning for Unpaired Image-to-Image Translation", arXiv 2007.15651: CUT, and FastCUT with other settings.
public final class CUT: TrainingObjective {
    /// The domains that are called A and B.
    let domains: (a: Domain, b: Domain)
    /// Images of A to images of B.
    public let generator: AveragedGenerator
    /// The discriminator of images of B.
    public let adversary: Adversary
    /// What turns features of the generator into vectors that are compared.
    public var projection: PatchProjection { contrast.projection }
    /// Over the parameters of the generator.
    public let generatorOptimizer: Adam
    /// Over the parameters of the discriminator.
    public let discriminatorOptimizer: Adam
    /// Over the parameters of the projection.
    public let projectionOptimizer: Adam
    public let monitoring: Monitoring
    let optimization: OptimizationStep
    let contrast: PatchContrast
    let adversarialWeight: Double
    /// Whether the generator gives an image the same output in any batch, and draws or counts nothing on the way.
    let isGeneratorBatchIndependent: Bool
    private let patches = RandomPatches(random: SplitMix64(seed: 0))
    private let random: TorchRandom
    private let discriminatorRandom: TorchRandom

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public convenience init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        self.init(configuration: configuration, device: device, dtype: dtype, chance: nil)
    }

    /// - Parameter chance: What decides in place of random numbers.
    init(configuration: TrainingConfiguration, device: Device, dtype: DType, chance: (any PatchContrast.Chance)?) {
        let (a, b) = (TrainingConfiguration.domains[0], TrainingConfiguration.domains[1])
        domains = (a, b)
        let seed = configuration.run.seed
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        random = networks.random
        generator = networks.generator("generatorAB", Translation(from: a, to: b))
        discriminatorRandom = TorchRandom(seed: SplitMix64(seed: seed, 3).state)
        optimization = OptimizationStep(
            precision: configuration.run.precision, device: device, gradientLimit: configuration.optimization.clipGradient)
        adversary = networks.adversary("", of: b, poolStream: 1, optimization: optimization, random: discriminatorRandom)
        guard let resnet = generator.network as? ResnetGenerator else {
            preconditionFailure("contrastive training needs a ResNet generator")
        }
        let layers = configuration.contrastiveLayers
        let projection = PatchProjection(channels: layers.map(resnet.channels(ofLayer:)), width: configuration.cut.nceFeatures)
        networks.prepare(projection)
        patches.random = SplitMix64(seed: seed, 4)
        contrast = PatchContrast(
            generator: resnet, layers: layers, projection: projection, settings: configuration.cut, optimization: optimization,
            chance: chance ?? patches)
        generatorOptimizer = networks.optimizer(
            [NamedNetwork("generatorAB", generator.network)], learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = networks.optimizer(
            [NamedNetwork("discriminatorB", adversary.network)], learningRate: configuration.optimization.learningRateD)
        projectionOptimizer = networks.optimizer(
            [NamedNetwork("projection", projection)], learningRate: configuration.optimization.learningRateG)
        adversarialWeight = configuration.objective.adversarialWeight
        isGeneratorBatchIndependent = configuration.networks.normalization != .batch && !configuration.networks.dropout
        monitoring = configuration.monitoring
    }

    public var networks: [NamedNetwork] {
        [
            NamedNetwork("generatorAB", generator.network), NamedNetwork("discriminatorB", adversary.network),
            NamedNetwork("projection", projection),
        ]
    }

    public var optimizers: [NamedOptimizer] {
        [
            NamedOptimizer("generator", generatorOptimizer), NamedOptimizer("discriminator", discriminatorOptimizer),
            NamedOptimizer("projection", projectionOptimizer),
        ]
    }

    public var publishedGenerators: [PublishedGenerator] { [generator.published] }

    public var notices: [String] { [] }

    public func synchronizeAverages() { generator.synchronizeAverage() }

    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let translation = Translation(from: domains.a, to: domains.b)
        return generator.evaluating {
            func translate(_ images: Tensor) -> Tensor {
                generator.description.translate(images, mask: nil, with: generator.inference)
            }
            let (a, b) = (batch[domains.a].images, batch[domains.b].images)
            var pictures: [TranslatedBatch.Picture] = [.init(.real, domains.a, a), .init(.fake, domains.b, translate(a))]
            pictures.append(.init(.real, domains.b, b))
            if contrast.settings.nceIdentity { pictures.append(.init(.identity, domains.b, translate(b))) }
            return TranslatedBatch(rows: [TranslatedBatch.Row(translation, pictures)])
        }
    }
}

// MARK: - Checkpoint

extension CUT {
    public func saveState(to checkpoint: inout StateDict) {
        adversary.saveState(to: &checkpoint)
        generator.saveState(to: &checkpoint)
        optimization.saveState(to: &checkpoint)
        checkpoint.metadata["patches.random"] = String(patches.random.state)
        checkpoint["random.networks"] = random.state
        checkpoint["random.discriminators"] = discriminatorRandom.state
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        try adversary.restoreState(from: checkpoint, file: file)
        try generator.restoreState(from: checkpoint, file: file)
        try optimization.restoreState(from: checkpoint, file: file)
        patches.random = try checkpoint.randomState("patches.random", file: file)
        try random.restore(checkpoint.tensor("random.networks", file: file))
        try discriminatorRandom.restore(checkpoint.tensor("random.discriminators", file: file))
    }
}
