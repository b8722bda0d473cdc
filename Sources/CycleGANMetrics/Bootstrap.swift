import Support

/// Where a statistic of images probably lies, and how sure that is.
public struct ConfidenceInterval: Sendable, Equatable, Codable {
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double
    /// The probability with which such intervals hold the true value: 0.95.
    public let level: Double
}

/// Percentile bootstrap: how far a statistic of a set of images would scatter if other images of the same kind had been taken.
///
/// The images are drawn again, with replacement, as many as there are, many times; the interval lies between the quantiles of the
/// statistic over these draws, interpolated linearly. Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13;
/// SciPy's `scipy.stats.bootstrap` with `method="percentile"`.
public struct Bootstrap: Sendable, Equatable {
    /// How often the images are drawn.
    public let resamples: Int
    /// The probability with which intervals are to hold the true value.
    public let level: Double
    /// What the draws depend on: the same seed and number of images give the same draws.
    public let seed: UInt64

    /// - Parameters:
    ///   - resamples: At least 1.
    ///   - level: Between 0 and 1.
    public init(resamples: Int = 1000, level: Double = 0.95, seed: UInt64 = 0) {
        precondition(resamples > 0 && level > 0 && level < 1, "\(resamples) resamples and a level of \(level) give no interval")
        self.resamples = resamples
        self.level = level
        self.seed = seed
    }

    /// The interval of the mean of one value for each image; `nil` for fewer than two values and where a value is not finite.
    public func interval(ofMean values: [Double]) -> ConfidenceInterval? {
        guard values.allSatisfy(\.isFinite) else { return nil }
        return interval(count: values.count) { indices in
            indices.reduce(0) { $0 + values[$1] } / Double(indices.count)
        }
    }

    /// The interval of any statistic of images.
    ///
    /// - Parameters:
    ///   - count: The number of images.
    ///   - statistic: The statistic of the images with these indices, `count` of them, some of them more than once.
    /// - Returns: `nil` for fewer than two images and where the statistic of a draw is not finite.
    public func interval(count: Int, statistic: ([Int]) throws -> Double) rethrows -> ConfidenceInterval? {
        guard count > 1 else { return nil }
        var random = SplitMix64(seed: seed)
        var statistics: [Double] = []
        statistics.reserveCapacity(resamples)
        for _ in 0..<resamples {
            let value = try statistic((0..<count).map { _ in random.integer(below: count) })
            guard value.isFinite else { return nil }
            statistics.append(value)
        }
        statistics.sort()
        let tail = (1 - level) / 2
        return ConfidenceInterval(
            lower: Self.quantile(tail, of: statistics), upper: Self.quantile(1 - tail, of: statistics), level: level)
    }

    /// A quantile of sorted values, linear between neighbours.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let position = share * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
}
