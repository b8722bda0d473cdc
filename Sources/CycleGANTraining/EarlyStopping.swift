import Pages

/// Tells when the monitored loss has stopped falling: its value is the mean over an epoch of training, smaller is better.
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
    /// - Parameter minDelta: An epoch counts as better only when its value is lower than the best one by more than this.
    mutating func observe(_ value: Double, epoch: Int, minDelta: Double) {
        if best.map({ value < $0 - minDelta }) ?? true {
            (best, bestEpoch, epochsWithoutProgress) = (value, epoch, 0)
        } else {
            epochsWithoutProgress += 1
        }
    }

    /// Why the run should stop, or `nil` while it should go on.
    func reason(patience: Int, losses: [String]) -> String? {
        guard epochsWithoutProgress >= patience, let best else { return nil }
        return "the mean of \(losses.joined(separator: " + ")) has not fallen for \(counted(epochsWithoutProgress, "epoch")); "
            + "the best was \(shortNumber(best)) in epoch \(bestEpoch)"
    }
}
