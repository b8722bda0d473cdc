import Foundation

/// How the learning rate changes over the epochs, as a factor on the base rate.
public enum LearningRatePolicy: String, CaseIterable, Codable, Sendable {
    /// Constant, then linear towards zero: 1 - max(0, e - n) / (d + 1) in epoch e (from 1) of n constant and d decaying ones.
    case linear
    /// The reference's formula of July 2020 to July 2025, one epoch ahead: 1 - max(0, e + 1 - n) / (d + 1).
    case linear2020 = "linear-2020"
    /// A tenth every `stepEpochs` epochs.
    case step
    /// Half a cosine from 1 to 0 over the whole training.
    case cosine
    /// The full rate in every epoch.
    case constant
    /// A fifth whenever the metric has not improved for more than five epochs; see `PlateauState`.
    case plateau
}

/// The learning rate as a pure function of epoch and step.
public struct LearningRateSchedule: Sendable, Equatable {
    /// The formula.
    public var policy: LearningRatePolicy
    /// Epochs at the full rate (n).
    public var constantEpochs: Int
    /// Epochs of decay (d).
    public var decayEpochs: Int
    /// The period of `step`.
    public var stepEpochs: Int
    /// Optimiser steps over which the rate rises linearly from 1/N of its value; 0 for none.
    public var warmupSteps: Int

    /// A schedule over `constantEpochs + decayEpochs` epochs.
    public init(policy: LearningRatePolicy, constantEpochs: Int, decayEpochs: Int, stepEpochs: Int = 50, warmupSteps: Int = 0) {
        self.policy = policy
        self.constantEpochs = constantEpochs
        self.decayEpochs = decayEpochs
        self.stepEpochs = stepEpochs
        self.warmupSteps = warmupSteps
    }

    /// The factor on the base learning rate.
    ///
    /// - Parameters:
    ///   - epoch: From 1.
    ///   - step: Optimiser steps taken before this one.
    ///   - plateauFactor: `PlateauState.factor`, used by `plateau` only.
    public func factor(epoch: Int, step: Int, plateauFactor: Double = 1) -> Double {
        epochFactor(epoch, plateauFactor: plateauFactor) * warmupFactor(step)
    }

    private func epochFactor(_ epoch: Int, plateauFactor: Double) -> Double {
        switch policy {
        case .constant: 1
        case .linear: 1 - Double(max(0, epoch - constantEpochs)) / Double(decayEpochs + 1)
        case .linear2020: 1 - Double(max(0, epoch + 1 - constantEpochs)) / Double(decayEpochs + 1)
        case .step: pow(0.1, Double((epoch - 1) / stepEpochs))
        case .cosine: (1 + cos(.pi * Double(epoch - 1) / Double(constantEpochs + decayEpochs))) / 2
        case .plateau: plateauFactor
        }
    }

    private func warmupFactor(_ step: Int) -> Double {
        warmupSteps > 0 ? min(1, Double(step + 1) / Double(warmupSteps)) : 1
    }
}

/// The state of the `plateau` policy: PyTorch's `ReduceLROnPlateau` with factor 0.2, relative threshold 0.01 and patience 5.
public struct PlateauState: Codable, Sendable, Equatable {
    /// The factor on the base learning rate.
    public private(set) var factor = 1.0
    private var best: Double?
    private var badEpochs = 0

    private static let patience = 5

    /// The state before the first epoch: factor 1, no metric seen.
    public init() {}

    /// Whether some series of metrics leads here.
    public var isPossible: Bool { (0...1).contains(factor) && (0...Self.patience).contains(badEpochs) && best?.isFinite != false }

    /// Takes in the metric of an epoch; smaller is better.
    public mutating func observe(_ metric: Double) {
        if best.map({ metric < $0 * (1 - 0.01) }) ?? true {
            best = metric
            badEpochs = 0
        } else {
            badEpochs += 1
        }
        if badEpochs > Self.patience {
            factor *= 0.2
            badEpochs = 0
        }
    }
}
