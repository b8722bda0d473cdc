import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Support
import Torch
import TorchNN

/// An encoder, a decoder and a discriminator for each of any number of domains around a middle that all share, trained by cycles through a few
/// domains at a time: a step takes as much time and memory for fifty domains as for two.
///
/// Anoosheh et al., "ComboGAN: Unrestrained Scalability for Image Domain Translation", arXiv 1712.06909, with a shared middle, CycleGAN's
/// losses and, by option, cycles through more than two domains.
public final class MultiCycle: TrainingObjective {
    /// What belongs to one domain.
    struct Member {
        let domain: Domain
        let encoder, decoder: AveragedGenerator
        let adversary: Adversary
        /// Whether its encoder and decoder stay as they are.
        let isFrozen: Bool
    }

    public let monitoring: Monitoring
    let members: [Member]
    let middle: AveragedGenerator
    let configuration: TrainingConfiguration
    let optimization: OptimizationStep
    let generatorOptimizer: Adam
    let discriminatorOptimizer: Adam
    /// Draws the order in which cycles of more than two domains go.
    var orders: SplitMix64
    private let description: GeneratorDescription
    private let random: TorchRandom
    private let discriminatorRandom: TorchRandom

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        let (description, shared) = (configuration.sharedGeneratorDescription, configuration.sharedBlocks)
        let (domains, frozen) = (configuration.trainedDomains, configuration.frozenDomains)
        func parts(of network: any Layer) -> (encoder: GeneratorPart, middle: GeneratorPart, decoder: GeneratorPart) {
            guard let resnet = network as? ResnetGenerator else { preconditionFailure("only a ResNet can be taken apart") }
            return resnet.parts(sharedBlocks: shared)
        }
        func averaged(_ name: String, _ network: GeneratorPart, _ part: @escaping (any Layer) -> GeneratorPart) -> AveragedGenerator {
            AveragedGenerator(
                name: name, network: network, description: description, decay: configuration.networks.ema,
                warmsUp: configuration.networks.emaWarmup, part: part)
        }
        let wholes = domains.map { _ in parts(of: networks.network(description.configuration)) }
        let optimization = OptimizationStep(
            precision: configuration.run.precision, device: device, gradientLimit: configuration.optimization.clipGradient)
        let discriminatorRandom = TorchRandom(seed: SplitMix64(seed: configuration.run.seed, 3).state)
        middle = averaged(GeneratorPart.Name.middle, wholes[0].middle) { parts(of: $0).middle }
        members = zip(domains, wholes).enumerated().map { index, member in
            let (domain, whole) = member
            let name = GeneratorPart.Name.discriminator(of: domain)
            return Member(
                domain: domain,
                encoder: averaged(GeneratorPart.Name.encoder(of: domain), whole.encoder) { parts(of: $0).encoder },
                decoder: averaged(GeneratorPart.Name.decoder(of: domain), whole.decoder) { parts(of: $0).decoder },
                adversary: networks.adversary(
                    String(name.dropFirst("discriminator".count)), of: domain, poolStream: 100 + UInt64(index), optimization: optimization,
                    random: discriminatorRandom),
                isFrozen: frozen.contains(domain))
        }
        (self.configuration, self.optimization, self.description) = (configuration, optimization, description)
        (random, self.discriminatorRandom) = (networks.random, discriminatorRandom)
        orders = SplitMix64(seed: configuration.run.seed, 4)
        let learners = (frozen.isEmpty ? [middle] : []) + members.filter { !$0.isFrozen }.flatMap { [$0.encoder, $0.decoder] }
        let fixed = (frozen.isEmpty ? [] : [middle]) + members.filter(\.isFrozen).flatMap { [$0.encoder, $0.decoder] }
        for part in fixed { part.network.setRequiresGrad(false) }
        generatorOptimizer = networks.optimizer(
            learners.filter { $0.network.parameterCount > 0 }.map { NamedNetwork($0.name, $0.network) },
            learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = networks.optimizer(
            members.map { NamedNetwork($0.adversary.name, $0.adversary.network) }, learningRate: configuration.optimization.learningRateD)
        monitoring = configuration.monitoring
    }

    /// All parts of generators.
    private var parts: [AveragedGenerator] { [middle] + members.flatMap { [$0.encoder, $0.decoder] } }

    public var networks: [NamedNetwork] {
        // The middle may be empty.
        parts.filter { $0.network.parameterCount > 0 }.map { NamedNetwork($0.name, $0.network) }
            + members.map { NamedNetwork($0.adversary.name, $0.adversary.network) }
    }

    public var optimizers: [NamedOptimizer] {
        [NamedOptimizer("generators", generatorOptimizer), NamedOptimizer("discriminators", discriminatorOptimizer)]
    }

    /// All parts in one file, of which any translation can be put together.
    public var publishedGenerators: [PublishedGenerator] {
        [PublishedGenerator(name: "generator", network: NamedModules(parts.map { ($0.name, $0.inference) }), description: description)]
    }

    public var notices: [String] { [] }

    public func synchronizeAverages() { for part in parts { part.synchronizeAverage() } }

    /// A row for each domain: an image, its translations, and what comes back from the first of them.
    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let shown = Dictionary(grouping: configuration.shownTranslations, by: \.from)
        func translate(_ images: Tensor, from: Member, to: Member) -> Tensor {
            to.decoder.inference(middle.inference(from.encoder.inference(images))).contiguous()
        }
        return AveragedGenerator.evaluating(parts) {
            let rows = members.compactMap { own -> TranslatedBatch.Row? in
                guard batch.domains.contains(own.domain), let translations = shown[own.domain] else { return nil }
                let real = batch[own.domain].images
                let others = translations.compactMap { translation in members.first { $0.domain == translation.to } }
                let fakes = others.map { translate(real, from: own, to: $0) }
                return TranslatedBatch.Row(
                    translations[0],
                    [.init(.real, own.domain, real)] + zip(others, fakes).map { .init(.fake, $0.domain, $1) }
                        + [.init(.reconstructed, own.domain, translate(fakes[0], from: others[0], to: own))])
            }
            return TranslatedBatch(rows: rows)
        }
    }
}

// MARK: - Checkpoint

extension MultiCycle {
    public func saveState(to checkpoint: inout StateDict) {
        for member in members { member.adversary.saveState(to: &checkpoint) }
        for part in parts { part.saveState(to: &checkpoint) }
        optimization.saveState(to: &checkpoint)
        checkpoint["random.networks"] = random.state
        checkpoint["random.discriminators"] = discriminatorRandom.state
        checkpoint.metadata["random.orders"] = String(orders.state)
    }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        for member in members { try member.adversary.restoreState(from: checkpoint, file: file) }
        for part in parts { try part.restoreState(from: checkpoint, file: file) }
        try optimization.restoreState(from: checkpoint, file: file)
        try random.restore(checkpoint.tensor("random.networks", file: file))
        try discriminatorRandom.restore(checkpoint.tensor("random.discriminators", file: file))
        orders = try checkpoint.randomState("random.orders", file: file)
    }
}
