import CycleGANTraining

/// The values of one quantity over the steps of a run, and what to draw of them.
struct Curve: Equatable {
    /// A value at a step.
    struct Point: Equatable {
        var step: Double
        var value: Double
    }

    /// The values around a step.
    struct Span: Equatable {
        var step: Double
        var low: Double
        var high: Double
    }

    private(set) var points: [Point] = []

    mutating func append(step: Int, value: Double) {
        points.append(Point(step: Double(step), value: value))
    }

    /// Removes the values of the steps after one.
    mutating func removeAll(after step: Int) {
        points.removeAll { $0.step > Double(step) }
    }

    /// The smallest and the largest value of at most `limit` stretches of the curve, so that no spike gets lost.
    ///
    /// - Parameter limit: At least 1.
    func spans(limit: Int) -> [Span] {
        stretches(limit).map { stretch in
            let values = points[stretch].map(\.value)
            let middle = points[stretch.lowerBound + stretch.count / 2].step
            return Span(step: middle, low: values.min() ?? 0, high: values.max() ?? 0)
        }
    }

    /// The course of the values without their noise, at no more than `limit` steps.
    ///
    /// At each step the value there of the straight line through the neighbouring points by least squares (local linear regression,
    /// Cleveland 1979): unlike a moving mean it is right at both ends, where the slope is steep and where the latest values are. Towards
    /// the end, for each point that is missing there, three earlier ones are taken: with half of the points the line would follow the noise.
    /// A few points are left as they are.
    ///
    /// - Parameter limit: At least 1.
    func smoothed(limit: Int) -> [Point] {
        let radius = points.count / 24
        guard radius > 0, limit >= 1 else { return points }
        let sums = PrefixSums(points)
        return stretches(limit).map { stretch in
            // The line reaches from the first point to the last.
            let middle = stretch.lowerBound == 0 ? 0 : stretch.lowerBound + stretch.count / 2
            let centre = stretch.upperBound == points.count ? points.count - 1 : middle
            let missing = max(0, centre + radius + 1 - points.count)
            let window = max(0, centre - radius - 3 * missing)..<centre + radius + 1 - missing
            return Point(step: points[centre].step, value: sums.fittedValue(at: points[centre].step, over: window))
        }
    }

    /// The indices of the points in `count` stretches of nearly equal length, or one for each point where there are fewer.
    private func stretches(_ count: Int) -> [Range<Int>] {
        let count = min(count, points.count)
        return (0..<count).map { $0 * points.count / count..<($0 + 1) * points.count / count }
    }
}

/// Sums over the beginnings of a list of points, which give the sums over any part at once.
private struct PrefixSums {
    // Relative to the first step and scaled to about 1: products of large step numbers would lose digits.
    private let origin: Double
    private let scale: Double
    private var sums: [SIMD4<Double>] = [.zero]

    init(_ points: [Curve.Point]) {
        origin = points[0].step
        scale = 1 / max(1, points[points.count - 1].step - origin)
        for point in points {
            let x = (point.step - origin) * scale
            sums.append(sums[sums.count - 1] + SIMD4(x, point.value, x * x, x * point.value))
        }
    }

    func fittedValue(at step: Double, over window: Range<Int>) -> Double {
        let count = Double(window.count)
        let mean = (sums[window.upperBound] - sums[window.lowerBound]) / count
        let variance = mean[2] - mean[0] * mean[0]
        guard variance > 1e-15 else { return mean[1] }
        let slope = (mean[3] - mean[0] * mean[1]) / variance
        return mean[1] + slope * ((step - origin) * scale - mean[0])
    }
}
