import CycleGANInference
import CycleGANMetrics
import Foundation
import Support

extension EvaluationResult {
    /// The tables and notes for a terminal.
    public var text: String {
        let tables = directions.map { direction in
            let rows = direction.metrics.map { metric in
                let facts = [metric.spreadText, metric.rangeText].filter { !$0.isEmpty }.joined(separator: ", ")
                return (metric.name, metric.valueText, facts, metric.arrow, metric.comparison)
            }
            let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
            func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: width - text.count) }
            let sections = Comparison.allCases.compactMap { comparison -> String? in
                let lines = rows.filter { $0.4 == comparison }.map { name, value, spread, arrow, _ in
                    "    \(padded(name, widths.0))  \(String(repeating: " ", count: widths.1 - value.count))\(value) \(arrow)  \(spread)"
                }
                return lines.isEmpty ? nil : "  \(comparison.words(direction))\n" + lines.joined(separator: "\n")
            }
            let head = "\(direction.title): \(counted(direction.images, "image")), \(counted(direction.reals, "real image"))"
            let scale = direction.scaleText(size).map { "; \($0)" } ?? ""
            return
                ([head + scale] + sections + [direction.baselines?.text].compactMap { $0 }
                + direction.notes.map { ($0 == direction.scaleWarning ? "  warning: " : "  note: ") + $0 })
                .joined(separator: "\n")
        }
        return (tables + EvaluationMatrix.all(of: self).map(\.text) + notes.map { "note: " + $0 }).joined(separator: "\n")
    }
}

extension TranslationResult {
    /// At which size the pictures were measured.
    ///
    /// - Parameter scaling: What they were scaled to, as `EvaluationResult.size` says.
    func scaleText(_ scaling: String) -> String? {
        sizes.map { "measured at \($0.words)" + (scaling == "\(InputScaling.original)" ? "" : ", scaled to \(scaling)") }
    }
}

extension MeasuredMetric {
    /// The range of values by which a pixel metric was taken, or nothing.
    var rangeText: String {
        guard !dataRanges.isEmpty else { return "" }
        return "range" + (dataRanges.count > 1 ? "s " : " ") + dataRanges.map(plainNumber).joined(separator: " and ")
    }

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
