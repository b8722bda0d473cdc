/// Measures the time and the waiting between two log records.
struct IntervalClock {
    /// Images of one domain since the last lap.
    var images = 0
    private var start = ContinuousClock.now
    private var waited = 0.0

    /// What has passed since the last lap.
    mutating func lap(waited: Double) -> (images: Int, seconds: Double, waited: Double) {
        let now = ContinuousClock.now
        defer { (start, images, self.waited) = (now, 0, waited) }
        return (images, max(start.duration(to: now) / .seconds(1), 1e-9), waited - self.waited)
    }
}
