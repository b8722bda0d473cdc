/// Tells when the state of a run should be written again for the time that has passed.
struct SavingClock {
    private var last = ContinuousClock.now
    private var cost = Duration.zero

    // Of the time, saving may take a hundredth.
    private static let patience = 100

    /// Whether a period has passed since the last time, and enough of it for what a save costs.
    ///
    /// - Parameter period: In seconds; 0 for never.
    func isDue(after period: Double, at now: ContinuousClock.Instant = .now) -> Bool {
        period > 0 && last.duration(to: now) >= max(.seconds(period), cost * Self.patience)
    }

    /// Runs and times a save.
    mutating func measure(_ save: () throws -> Void) rethrows {
        let start = ContinuousClock.now
        try save()
        last = .now
        cost = start.duration(to: last)
    }
}
