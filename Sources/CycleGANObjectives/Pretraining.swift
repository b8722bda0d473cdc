import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Support
import Torch
import TorchNN

/// Generators that learn from the images of one domain each, before there is anything to translate.
///
/// A generator that translates from A starts from the network that was trained on A, and finds what it needs to see of an image already
/// there: encoder by contrast (Park et al., arXiv 2007.15651) or both halves by inpainting (Torbunov et al., "UVCGAN", arXiv 2203.02557).
public final class Pretraining: TrainingObjective {
    /// The network of a domain.
    struct Learner {
        let domain: Domain
        /// Named as the generator that starts from it.
        let generator: AveragedGenerator
        /// What compares views, where that is the task.
        let contrast: PatchContrast?
    }

    /// What chance decides.
    protocol Chance: PatchContrast.Chance {
        /// What becomes of images [N, C, H, W] in a view.
        func views(of shape: [Int]) -> [AlteredImages.View]
        /// Different blocks of `0..<count` to hide in an image.
        func blocks(_ wanted: Int, of count: Int) -> [Int]
    }

    public let monitoring: Monitoring
    let learners: [Learner]
    let settings: PretrainingSettings
    let reconstructionWeight: Double
    let blockSide: Int
    let optimization: OptimizationStep
    let chance: any Chance
    private let generatorOptimizer: Adam
    private let projectionOptimizer: Adam?
    private let random: TorchRandom
    private let drawn: DrawnAlterations
    private let seed: UInt64

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public convenience init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        self.init(configuration: configuration, device: device, dtype: dtype, chance: nil)
    }

    /// - Parameter chance: What decides in place of random numbers.
    init(configuration: TrainingConfiguration, device: Device, dtype: DType, chance: (any Chance)?) {
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        let optimization = OptimizationStep(
            precision: configuration.run.precision, device: device, gradientLimit: configuration.optimization.clipGradient)
        seed = configuration.run.seed
        let drawn = DrawnAlterations(random: SplitMix64(seed: seed, 5))
        let decisive: any Chance = chance ?? drawn
        learners = configuration.pretrainedDomains.map { domain in
            let name = TrainingConfiguration.generatorName(from: domain)
            let generator = networks.generator(name, Translation(from: domain, to: domain))
            guard configuration.pretraining.task == .contrastive else {
                return Learner(domain: domain, generator: generator, contrast: nil)
            }
            guard let resnet = generator.network as? ResnetGenerator else {
                preconditionFailure("contrastive training needs a ResNet generator")
            }
            let layers = configuration.contrastiveLayers
            let projection = PatchProjection(channels: layers.map(resnet.channels(ofLayer:)), width: configuration.cut.nceFeatures)
            networks.prepare(projection)
            let contrast = PatchContrast(
                generator: resnet, layers: layers, projection: projection, settings: configuration.cut, optimization: optimization,
                chance: decisive)
            return Learner(domain: domain, generator: generator, contrast: contrast)
        }
        func optimizer(_ trained: [NamedNetwork]) -> Adam {
            networks.optimizer(trained, learningRate: configuration.optimization.learningRateG)
        }
        generatorOptimizer = optimizer(learners.map(\.namedGenerator))
        projectionOptimizer = configuration.pretraining.task == .contrastive ? optimizer(learners.compactMap(\.namedProjection)) : nil
        (settings, reconstructionWeight) = (configuration.pretraining, configuration.objective.reconstructionWeight)
        blockSide = configuration.maskBlock
        monitoring = configuration.monitoring
        random = networks.random
        self.optimization = optimization
        self.drawn = drawn
        self.chance = decisive
    }

    public var networks: [NamedNetwork] { learners.flatMap { [$0.namedGenerator] + [$0.namedProjection].compactMap { $0 } } }

    public var optimizers: [NamedOptimizer] {
        [NamedOptimizer("generators", generatorOptimizer)]
            + (projectionOptimizer.map { [NamedOptimizer("projections", $0)] } ?? [])
    }

    public var publishedGenerators: [PublishedGenerator] { learners.map(\.generator.published) }

    public var notices: [String] { [] }

    public func synchronizeAverages() { for learner in learners { learner.generator.synchronizeAverage() } }

    /// An image and what comes back of it, as it is or with holes. The holes are always the same, so that pictures and validations compare.
    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let fixed = DrawnAlterations(random: SplitMix64(seed: seed, 6))
        return TranslatedBatch(
            rows: learners.map { learner in
                let (domain, generator, images) = (learner.domain, learner.generator, batch[learner.domain].images)
                let masked = settings.task == .inpainting ? hidden(images, by: fixed) : nil
                let result = generator.evaluating {
                    generator.description.translate(masked ?? images, mask: nil, with: generator.inference)
                }
                let altered = masked.map { [TranslatedBatch.Picture(.altered, domain, $0)] } ?? []
                return TranslatedBatch.Row(
                    Translation(from: domain, to: domain),
                    [.init(.real, domain, images)] + altered + [.init(.reconstructed, domain, result)])
            })
    }

    /// Images with grey blocks in the place of some of their own, other ones in each image.
    func hidden(_ images: Tensor, by chance: any Chance) -> Tensor {
        let shape = images.shape
        let grid = BlockGrid(height: shape[2], width: shape[3], side: blockSide)
        let masks = (0..<shape[0]).map { _ in grid.mask(hiding: chance.blocks(grid.count(ofShare: settings.maskShare), of: grid.count)) }
        return images * Tensor.concatenated(masks).to(images.dtype).to(images.device)
    }
}

extension Pretraining.Learner {
    fileprivate var namedGenerator: NamedNetwork { NamedNetwork(generator.name, generator.network) }
    fileprivate var namedProjection: NamedNetwork? { contrast.map { NamedNetwork("projection\(domain)", $0.projection) } }
}

/// Draws from a generator whose state belongs to the checkpoint.
private final class DrawnAlterations: Pretraining.Chance {
    var random: SplitMix64

    init(random: SplitMix64) {
        self.random = random
    }

    func views(of shape: [Int]) -> [AlteredImages.View] { AlteredImages.views(of: shape, using: &random) }
    func blocks(_ wanted: Int, of count: Int) -> [Int] { random.sample(wanted, below: count) }
    func positions(_ wanted: Int, of count: Int, layer: Int) -> [Int]? { random.sample(wanted, below: count) }
    func flip() -> Bool { false }
}

// MARK: - Checkpoint

extension Pretraining {
    public func saveState(to checkpoint: inout StateDict) {
        for learner in learners { learner.generator.saveState(to: &checkpoint) }
        optimization.saveState(to: &checkpoint)
        checkpoint["random.networks"] = random.state
        checkpoint.metadata["alterations.random"] = String(drawn.random.state)
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        for learner in learners { try learner.generator.restoreState(from: checkpoint, file: file) }
        try optimization.restoreState(from: checkpoint, file: file)
        try random.restore(checkpoint.tensor("random.networks", file: file))
        drawn.random = try checkpoint.randomState("alterations.random", file: file)
    }
}
