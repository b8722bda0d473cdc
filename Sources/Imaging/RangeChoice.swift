/// Which values of a domain's images become black and white, as someone says it.
public enum RangeChoice: Equatable, Sendable {
    /// These values.
    case fixed(ValueRange)
    /// The values below which so many per cent of an image's samples lie, or of a data set's: of all bands together or of each band.
    case percentile(low: Double, high: Double, perBand: Bool = false)

    /// Reads `0,4095`, `0...4095`, `0,4095/0,1` for two bands, `percentile:1,99`, `percentile-per-band:1,99`, and a window as radiologists
    /// name it, `window:40,400`: centre and width.
    ///
    /// - Returns: `nil` for anything else, for bounds that do not rise and for percentiles outside 0...100.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let pairs = parts[parts.count - 1].split(separator: "/", omittingEmptySubsequences: false).compactMap(Self.pair)
        guard let first = pairs.first, pairs.count == parts[parts.count - 1].count(where: { $0 == "/" }) + 1 else { return nil }
        let isOne = pairs.count == 1
        switch parts.count > 1 ? parts[0] : "" {
        case "" where parts.count == 1:
            let bands = pairs.compactMap { $0.0 < $0.1 ? $0.0...$0.1 : nil }
            guard bands.count == pairs.count, let range = ValueRange(bands: bands) else { return nil }
            self = .fixed(range)
        case "percentile" where isOne && Self.arePercentiles(first): self = .percentile(low: first.0, high: first.1)
        case "percentile-per-band" where isOne && Self.arePercentiles(first):
            self = .percentile(low: first.0, high: first.1, perBand: true)
        case "window" where first.1 > 0 && first.1.isFinite && isOne:
            self = .fixed(ValueRange(first.0 - first.1 / 2...first.0 + first.1 / 2))
        default: return nil
        }
    }

    private static func pair(_ text: Substring) -> (Double, Double)? {
        let texts = text.contains("...") ? text.split(separator: "...") : text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = texts.compactMap { Double($0.filter { !$0.isWhitespace }) }.filter(\.isFinite)
        return texts.count == 2 && numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    private static func arePercentiles(_ pair: (Double, Double)) -> Bool { pair.0 >= 0 && pair.0 < pair.1 && pair.1 <= 100 }

    /// What may be given, in words.
    public static let words =
        "two numbers in rising order, such as [0, 4095] or 0,4095, the same for each band, such as 0,4095/0,1, percentile:1,99, "
        + "percentile-per-band:1,99, or window:40,400 (centre, width)"

    /// The values; `nil` for percentiles, which images decide.
    public var bounds: ValueRange? {
        if case .fixed(let bounds) = self { bounds } else { nil }
    }

    /// The values for some samples: for percentiles between the nearest two samples, as `numpy.percentile` takes them.
    ///
    /// - Parameters:
    ///   - levels: Pixel by pixel; what is not finite does not count.
    ///   - bands: How many of them are one pixel.
    /// - Returns: Ranges of some extent, also where all samples are one; `nil` for percentiles of no samples.
    public func bounds(of levels: [Float], bands: Int = 1) -> ValueRange? {
        guard case .percentile(let low, let high, let perBand) = self else { return bounds }
        guard perBand else { return Self.range(of: levels, low, high).map { ValueRange($0) } }
        let ranges = (0..<bands).compactMap { band in
            Self.range(of: stride(from: band, to: levels.count, by: bands).map { levels[$0] }, low, high)
        }
        return ranges.count == bands ? ValueRange(bands: ranges) : nil
    }

    private static func range(of levels: [Float], _ low: Double, _ high: Double) -> ClosedRange<Double>? {
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
