import Support

/// A way in which the training of a GAN fails.
public enum FailureKind: String, CaseIterable, Codable, Sendable {
    /// A generator turns light into dark and the other one turns it back, which satisfies the cycle losses.
    case colorInversion
    /// A generator returns its input.
    case idleGenerator
    /// A generator makes one picture of all inputs.
    case modeCollapse
    /// A discriminator tells all generated images from real ones, so that the generator has no gradient to follow.
    case discriminatorWon
    /// A discriminator gives real and generated images the same score.
    case discriminatorLost
    /// The upsampling of a generator leaves a grid in its pictures.
    case checkerboard
    /// A cycle loss has become a multiple of what it was.
    case explodingCycleLoss
    /// The scores of a discriminator have left all bounds.
    case explodingScores
    /// A loss is NaN or infinite.
    case notFinite

    /// Whether the run is lost without a change. The others may be what the data ask for, or go away by themselves.
    public var isFailure: Bool {
        switch self {
        case .colorInversion, .idleGenerator, .modeCollapse, .discriminatorWon, .explodingCycleLoss, .explodingScores, .notFinite: true
        case .discriminatorLost, .checkerboard: false
        }
    }
}

/// Something that goes wrong in a run: what, where, since when, and what to try.
public struct Finding: Codable, Equatable, Sendable, CustomStringConvertible {
    /// What goes wrong.
    public let kind: FailureKind
    /// The network, or the loss, that it was seen in, such as `generatorAB`, `discriminatorB`, `cycleA`.
    public let subject: String
    /// The first step of the unbroken series of observations that led to this finding.
    public let sinceStep: Int
    /// The step at which the series was long enough to speak of it.
    public let detectedStep: Int
    /// The step at which it was over; `nil` while it holds.
    public internal(set) var endedStep: Int?
    /// What was measured when it was detected, in the unit of `threshold`.
    public let value: Double
    /// The limit that `value` was beyond; see `TrainingDoctor.Thresholds`.
    public let threshold: Double
    /// What was seen, with its numbers.
    public let message: String
    /// What to try in a new run.
    public let advice: [Remedy]

    /// Whether to stop the run or to roll it back. Other findings only warn.
    public var isFailure: Bool { kind.isFailure }

    /// One line for a log: `doctor: generator A to B returns its input unchanged (mean difference 0.003 of the range, since step 1,200);
    /// try identityWeight 0.1, adversarialWeight 2`.
    public var description: String { text(\.description) }

    /// The same line with the remedies in other words.
    public func text(_ remedy: (Remedy) -> String) -> String {
        if let endedStep { return "doctor: over at step \(grouped(endedStep)): \(message)" }
        return "doctor: \(message); try \(advice.map(remedy).joined(separator: ", "))"
    }
}

extension Finding {
    /// The finding that a loss or a tensor, such as `loss cycleA`, became NaN or infinite, which the trainer notices before anyone else.
    init(notFinite what: String, step: Int, configuration: TrainingConfiguration) {
        self.init(
            kind: .notFinite, subject: what, sinceStep: step, detectedStep: step, value: 1, threshold: 1,
            message: "\(what) became NaN or infinite at step \(grouped(step))", advice: configuration.advice(against: .notFinite))
    }
}
