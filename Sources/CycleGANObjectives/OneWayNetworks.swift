import Checkpoints
import CycleGANModels
import CycleGANTraining
import Imaging
import Support
import Torch
import TorchNN

/// What objectives that translate one way have in common: a generator of A to B, a discriminator of B, and their optimisers and steps.
final class OneWayNetworks {
    /// The domains that are called A and B.
    let domains: (a: Domain, b: Domain)
    let generator: AveragedGenerator
    let adversary: Adversary
    let generatorOptimizer: Adam
    let discriminatorOptimizer: Adam
    let optimization: OptimizationStep
    let adversarialWeight: Double
    /// Whether the generator gives an image the same output in any batch, and draws or counts nothing on the way.
    let isGeneratorBatchIndependent: Bool
    private let discriminatorName: String
    private let random: TorchRandom
    private let discriminatorRandom: TorchRandom

    /// Builds the generator, then the discriminator, which decides the initial weights.
    init(_ networks: NetworkBuilder) {
        let configuration = networks.configuration
        let translation = configuration.oneWayTranslation
        let (a, b) = (translation.from, translation.to)
        domains = (a, b)
        random = networks.random
        generator = networks.generator(configuration.generatorName, translation)
        discriminatorName = "discriminator\(b == TrainingConfiguration.domains[0] ? b : TrainingConfiguration.domains[1])"
        discriminatorRandom = TorchRandom(seed: SplitMix64(seed: configuration.run.seed, 3).state)
        optimization = OptimizationStep(
            precision: configuration.run.precision, device: networks.device, gradientLimit: configuration.optimization.clipGradient)
        adversary = networks.adversary("", of: b, poolStream: 1, optimization: optimization, random: discriminatorRandom)
        generatorOptimizer = networks.optimizer(
            [NamedNetwork(generator.name, generator.network)], learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = networks.optimizer(
            [NamedNetwork(discriminatorName, adversary.network)], learningRate: configuration.optimization.learningRateD)
        adversarialWeight = configuration.objective.adversarialWeight
        isGeneratorBatchIndependent = configuration.networks.normalization != .batch && !configuration.networks.dropout
    }

    var translation: Translation { Translation(from: domains.a, to: domains.b) }

    var networks: [NamedNetwork] {
        [NamedNetwork(generator.name, generator.network), NamedNetwork(discriminatorName, adversary.network)]
    }

    var optimizers: [NamedOptimizer] {
        [NamedOptimizer("generator", generatorOptimizer), NamedOptimizer("discriminator", discriminatorOptimizer)]
    }

    /// Updates the discriminator, then the generator against the updated one, as published code takes a step.
    ///
    /// All gradients must be zero before it.
    ///
    /// - Parameters:
    ///   - shares: Of each batch in the samples of all.
    ///   - projectionOptimizer: Of what the generator's losses train besides it.
    ///   - discriminatorLosses: Those of the batch of an index.
    ///   - generatorLosses: Those of the batch of an index, called when the discriminator was updated.
    func step(
        shares: [Double], projectionOptimizer: Adam? = nil, discriminatorLosses: (Int) -> [NamedLoss],
        generatorLosses: (Int) -> [NamedLoss]
    ) -> StepLosses {
        func backpropagate(_ losses: (Int) -> [NamedLoss]) -> [[NamedLoss]] {
            shares.enumerated().map { index, share in
                let losses = losses(index)
                optimization.backpropagate(losses, share: share)
                return losses.map { $0.detached() }
            }
        }
        adversary.network.setRequiresGrad(true)
        let ofDiscriminator = backpropagate(discriminatorLosses)
        optimization.update(discriminatorOptimizer)

        // Frozen: the generator's step needs the gradients that pass through the discriminator, not its own.
        adversary.network.setRequiresGrad(false)
        let ofGenerator = backpropagate(generatorLosses)
        optimization.update(generatorOptimizer)
        if let projectionOptimizer { optimization.update(projectionOptimizer) }
        generator.updateAverage()
        optimization.finish()
        return StepLosses(zip(ofGenerator, ofDiscriminator).map { $0 + $1 }, shares: shares)
    }

    func saveState(to checkpoint: inout StateDict) {
        adversary.saveState(to: &checkpoint)
        generator.saveState(to: &checkpoint)
        optimization.saveState(to: &checkpoint)
        checkpoint["random.networks"] = random.state
        checkpoint["random.discriminators"] = discriminatorRandom.state
    }

    func restoreState(from checkpoint: StateDict, file: String) throws {
        try adversary.restoreState(from: checkpoint, file: file)
        try generator.restoreState(from: checkpoint, file: file)
        try optimization.restoreState(from: checkpoint, file: file)
        try random.restore(checkpoint.tensor("random.networks", file: file))
        try discriminatorRandom.restore(checkpoint.tensor("random.discriminators", file: file))
    }
}
