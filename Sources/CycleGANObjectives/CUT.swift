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
    /// Images of A to images of B.
    public var generator: AveragedGenerator { oneWay.generator }
    /// The discriminator of images of B.
    public var adversary: Adversary { oneWay.adversary }
    /// What turns features of the generator into vectors that are compared.
    public var projection: PatchProjection { contrast.projection }
    /// Over the parameters of the projection.
    public let projectionOptimizer: Adam
    public let monitoring: Monitoring
    let oneWay: OneWayNetworks
    let contrast: PatchContrast
    private let patches = RandomPatches(random: SplitMix64(seed: 0))

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public convenience init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        self.init(configuration: configuration, device: device, dtype: dtype, chance: nil)
    }

    /// - Parameter chance: What decides in place of random numbers.
    init(configuration: TrainingConfiguration, device: Device, dtype: DType, chance: (any PatchContrast.Chance)?) {
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        oneWay = OneWayNetworks(networks)
        guard let resnet = oneWay.generator.network as? ResnetGenerator else {
            preconditionFailure("contrastive training needs a ResNet generator")
        }
        let layers = configuration.contrastiveLayers
        let projection = PatchProjection(channels: layers.map(resnet.channels(ofLayer:)), width: configuration.cut.nceFeatures)
        networks.prepare(projection)
        patches.random = SplitMix64(seed: configuration.run.seed, 4)
        contrast = PatchContrast(
            generator: resnet, layers: layers, projection: projection, settings: configuration.cut, optimization: oneWay.optimization,
            chance: chance ?? patches)
        projectionOptimizer = networks.optimizer(
            [NamedNetwork("projection", projection)], learningRate: configuration.optimization.learningRateG)
        monitoring = configuration.monitoring
    }

    public var networks: [NamedNetwork] { oneWay.networks + [NamedNetwork("projection", projection)] }

    public var optimizers: [NamedOptimizer] { oneWay.optimizers + [NamedOptimizer("projection", projectionOptimizer)] }

    public var publishedGenerators: [PublishedGenerator] { [generator.published] }

    public var notices: [String] { [] }

    public func synchronizeAverages() { generator.synchronizeAverage() }

    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let domains = oneWay.domains
        return generator.evaluating {
            func translate(_ images: Tensor) -> Tensor {
                generator.description.translate(images, mask: nil, with: generator.inference)
            }
            let (a, b) = (batch[domains.a].images, batch[domains.b].images)
            var pictures: [TranslatedBatch.Picture] = [.init(.real, domains.a, a), .init(.fake, domains.b, translate(a))]
            pictures.append(.init(.real, domains.b, b))
            if contrast.settings.nceIdentity { pictures.append(.init(.identity, domains.b, translate(b))) }
            return TranslatedBatch(rows: [TranslatedBatch.Row(oneWay.translation, pictures)])
        }
    }
}

// MARK: - Checkpoint

extension CUT {
    public func saveState(to checkpoint: inout StateDict) {
        oneWay.saveState(to: &checkpoint)
        checkpoint.metadata["patches.random"] = String(patches.random.state)
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        try oneWay.restoreState(from: checkpoint, file: file)
        patches.random = try checkpoint.randomState("patches.random", file: file)
    }
}
