import CycleGANModels

/// What an objective's losses and pictures tell about the course of its training.
public struct Monitoring: Equatable, Sendable {
    /// A generator that plays against a discriminator.
    public struct Game: Equatable, Sendable {
        /// The generator's adversarial loss.
        public let adversarialLoss: String
        /// The weight in it.
        public let weight: Double
        /// The discriminator's loss, which is also the discriminator's name.
        public let discriminatorLoss: String
        /// What both play.
        public let mode: GANMode

        /// Names both losses.
        public init(adversarialLoss: String, weight: Double, discriminatorLoss: String, mode: GANMode) {
            self.adversarialLoss = adversarialLoss
            self.weight = weight
            self.discriminatorLoss = discriminatorLoss
            self.mode = mode
        }
    }

    /// A loss that compares images pixel by pixel, as a mean absolute difference with a weight.
    public struct Reconstruction: Equatable, Sendable {
        /// The loss.
        public let loss: String
        /// The weight in it.
        public let weight: Double

        /// Names a loss.
        public init(loss: String, weight: Double) {
            self.loss = loss
            self.weight = weight
        }
    }

    /// A generator whose pictures are looked at.
    public struct Generator: Equatable, Sendable {
        /// The network's name.
        public let name: String
        /// What it is used for.
        public let translation: Translation

        /// Names a generator.
        public init(name: String, translation: Translation) {
            self.name = name
            self.translation = translation
        }
    }

    /// The names of the losses, in the order in which a step returns them.
    public var lossNames: [String]
    /// The losses whose sum, as a mean over an epoch, tells whether the training is still improving; none where no loss tells.
    public var progressLosses: [String]
    /// The validation metric that chooses the best networks unless another is wanted; `nil` where none is good for that.
    public var defaultMetric: String?
    /// Who plays against whom.
    public var games: [Game]
    /// The losses that explode when the training fails.
    public var reconstructions: [Reconstruction]
    /// The generators that translate the sample images.
    public var generators: [Generator]

    /// Describes an objective.
    public init(
        lossNames: [String], progressLosses: [String], defaultMetric: String?, games: [Game], reconstructions: [Reconstruction],
        generators: [Generator]
    ) {
        self.lossNames = lossNames
        self.progressLosses = progressLosses
        self.defaultMetric = defaultMetric
        self.games = games
        self.reconstructions = reconstructions
        self.generators = generators
    }
}
