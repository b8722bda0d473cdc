import CycleGANModels
import Imaging
import Pages
import Support

/// One metric of all translations between some domains, from those of the rows to those of the columns.
struct EvaluationMatrix {
    private let metric: MeasuredMetric
    private let names: [String]
    private let values: [[MeasuredMetric?]]

    /// The matrices of what measures translations best: against the truth and by distribution or, without these, what they keep.
    ///
    /// - Returns: None where fewer than three translations were measured.
    static func all(of result: EvaluationResult) -> [EvaluationMatrix] {
        guard result.directions.count > 2, let metrics = result.directions.first?.metrics else { return [] }
        let main = metrics.filter { $0.comparison == .truth || $0.comparison == .distribution }
        return (main.isEmpty ? metrics.filter { $0.comparison == .structure } : main).map { EvaluationMatrix($0, result.directions) }
    }

    private init(_ metric: MeasuredMetric, _ directions: [TranslationResult]) {
        self.metric = metric
        let domains = Set(directions.flatMap { [$0.translation.from, $0.translation.to] }).sorted { $0.name < $1.name }
        names = domains.map { domain in directions[0].names[domain] }
        values = domains.map { from in
            domains.map { to in
                directions.first { $0.translation.from == from && $0.translation.to == to }?.metrics.first { $0.name == metric.name }
            }
        }
    }

    private var title: String { "\(metric.name) \(metric.arrow)" }
    private var cells: [[String]] { values.map { $0.map { $0?.valueText ?? "–" } } }

    /// The matrix for a terminal.
    var text: String {
        let columns = [[""] + names] + names.indices.map { column in [names[column]] + cells.map { $0[column] } }
        let widths = columns.map { $0.map(\.count).max() ?? 0 }
        let lines = columns[0].indices.map { row in
            zip(columns, widths).enumerated().map { index, column in
                let (cell, space) = (column.0[row], String(repeating: " ", count: column.1 - column.0[row].count))
                return index == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
        return "\(title), from the domain of the row to that of the column:\n" + lines.map { "  " + $0 }.joined(separator: "\n")
    }

    /// The matrix as a part of a page.
    var html: String {
        let rows = zip(names, cells).map { HTMLTable.Row(escaped($0), $1.map(escaped)) }
        return "<h3>\(escaped(title))</h3>\n" + HTMLTable("runs", columns: names.map { .init(escaped($0)) }, rows: rows).html
    }
}
