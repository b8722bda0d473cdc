import CycleGANModels
import CycleGANTraining
import Imaging
import Support
import Torch
import TorchNN

/// Builds the parts of an objective from a configuration: networks with their initial weights, on their device, and optimisers.
public struct NetworkBuilder {
    /// What is built.
    public let configuration: TrainingConfiguration
    /// Where it is put.
    public let device: Device
    /// The type of the weights.
    public let dtype: DType
    /// The source of the initial weights and of dropout masks.
    public let random: TorchRandom

    /// Starts with the random numbers of the configuration's seed.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        self.configuration = configuration
        self.device = device
        self.dtype = dtype
        random = TorchRandom(seed: configuration.run.seed)
    }

    /// A generator for a translation, with its average where the configuration has one.
    public func generator(_ name: String, _ translation: Translation) -> AveragedGenerator {
        generator(name, configuration.generatorDescription(translation))
    }

    /// A generator of a description, with its average where the configuration has one.
    public func generator(_ name: String, _ description: GeneratorDescription) -> AveragedGenerator {
        AveragedGenerator(
            name: name, network: network(description.configuration), description: description, decay: configuration.networks.ema,
            warmsUp: configuration.networks.emaWarmup)
    }

    /// A generator's network with its initial weights.
    func network(_ generator: GeneratorConfiguration) -> any Layer {
        let network = generator.makeGenerator(initialization: nil, random: random)
        prepare(network)
        if let resnet = network as? ResnetGenerator { resnet.checkpointsActivations = configuration.networks.checkpointActivations }
        return network
    }

    /// The discriminator of a domain with what stands before it.
    ///
    /// - Parameters:
    ///   - suffix: Added to its losses' names.
    ///   - poolStream: Which random stream of the seed decides what the pool gives.
    public func adversary(
        _ suffix: String, of domain: Domain, poolStream: UInt64, optimization: OptimizationStep, random discriminatorRandom: TorchRandom
    ) -> Adversary {
        let network = configuration.discriminatorConfiguration(of: domain).makeDiscriminator(initialization: nil, random: random)
        prepare(network)
        var adversary = Adversary.Configuration(ganMode: configuration.objective.ganMode)
        adversary.gradientPenalty = configuration.effectiveGradientPenalty
        adversary.penaltyWeight = configuration.objective.gradientPenaltyWeight ?? adversary.gradientPenalty.publishedWeight
        adversary.penaltyInterval = configuration.objective.penaltyInterval
        adversary.diffAugment = configuration.objective.diffAugment
        // The published code of all but CycleGAN shows generated images first, which matters to running statistics.
        adversary.showsFakesFirst = !configuration.objective.kind.isCyclic
        adversary.isBatchIndependent = configuration.effectiveDiscriminatorNorm != .batch && !configuration.networks.spectralNorm
        return Adversary(
            suffix: suffix, network: network,
            pool: ImagePool(capacity: configuration.objective.poolSize, random: SplitMix64(seed: configuration.run.seed, poolStream)),
            configuration: adversary, optimization: optimization, random: discriminatorRandom)
    }

    /// An optimiser over the parameters of some networks.
    public func optimizer(_ networks: [NamedNetwork], learningRate: Double?) -> Adam {
        let parameters = networks.flatMap { named in
            named.network.namedParameters.map { (name: "\(named.name).\($0.name)", tensor: $0.tensor) }
        }
        return Adam(
            groups: [(parameters, learningRate ?? configuration.optimization.learningRate)],
            betas: (configuration.optimization.beta1, configuration.optimization.beta2))
    }

    /// Initialises a network and moves it to its device.
    public func prepare(_ network: Module) {
        configuration.networks.initialization.apply(to: network, gain: configuration.networks.initGain, using: random)
        network.convert(to: dtype)
        network.move(to: device)
        // cuDNN's fastest kernels want it so; it takes the images' order from the weights'.
        if case .cuda = device { network.storeChannelsLast() }
    }
}
