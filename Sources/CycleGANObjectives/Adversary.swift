import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Torch
import TorchNN

/// A discriminator and all that stands between it and a generator: the pool of earlier images, augmentation, penalty.
public final class Adversary {
    /// What does not depend on the domain.
    public struct Configuration {
        /// What both sides play.
        public var ganMode: GANMode
        /// What bounds the gradient.
        public var gradientPenalty = GradientPenalty.none
        /// The weight of the penalty.
        public var penaltyWeight = 0.0
        /// Every how many batches there is a penalty, as many times its weight (Karras et al., arXiv 1912.04958, "lazy regularization").
        public var penaltyInterval = 1
        /// Whether what the discriminator sees is augmented.
        public var diffAugment = false
        /// Whether the discriminator gives an image the same scores in any batch, so that real and generated ones can share one.
        public var isBatchIndependent = true
        /// Whether generated images are judged before real ones, where both do not share a batch.
        public var showsFakesFirst = false

        /// A plain game.
        public init(ganMode: GANMode) {
            self.ganMode = ganMode
        }
    }

    /// Added to the names of its losses and of its state: the domain's name, or nothing.
    public let suffix: String
    /// The discriminator: scores of images.
    public let network: any Layer
    /// Earlier generated images.
    public let pool: ImagePool
    let configuration: Configuration
    private let optimization: OptimizationStep
    private let diffAugmentation: DiffAugmentation?
    private lazy var featureEncoder: FeatureEncoder? = (network as? PatchDiscriminator).flatMap { network in
        try? FeatureEncoder(network, at: [network.lastFeatures])
    }
    private let random: TorchRandom
    /// Batches since the last one with a penalty, where not every one has it.
    private var batchesSincePenalty = 0

    /// - Parameter random: For what is drawn on the way to the discriminator, on the CPU; its state belongs to the checkpoint.
    public init(
        suffix: String, network: any Layer, pool: ImagePool, configuration: Configuration, optimization: OptimizationStep,
        random: TorchRandom
    ) {
        self.suffix = suffix
        self.network = network
        self.pool = pool
        self.configuration = configuration
        self.optimization = optimization
        self.random = random
        diffAugmentation = configuration.diffAugment ? DiffAugmentation(random: random) : nil
    }

    /// Its name, which is that of its loss.
    public var name: String { "discriminator\(suffix)" }

    /// The names of the losses of its own.
    public var lossNames: [String] { [name] + (configuration.gradientPenalty == .none ? [] : [penaltyName]) }

    private var penaltyName: String { "gradientPenalty\(suffix)" }

    /// What a generator minimises so that its images count as real, without a weight.
    ///
    /// - Parameters:
    ///   - fake: What the discriminator is given, shape [N, C, H, W]; gradients pass through.
    ///   - strengths: How much each image counts in the mean.
    public func generatorLoss(_ fake: Tensor, strengths: Strengths? = nil) -> Tensor {
        let (scores, mode) = (scores(augmented(fake)), configuration.ganMode)
        return strengths?.mean(of: scores) { mode.generatorLoss(fakeScores: $0) } ?? mode.generatorLoss(fakeScores: scores)
    }

