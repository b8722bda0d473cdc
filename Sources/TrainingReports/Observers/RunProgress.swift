import CycleGANTraining

/// How far a run is, how fast it goes and how long it will still take.
///
/// Seconds are those of one clock that never goes back; see `stopwatch()`.
struct RunProgress {
    let outline: RunOutline
    private(set) var step: Int
    private(set) var epoch: Int
    private let start: Double
    // The last steps and when they ended, at least `spacing` apart: the speed is measured across them.
    private var marks: [(seconds: Double, step: Int)]

    private static let markLimit = 64
    private static let spacing = 0.5

    init(_ outline: RunOutline, at seconds: Double) {
        self.outline = outline
        step = outline.completedSteps
        epoch = min(outline.totalEpochs, outline.completedSteps / max(1, outline.stepsPerEpoch) + 1)
        start = seconds
        marks = [(seconds, outline.completedSteps)]
    }

    mutating func advance(to step: Int, epoch: Int, at seconds: Double) {
        self.step = step
        self.epoch = epoch
        guard let last = marks.last, seconds - last.seconds >= Self.spacing else { return }
        marks.append((seconds, step))
        if marks.count > Self.markLimit { marks.removeFirst() }
    }

    /// Seconds of the whole run, earlier processes included.
    func elapsed(at seconds: Double) -> Double { outline.earlierSeconds + ownSeconds(at: seconds) }

    /// Seconds since the start of this process's part of the run.
    private func ownSeconds(at seconds: Double) -> Double { max(0, seconds - start) }

    /// The seconds of the whole run at which the time limit of this process ends it.
    var timeLimit: Double? { outline.timeLimit.map { outline.earlierSeconds + $0 } }

    /// The part of the current epoch that is done, 0...1.
    var epochFraction: Double {
        let steps = max(1, outline.stepsPerEpoch)
        return min(1, max(0, Double(step - (epoch - 1) * steps) / Double(steps)))
    }

    /// The same in whole percents, such as `28%`; all of them only when the epoch is done.
    var epochPercentage: String { "\(Int(epochFraction * 100))%" }

    /// Over the last half minute, or the last 64 steps where steps are slow; `nil` before the first measurement.
    var stepsPerSecond: Double? {
        guard let first = marks.first, let last = marks.last, last.step > first.step, last.seconds > first.seconds else { return nil }
        return Double(last.step - first.step) / (last.seconds - first.seconds)
    }

    /// Whether the time limit is expected to end the run before the last step does.
    func isBoundByTime(at seconds: Double) -> Bool {
        guard let limit = timeLimit else { return false }
        guard let secondsForSteps else { return true }
        return limit - elapsed(at: seconds) < secondsForSteps
    }

    /// The part of the run that is done, 0...1: of the steps, or of the time where the time limit comes first.
    func fraction(at seconds: Double) -> Double {
        let (done, whole) =
            if isBoundByTime(at: seconds), let limit = timeLimit {
                (elapsed(at: seconds), limit)
            } else {
                (Double(step), Double(outline.totalSteps))
            }
        return whole > 0 ? min(1, max(0, done / whole)) : 1
    }

    /// Seconds until the steps are done or the time is up, whichever comes first; `nil` while that cannot be told.
    func secondsLeft(at seconds: Double) -> Double? {
        let left = [secondsForSteps, timeLimit.map { $0 - elapsed(at: seconds) }].compactMap { $0 }.min()
        return left.map { max(0, $0) }
    }

    private var secondsForSteps: Double? {
        stepsPerSecond.map { Double(max(0, outline.totalSteps - step)) / $0 }
    }
}

/// Makes a clock that tells the seconds since this call, whatever happens to the system's date.
public func stopwatch() -> () -> Double {
    let start = ContinuousClock.now
    return { start.duration(to: .now) / .seconds(1) }
}
