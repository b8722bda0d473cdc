import CycleGANModels
import CycleGANTraining
import Foundation
import Pages
import Support

extension ReportPage {
    static let epochLimit = 8

    var epochSection: String {
        guard !epochs.isEmpty else { return "" }
        var rows = epochs.suffix(Self.epochLimit).reversed().map { epoch in
            (name: "Epoch \(grouped(epoch.epoch))", values: lossNames.map { epoch.meanLosses[$0] })
        }
        if let record { rows.insert(("Step \(grouped(record.step))", lossNames.map { record.losses[$0] }), at: 0) }
        var note = epochs.count > Self.epochLimit ? "the last \(Self.epochLimit) epochs" : "means over an epoch"
        if let lastRecalledEpoch, epochs.suffix(Self.epochLimit).contains(where: { $0.epoch <= lastRecalledEpoch }) {
            note += ", up to epoch \(grouped(lastRecalledEpoch)) over the logged steps"
        }
        return """
            <section>
            <h2>Values <small>latest step, then \(note)</small></h2>
            \(Self.valueTable(columns: lossNames.map(domainNames.legend), rows: rows))</section>

            """
    }

    /// A table of numbers, whose first row is the one of interest.
    static func valueTable(columns: [String], rows: [(name: String, values: [Double?])]) -> String {
        HTMLTable(
            "values", columns: columns.map { .init(escaped($0)) },
            rows: rows.map { name, values in .init(escaped(name), values.map { $0.map(shortNumber) ?? "–" }) }
        ).html
    }

    var settingSection: String {
        guard !settings.isEmpty else { return "" }
        let rows = settings.map { key, value in
            "<div><dt>\(escaped(key))</dt><dd>\(escaped(value))</dd></div>"
        }
        return "<section>\n<h2>Settings</h2>\n<dl class=\"settings\">\(rows.joined(separator: "\n"))</dl>\n</section>\n"
    }
}
