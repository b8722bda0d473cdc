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
    private let random: TorchRandom
    private let discriminatorRandom: TorchRandom

    /// Builds the generator, then the discriminator, which decides the initial weights.
    init(_ networks: NetworkBuilder) {
        let configuration = networks.configuration
        let (a, b) = (TrainingConfiguration.domains[0], TrainingConfiguration.domains[1])
        domains = (a, b)
        random = networks.random
        generator = networks.generator("generatorAB", Translation(from: a, to: b))
        discriminatorRandom = TorchRandom(seed: SplitMix64(seed: configuration.run.seed, 3).state)
        optimization = OptimizationStep(
            precision: configuration.run.precision, device: networks.device, gradientLimit: configuration.optimization.clipGradient)
        adversary = networks.adversary("", of: b, poolStream: 1, optimization: optimization, random: discriminatorRandom)
        generatorOptimizer = networks.optimizer(
            [NamedNetwork("generatorAB", generator.network)], learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = networks.optimizer(
            [NamedNetwork("discriminatorB", adversary.network)], learningRate: configuration.optimization.learningRateD)
        adversarialWeight = configuration.objective.adversarialWeight
        isGeneratorBatchIndependent = configuration.networks.normalization != .batch && !configuration.networks.dropout
    }

    var translation: Translation { Translation(from: domains.a, to: domains.b) }

    var networks: [NamedNetwork] {
        [NamedNetwork("generatorAB", generator.network), NamedNetwork("discriminatorB", adversary.network)]
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
