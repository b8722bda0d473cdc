import Checkpoints
import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Imaging
import Torch
import TorchNN

/// Gives images of A the colours of B, and keeps what they show: one generator against one discriminator.
///
/// The generator minimises `GAN(D(G(a))) + 10 · L1(shape(G(a)), shape(a))`, where the shape of an image is its brightness around the mean.
final class ColourMatching: TrainingObjective {
    let monitoring: Monitoring
    let notices: [String] = []
    private let generator: AveragedGenerator
    private let adversary: Adversary
    private let generatorOptimizer: Adam
    private let discriminatorOptimizer: Adam
    private let optimization: OptimizationStep
    private let discriminatorRandom: TorchRandom
    private let shapeWeight = 10.0

    init(configuration: TrainingConfiguration, device: Device) {
        let builder = NetworkBuilder(configuration: configuration, device: device)
        optimization = OptimizationStep(precision: configuration.run.precision, device: device)
        discriminatorRandom = TorchRandom(seed: configuration.run.seed &+ 1)
        generator = builder.generator("generator", .aToB)
        adversary = builder.adversary("", of: .b, poolStream: 1, optimization: optimization, random: discriminatorRandom)
        generatorOptimizer = builder.optimizer(
            [NamedNetwork("generator", generator.network)], learningRate: configuration.optimization.learningRateG)
        discriminatorOptimizer = builder.optimizer(
            [NamedNetwork("discriminator", adversary.network)], learningRate: configuration.optimization.learningRateD)
        monitoring = Monitoring(
            lossNames: ["adversarial", "shape"] + adversary.lossNames, progressLosses: ["shape"], defaultMetric: nil,
            games: [
                .init(
                    adversarialLoss: "adversarial", weight: 1, discriminatorLoss: adversary.name, mode: configuration.objective.ganMode)
            ],
            reconstructions: [.init(loss: "shape", weight: shapeWeight)],
            generators: [.init(name: "generator", translation: .aToB)])
    }

    var networks: [NamedNetwork] {
        [NamedNetwork("generator", generator.network), NamedNetwork("discriminator", adversary.network)]
    }

    var optimizers: [NamedOptimizer] {
        [NamedOptimizer("generator", generatorOptimizer), NamedOptimizer("discriminator", discriminatorOptimizer)]
    }

    var publishedGenerators: [PublishedGenerator] { [generator.published] }

    func step(_ batches: [ImageBatch]) -> StepLosses {
        generatorOptimizer.zeroGrad()
        discriminatorOptimizer.zeroGrad()
        // The generator's step needs the gradients that pass through the discriminator, not its own.
        adversary.network.setRequiresGrad(false)
        var fakes: [Tensor] = []
        var losses: [[NamedLoss]] = []
        for (batch, share) in zip(batches, batches.shares) {
            let real = batch[.a].images
            let fake = optimization.autocasting(real) { generator.network($0) }
            let made = [
                NamedLoss("adversarial", adversary.generatorLoss(fake)),
                NamedLoss("shape", Self.shape(of: fake).l1Loss(Self.shape(of: real)) * shapeWeight),
            ]
            optimization.backpropagate(made, share: share)
            fakes.append(fake.detached())
            losses.append(made.map { $0.detached() })
        }
        optimization.update(generatorOptimizer)
        generator.updateAverage()

        adversary.network.setRequiresGrad(true)
        for (index, share) in batches.shares.enumerated() {
            let judged = adversary.losses(real: batches[index][.b].images, fake: fakes[index])
            optimization.backpropagate(judged, share: share)
            losses[index] += judged.map { $0.detached() }
        }
        optimization.update(discriminatorOptimizer)
        optimization.finish()
        return StepLosses(losses, shares: batches.shares)
    }

    func translations(of batch: ImageBatch) -> TranslatedBatch {
        let real = batch[.a].images
        let fake = generator.evaluating { generator.inference(real) }
        return TranslatedBatch(rows: [.init(.aToB, [.init(.real, .a, real), .init(.fake, .b, fake)])])
    }

    func saveState(to checkpoint: inout StateDict) {
        adversary.saveState(to: &checkpoint)
        generator.saveState(to: &checkpoint)
        optimization.saveState(to: &checkpoint)
        checkpoint["random.discriminator"] = discriminatorRandom.state
    }

    func restoreState(from checkpoint: StateDict, file: String) throws {
        try adversary.restoreState(from: checkpoint, file: file)
        try generator.restoreState(from: checkpoint, file: file)
        try optimization.restoreState(from: checkpoint, file: file)
        try discriminatorRandom.restore(checkpoint.tensor("random.discriminator", file: file))
    }

    /// The brightness of each pixel around the mean of its image, shape [N, 1, H, W].
    private static func shape(of images: Tensor) -> Tensor {
        let brightness = images.mean([1], keepDimensions: true)
        return brightness - brightness.mean([1, 2, 3], keepDimensions: true)
    }
}
