import CycleGANInference
import Foundation
import Imaging
import Pages
import Support

/// What baselines make of the images that a model was measured on.
public struct BaselineComparison: Encodable {
    /// One of them.
    public struct Row: Encodable {
        /// `model`, `unchanged` or that of the method.
        public let name: String
        /// The metrics that the model has, but for those of reconstructions, in its order.
        public let metrics: [MeasuredMetric]
    }

    /// Which images the style is from.
    public let style: String
    /// The model, its input unchanged, and every baseline.
    public internal(set) var rows: [Row]
    /// What a person should know.
    public let notes: [String]
}

/// The baselines that stand beside a model.
public final class ComparedBaselines {
    /// Which images the style is from.
    let style: String
    /// In the order of the table.
    let methods: [BaselineTranslator]
    /// Whose pictures are kept, because they take long to make.
    let kept: Set<String>
    let notes: [String]
    // By method and by image, small.
    private var pictures: [String: [Int: PixelImage]] = [:]

    /// - Parameters:
    ///   - methods: The first leaves images unchanged.
    ///   - kept: Names of those that take long.
    public init(style: String, methods: [BaselineTranslator], kept: Set<String>, notes: [String]) {
        self.style = style
        self.methods = methods
        self.kept = kept
        self.notes = notes
    }

    func keep(_ picture: PixelImage, of index: Int, by method: BaselineTranslator) {
        if kept.contains(method.name) { pictures[method.name, default: [:]][index] = picture }
    }

    func picture(of index: Int, by method: BaselineTranslator) -> PixelImage? { pictures[method.name]?[index] }
}

extension BaselineComparison {
    /// The metrics of the model with which way is better; a baseline may lack some of them.
    private var columns: [MeasuredMetric] { rows.first?.metrics ?? [] }

    private func text(_ row: Row, _ column: MeasuredMetric) -> String {
        row.metrics.first { $0.name == column.name }?.valueText ?? "–"
    }

    private var title: String { "beside baselines with the style of \(style)" }

    /// The table and notes for a terminal.
    var text: String {
        let heads = columns.map { "\($0.name) \($0.arrow)" }
        let names = rows.map(\.name)
        let width = names.map(\.count).max() ?? 0
        func line(_ name: String, _ cells: [String]) -> String {
            let padded = zip(cells, heads).map { String(repeating: " ", count: max(0, $1.count - $0.count)) + $0 }
            return "    \(name)\(String(repeating: " ", count: width - name.count))  \(padded.joined(separator: "  "))"
        }
        let lines = rows.map { row in line(row.name, columns.map { text(row, $0) }) }
        return (["  \(title)", line("", heads)] + lines + notes.map { "  note: \($0)" }).joined(separator: "\n")
    }

    /// The table and notes for the page.
    var html: String {
        let heads = columns.map { HTMLTable.Column("\(escaped($0.name)) \($0.arrow)") }
        let lines = rows.map { row in HTMLTable.Row(escaped(row.name), columns.map { escaped(text(row, $0)) }) }
        let notes = notes.map { "<p class=\"quiet\">\(escaped($0))</p>" }.joined()
        return "<h3>Beside baselines</h3>\n<p class=\"quiet\">Style: \(escaped(style)).</p>\n"
            + HTMLTable("runs baselines", columns: heads, rows: lines).html + notes
    }
}

/// Something that is worked out once.
final class Found<Value> {
    private var found: Value?

    func value(or make: @autoclosure () throws -> Value) rethrows -> Value {
        if let found { return found }
        let value = try make()
        found = value
        return value
    }
}