    /// What the discriminator minimises.
    ///
    /// - Parameters:
    ///   - real: What it is given of the batch, shape [N, C, H, W].
    ///   - extra: Further real images, of which as many are used as there are extra generated ones from the pool.
    ///   - fake: Generated images, shape [N, C, H, W], cut off from the graph.
    public func losses(real: Tensor, extra: Tensor? = nil, fake: Tensor) -> [NamedLoss] {
        let fake = augmented(pool.query(fake, extra: extra?.shape[0] ?? 0))
        let real = augmented(Self.joined(real, extra, count: fake.shape[0]))
        // Images of different sizes cannot share a batch.
        let areJoined = configuration.isBatchIndependent && real.shape.dropFirst() == fake.shape.dropFirst()
        let realScores: Tensor
        let fakeScores: Tensor
        if areJoined {
            (realScores, fakeScores) = split(scores(Tensor.concatenated([real, fake])), at: real.shape[0])
        } else if configuration.showsFakesFirst {
            (fakeScores, realScores) = (scores(fake), scores(real))
        } else {
            (realScores, fakeScores) = (scores(real), scores(fake))
        }
        let loss = configuration.ganMode.discriminatorLoss(realScores: realScores, fakeScores: fakeScores)
        var losses = [NamedLoss(name, loss)]
        let penalty = configuration.gradientPenalty
        if penalty != .none {
            let isDue = batchesSincePenalty == 0
            batchesSincePenalty = (batchesSincePenalty + 1) % configuration.penaltyInterval
            guard isDue else { return losses + [NamedLoss(penaltyName, Tensor.zeros([], dtype: loss.dtype, device: loss.device))] }
            let points = penalty.points(real: real, fake: fake) { count in
                let shares = Tensor.empty([count, 1, 1, 1])
                shares.fillUniform(in: 0..<1, using: random)
                return shares.to(real.dtype).to(real.device)
            }
            let value = penalty.value(of: scores, at: points)
            losses.append(NamedLoss(penaltyName, value * (configuration.penaltyWeight * Double(configuration.penaltyInterval))))
        }
        return losses
    }

    /// What the last layer but one makes of images, shape [N, C, H', W'], of a discriminator of patches.
    public func features(of images: Tensor) -> Tensor {
        guard let featureEncoder else { preconditionFailure("\(name) is no discriminator of patches") }
        return optimization.autocasting(images) { featureEncoder($0)[0] }
    }

    private func scores(_ images: Tensor) -> Tensor { optimization.autocasting(images) { network($0) } }

    private func augmented(_ images: Tensor) -> Tensor { diffAugmentation.map { $0(images) } ?? images }

    /// The images of the batch and as many extra ones as are missing.
    private static func joined(_ images: Tensor, _ extra: Tensor?, count: Int) -> Tensor {
        let missing = count - images.shape[0]
        guard let extra, missing > 0 else { return images }
        return Tensor.concatenated([images, extra.narrowed(dimension: 0, start: 0, length: missing)])
    }

    private func split(_ batch: Tensor, at count: Int) -> (Tensor, Tensor) {
        let parts = batch.split(into: [count, batch.shape[0] - count])
        return (parts[0], parts[1])
    }
}

extension Adversary {
    /// Adds the pool and the place between two penalties to a checkpoint.
    public func saveState(to checkpoint: inout StateDict) {
        for (index, image) in pool.images.enumerated() { checkpoint["pool\(suffix).\(index)"] = image }
        checkpoint.metadata["pool\(suffix).random"] = String(pool.random.state)
        if configuration.penaltyInterval > 1 { checkpoint.metadata["\(penaltyName).batches"] = String(batchesSincePenalty) }
    }

    /// Continues from what `saveState` wrote.
    ///
    /// - Throws: `CheckpointStateError` where something is missing or does not fit.
    public func restoreState(from checkpoint: StateDict, file: String) throws {
        let name = "pool\(suffix)"
        var images: [Tensor] = []
        while let image = checkpoint["\(name).\(images.count)"] {
            guard image.rank == 4, image.shape[0] == 1, images.count < pool.capacity else {
                throw CheckpointStateError(
                    file: file,
                    problem: "\(name).\(images.count) of shape \(image.shape) is none of the \(pool.capacity) images of a pool; "
                        + "the file is damaged")
            }
            images.append(image.to(optimization.device))
        }
        pool.restore(images: images, random: try checkpoint.randomState("\(name).random", file: file))
        guard configuration.penaltyInterval > 1 else { return }
        batchesSincePenalty = try checkpoint.counter("\(penaltyName).batches", below: configuration.penaltyInterval, file: file)
    }
}

extension Tensor {
    /// A batch as batches of some numbers of images.
    func split(into counts: [Int]) -> [Tensor] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return narrowed(dimension: 0, start: start, length: count)
        }
    }
}
