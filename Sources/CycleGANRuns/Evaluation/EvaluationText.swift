import CycleGANMetrics
import Foundation
import Support

extension EvaluationResult {
    /// The tables and notes for a terminal.
    public var text: String {
        let tables = directions.map { direction in
            let rows = direction.metrics.map { ($0.name, $0.valueText, $0.spreadText, $0.arrow, $0.comparison) }
            let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0, rows.map(\.2.count).max() ?? 0)
            func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: width - text.count) }
            let sections = Comparison.allCases.compactMap { comparison -> String? in
                let lines = rows.filter { $0.4 == comparison }.map { name, value, spread, arrow, _ in
                    "    \(padded(name, widths.0))  \(String(repeating: " ", count: widths.1 - value.count))\(value) \(arrow)  \(spread)"
                }
                return lines.isEmpty ? nil : "  \(comparison.rawValue)\n" + lines.joined(separator: "\n")
            }
            let head = "\(direction.translation.title): \(counted(direction.images, "image")), \(counted(direction.reals, "real image"))"
            return ([head] + sections + direction.notes.map { "  note: " + $0 }).joined(separator: "\n")
        }
        return (tables + notes.map { "note: " + $0 }).joined(separator: "\n")
    }
}

extension MeasuredMetric {
    /// The value for people.
    var valueText: String { value == .infinity ? "equal" : shortNumber(value) }

    /// How sure it is, or nothing.
    var spreadText: String {
        if let interval { return "\(shortNumber(interval.lower)) to \(shortNumber(interval.upper))" }
        return deviation.map { "± \(shortNumber($0))" } ?? ""
    }

    /// Which way is better.
    var arrow: String { isHigherBetter ? "↑" : "↓" }
}
