extension TrainingDoctor {
    /// When a finding begins and ends.
    public struct Limit: Equatable, Sendable {
        /// The value from which on it is a symptom. Low values are symptoms where `begin` is below `end`, else high ones.
        public var begin: Double
        /// The value at which it is over. The gap keeps a value near the limit from being reported again and again.
        public var end: Double
        /// Observations in an unbroken series that begin or end a finding.
        public var observations: Int

        /// Names the limit's three numbers.
        public init(begin: Double, end: Double, observations: Int) {
            self.begin = begin
            self.end = end
            self.observations = observations
        }

        func isReached(by value: Double) -> Bool { begin < end ? value <= begin : value >= begin }
        func isOver(at value: Double) -> Bool { begin < end ? value >= end : value <= end }
    }

    /// What counts as a symptom. One observation is one set of sample pictures, or one logged step.
    public struct Thresholds: Equatable, Sendable {
        /// Correlation of the brightness of input and output, -1...1, a mean over the samples. Of unrelated
        /// photographs, means over four pairs were never below -0.23; inversion lies near -1.
        public var colorInversion = Limit(begin: -0.3, end: -0.1, observations: 3)
        /// How much better the outputs match the brightness of the target domain than their negatives do, as a difference of two
        /// Wasserstein distances, 0...1. Beyond it, turning light into dark is what the data ask for (white drawings on black, say).
        public var wantedInversion = 0.15
        /// Mean difference of input and output as a share of the value range. Even mostly black slices differ by
        /// 0.015 between two kinds of MRI. Leaving the input alone is common at first, hence the long series.
        public var idleGenerator = Limit(begin: 0.01, end: 0.02, observations: 10)
        /// The correlation that an idle generator is above. Sparse drawings differ little in the mean, but do not correlate so well.
        public var idleCorrelation = 0.999
        /// Mean difference between the outputs, relative to that between the inputs or between the images of the target domain, whichever is
        /// smaller.
        public var modeCollapse = Limit(begin: 0.2, end: 0.3, observations: 5)
        /// Energy of the periods 2 and 4 over that of neighbouring frequencies in dB, less what the real images have. Photographs and
        /// pictures after resizing: within 1 dB, fresh transposed convolutions: 6 to 12 dB.
        public var checkerboard = Limit(begin: 4, end: 2, observations: 5)
        /// The discriminator's mean loss relative to its loss when it only guesses. In a healthy run it is near 0.8.
        public var discriminatorWon = Limit(begin: 0.08, end: 0.2, observations: 20)
        /// Mean absolute deviation of the discriminator's loss relative to its loss when it only guesses, while the mean is that loss. In a healthy
        /// run it is near 0.3.
        public var discriminatorLost = Limit(begin: 0.03, end: 0.06, observations: 20)
        /// The means of a loss, relative to that of guessing, that count as guessing.
        public var guessing = 0.98...1.05
        /// The recent mean of a cycle loss relative to its best one.
        public var explodingCycleLoss = Limit(begin: 3, end: 1.5, observations: 5)
        /// A discriminator's loss relative to its loss when it only guesses. A wild step of a healthy run stays below 10.
        public var explodingScores = Limit(begin: 100, end: 10, observations: 5)
        /// The mean absolute difference, images in -1...1, that an exploded cycle loss is above. Healthy runs get below it
        /// in their first epochs, and the very small loss of a generator that still does nothing may well grow.
        public var poorReconstruction = 0.2
        /// Steps before pictures say anything.
        public var warmUpSteps = 1000
        /// Steps before grids and idle generators count, or the end of the first epoch where that is earlier.
        public var settledSteps = 2000
        /// Logged steps that the means of a discriminator's losses reach back.
        public var discriminatorWindow = 100
        /// Logged steps that the means of the cycle losses reach back.
        public var cycleWindow = 20

        /// The defaults.
        public init() {}

        func limit(for kind: FailureKind) -> Limit {
            switch kind {
            case .colorInversion: colorInversion
            case .idleGenerator: idleGenerator
            case .modeCollapse: modeCollapse
            case .discriminatorWon: discriminatorWon
            case .discriminatorLost: discriminatorLost
            case .checkerboard: checkerboard
            case .explodingCycleLoss: explodingCycleLoss
            case .explodingScores: explodingScores
            // Not a matter of degree.
            case .notFinite: Limit(begin: 1, end: 0, observations: 1)
            }
        }
    }
}
