/// Which values of a domain's images become black and white, as someone says it.
public enum RangeChoice: Equatable, Sendable {
    /// These values.
    case fixed(ClosedRange<Double>)
    /// The values below which so many per cent of an image's samples lie, or of a data set's.
    case percentile(low: Double, high: Double)

    /// Reads `0,4095`, `0...4095`, `percentile:1,99`, and a window as radiologists name it, `window:40,400`: centre and width.
    ///
    /// - Returns: `nil` for anything else, for bounds that do not rise and for percentiles outside 0...100.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let values = Self.pair(parts[parts.count - 1]) else { return nil }
        let name = parts.count > 1 ? parts[0] : ""
        switch name {
        case "" where parts.count == 1 && values.0 < values.1 && (values.1 - values.0).isFinite: self = .fixed(values.0...values.1)
        case "percentile" where values.0 >= 0 && values.0 < values.1 && values.1 <= 100: self = .percentile(low: values.0, high: values.1)
        case "window" where values.1 > 0 && values.1.isFinite: self = .fixed(values.0 - values.1 / 2...values.0 + values.1 / 2)
        default: return nil
        }
    }

    private static func pair(_ text: String) -> (Double, Double)? {
        let texts = text.contains("...") ? text.split(separator: "...") : text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = texts.compactMap { Double($0.filter { !$0.isWhitespace }) }.filter(\.isFinite)
        return texts.count == 2 && numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    /// What may be given, in words.
    public static let words = "two numbers in rising order, such as [0, 4095] or 0,4095, percentile:1,99, or window:40,400 (centre, width)"

    /// The values; `nil` for percentiles, which images decide.
    public var bounds: ClosedRange<Double>? {
        if case .fixed(let bounds) = self { bounds } else { nil }
    }

    /// The values for some samples: for percentiles between the nearest two samples, as `numpy.percentile` takes them.
    ///
    /// - Parameter levels: In any order; what is not finite does not count.
    /// - Returns: A range of some extent, also where all samples are one; `nil` for percentiles of no samples.
    public func bounds(of levels: [Float]) -> ClosedRange<Double>? {
        guard case .percentile(let low, let high) = self else { return bounds }
        let sorted = levels.filter(\.isFinite).sorted()
        guard !sorted.isEmpty else { return nil }
        func percentile(_ share: Double) -> Double {
            let position = share / 100 * Double(sorted.count - 1)
            let (below, above) = (Double(sorted[Int(position)]), Double(sorted[min(Int(position) + 1, sorted.count - 1)]))
            return below + (above - below) * (position - position.rounded(.down))
        }
        let (first, last) = (percentile(low), percentile(high))
        return first < last ? first...last : first...first + 1
    }
}
