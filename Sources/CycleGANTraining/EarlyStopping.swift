import Support

/// Tells when what is monitored has stopped getting better: the training's losses, or a validation metric.
public struct EarlyStopping: Codable, Equatable, Sendable {
    /// The best value so far and its epoch.
    public private(set) var best: Double?
    /// The epoch of the best value, from 1.
    public private(set) var bestEpoch = 0
    /// Epochs since then.
    public private(set) var epochsWithoutProgress = 0

    /// Before the first epoch.
    public init() {}

    /// Takes in the value of an epoch.
    ///
    /// - Parameter minDelta: An epoch counts as better only when its value is better than the best one by more than this.
    mutating func observe(_ value: Double, epoch: Int, minDelta: Double, isHigherBetter: Bool = false) {
        if best.map({ isHigherBetter ? value > $0 + minDelta : value < $0 - minDelta }) ?? true { (best, bestEpoch) = (value, epoch) }
        epochsWithoutProgress = epoch - bestEpoch
    }

    /// Whether a run in that epoch can have seen this.
    func isPossible(epoch: Int) -> Bool {
        (0...epoch).contains(bestEpoch) && (0...epoch).contains(epochsWithoutProgress) && best?.isFinite != false
    }

    /// Why the run should stop, or `nil` while it should go on.
    ///
    /// - Parameter monitored: What was observed, for the sentence.
    func reason(patience: Int, of monitored: String) -> String? {
        guard epochsWithoutProgress >= patience, let best else { return nil }
        return "\(monitored) has not improved for \(counted(epochsWithoutProgress, "epoch")); "
            + "the best was \(shortNumber(best)) in epoch \(bestEpoch)"
    }
}
