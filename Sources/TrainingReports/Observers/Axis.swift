import CycleGANTraining
import Foundation

/// The range and the round tick values of one axis of a chart.
struct Axis: Equatable {
    let range: ClosedRange<Double>
    let ticks: [Double]

    /// Ticks at round distances (1, 2 or 5 times a power of ten), about `count` of them, within the range.
    ///
    /// A range without length is widened: a chart has an extent.
    init(from low: Double, to high: Double, count: Int) {
        let (low, high) = low < high ? (low, high) : (low - max(abs(low), 1) / 2, high + max(abs(high), 1) / 2)
        let distance = Self.roundDistance(atLeast: (high - low) / Double(max(1, count)))
        range = low...high
        // The slack lets a tick on the edge survive rounding.
        let (first, last) = ((low / distance - 1e-9).rounded(.up), (high / distance + 1e-9).rounded(.down))
        ticks = first <= last ? (Int(first)...Int(last)).map { Double($0) * distance } : []
    }

    /// The place of a value, from 0 at the low end to 1 at the high end; values outside are put on the ends.
    func position(_ value: Double) -> Double {
        min(1, max(0, (value - range.lowerBound) / (range.upperBound - range.lowerBound)))
    }

    /// The text of a tick: as many decimals as the distances need, thousands and millions shortened.
    func label(_ tick: Double) -> String {
        let distance = ticks.count > 1 ? ticks[1] - ticks[0] : max(abs(tick), 1)
        let (unit, suffix) =
            switch abs(ticks.last ?? tick) {
            case 1_000_000...: (1_000_000.0, "M")
            case 10_000...: (1000.0, "k")
            default: (1.0, "")
            }
        if tick == 0 { return "0" }
        // Runs that explode reach numbers that have no room.
        if abs(ticks.last ?? tick) >= 1e9 { return String(format: "%.1e", tick) }
        let decimals = max(0, Int((-log10(distance / unit) - 1e-9).rounded(.up)))
        return String(format: "%.\(decimals)f", tick / unit) + suffix
    }

    private static func roundDistance(atLeast distance: Double) -> Double {
        let power = pow(10, log10(distance).rounded(.down))
        let multiple = [1, 2, 5, 10].first { $0 * power >= distance * (1 - 1e-9) } ?? 10
        return multiple * power
    }
}
