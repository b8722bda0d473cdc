import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Support
import Torch
import TorchNN

/// One generator for any number of domains, which is told what to make, and a discriminator that tells real images from generated ones and
/// domains from each other.
///
/// Choi et al., "StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image Translation", arXiv 1711.09020.
public final class StarGAN: TrainingObjective {
    /// Images of any domain to images of any other.
    public let generator: AveragedGenerator
    /// Scores of patches, and logits of domains.
    public let discriminator: DomainDiscriminator
    /// The domains, in the order of the conditions.
    public let domains: [Domain]
    public let monitoring: Monitoring
    let configuration: TrainingConfiguration
    let optimization: OptimizationStep
    let generatorOptimizer: Adam
    let discriminatorOptimizer: Adam
    let penaltyRandom: TorchRandom
    /// Draws what images are to become.
    var targets: SplitMix64
    /// Draws how strongly.
    var strengths: SplitMix64
    /// Updates of the discriminator so far.
    var steps = 0
    /// The generator's losses of its last update, which the steps between two updates show again.
    var latest: StepLosses?
    private let random: TorchRandom
    private let device: Device

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        (self.configuration, self.device) = (configuration, device)
        domains = configuration.trainedDomains
        random = networks.random
        generator = networks.generator("generator", configuration.sharedGeneratorDescription)
        let judging = configuration.discriminatorConfiguration(of: domains[0])
        discriminator = DomainDiscriminator(
            inputChannels: judging.inputChannels, filters: judging.filters, halvings: judging.layerCount, domains: judging.domains,
            kernel: judging.domainKernel, spectralNorm: judging.spectralNorm, initialization: nil)
        networks.prepare(discriminator)
        penaltyRandom = TorchRandom(seed: SplitMix64(seed: configuration.run.seed, 3).state)
        targets = SplitMix64(seed: configuration.run.seed, 4)
        strengths = SplitMix64(seed: configuration.run.seed, 7)
        optimization = OptimizationStep(
            precision: configuration.run.precision, device: device, gradientLimit: configuration.optimization.clipGradient)
        generatorOptimizer = networks.optimizer(
            [NamedNetwork("generator", generator.network)], learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = networks.optimizer(
            [NamedNetwork("discriminator", discriminator)], learningRate: configuration.optimization.learningRateD)
        monitoring = configuration.monitoring
    }

    public var networks: [NamedNetwork] {
        [NamedNetwork("generator", generator.network), NamedNetwork("discriminator", discriminator)]
    }

    public var optimizers: [NamedOptimizer] {
        [NamedOptimizer("generator", generatorOptimizer), NamedOptimizer("discriminator", discriminatorOptimizer)]
    }

    public var publishedGenerators: [PublishedGenerator] { [generator.published] }

    public var notices: [String] { [] }

    public func synchronizeAverages() { generator.synchronizeAverage() }

    /// The unit vectors of some domains, shape [count, domains], by their positions in `domains`, each times a strength.
    func conditions(_ indices: [Int], _ strengths: Strengths? = nil, like images: Tensor) -> Tensor {
        var values = [Float](repeating: 0, count: indices.count * domains.count)
        for (row, index) in indices.enumerated() { values[row * domains.count + index] = Float(strengths?.values[row] ?? 1) }
        return Tensor(values, shape: [indices.count, domains.count]).to(images.dtype).to(images.device)
    }

    /// A row for each domain: an image, its translations, and what comes back from the first of them.
    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let shown = Dictionary(grouping: configuration.shownTranslations, by: \.from)
        return generator.evaluating {
            func translate(_ images: Tensor, to index: Int) -> Tensor {
                let condition = conditions(Array(repeating: index, count: images.shape[0]), like: images)
                return generator.description.translate(images, mask: nil, condition: condition, with: generator.inference)
            }
            let rows = batch.domains.compactMap { domain -> TranslatedBatch.Row? in
                guard let own = domains.firstIndex(of: domain), let translations = shown[domain] else { return nil }
                let real = batch[domain].images
                let fakes = translations.map { ($0.to, translate(real, to: $0.condition ?? 0)) }
                return TranslatedBatch.Row(
                    translations[0],
                    [.init(.real, domain, real)] + fakes.map { .init(.fake, $0.0, $0.1) }
                        + [.init(.reconstructed, domain, translate(fakes[0].1, to: own))])
            }
            return TranslatedBatch(rows: rows)
        }
    }
}

// MARK: - Checkpoint

extension StarGAN {
    public func saveState(to checkpoint: inout StateDict) {
        generator.saveState(to: &checkpoint)
        optimization.saveState(to: &checkpoint)
        checkpoint["random.networks"] = random.state
        checkpoint["random.penalty"] = penaltyRandom.state
        checkpoint.metadata["random.targets"] = String(targets.state)
        if configuration.objective.strength { checkpoint.metadata["random.strengths"] = String(strengths.state) }
        checkpoint.metadata["starGAN.steps"] = String(steps)
        if let latest { checkpoint["starGAN.losses"] = latest.values }
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        try generator.restoreState(from: checkpoint, file: file)
        try optimization.restoreState(from: checkpoint, file: file)
        try random.restore(checkpoint.tensor("random.networks", file: file))
        try penaltyRandom.restore(checkpoint.tensor("random.penalty", file: file))
        targets = try checkpoint.randomState("random.targets", file: file)
        if configuration.objective.strength { strengths = try checkpoint.randomState("random.strengths", file: file) }
        guard let text = checkpoint.metadata["starGAN.steps"], let count = Int(text), count >= 0 else {
            throw CheckpointStateError(file: file, problem: "starGAN.steps is not a number of steps; the file is damaged")
        }
        steps = count
        guard let values = checkpoint["starGAN.losses"] else { return }
        let names = generatorLossNames
        guard values.shape == [names.count] else {
            throw CheckpointStateError(
                file: file, problem: "starGAN.losses has the shape \(values.shape), expected [\(names.count)]; the file is damaged")
        }
        let moved = values.to(device)
        latest = StepLosses(names.enumerated().map { NamedLoss($1, moved.selected(dimension: 0, index: $0)) })
    }
}
