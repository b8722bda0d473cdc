import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support

/// The page that shows runs beside each other.
struct ComparisonPage {
    let runs: [ComparedRun]

    /// The page, well-formed as HTML and as XML.
    func html(date: Date) throws(ImageError) -> String {
        let title = runs.map(\.name).joined(separator: " · ")
        let body = """
            <header><h1>\(escaped(title))</h1></header>
            <main>
            \(summarySection)\(settingSection)\(lossSection)\(validationSection)\(try ComparedSamples(runs: runs, names: names).section)</main>
            """
        return HTMLDocument(title: title, body: body, date: date).html
    }

    /// What the domains are called, where all runs agree about it.
    private var names: DomainNames {
        let names = runs.map(\.configuration.domainNames)
        return names.allSatisfy { $0 == names.first } ? names.first ?? .own : .own
    }

    /// The name of a run with the colour of its curves.
    static func name(_ run: ComparedRun, _ index: Int) -> String {
        "<i class=\"\(CurveChart.color(index))\"></i>\(escaped(run.name))"
    }

    private var summarySection: String {
        let columns = ["Steps", "Epochs", "Images per second", "Best validation", "Generators", "Discriminators"]
        let rows = runs.enumerated().map { index, run in
            let cells = [
                grouped(run.steps), grouped(run.epochs), run.imagesPerSecond.map { String(format: "%.3g", $0) } ?? "–",
                run.bestValidation ?? "–", run.parameters.map { "\(grouped($0.generators)) parameters" } ?? "–",
                run.parameters.map { "\(grouped($0.discriminators)) parameters" } ?? "–", run.ending.long,
            ]
            let domains = run.configuration.domainNames == .own ? "" : "<br/><small>\(escaped(run.domains))</small>"
            return HTMLTable.Row(Self.name(run, index) + domains, cells.map(escaped))
        }
        return """
            <section>
            <h2>Runs</h2>
            \(HTMLTable("runs", columns: columns.map { .init($0) } + [.init("End", isText: true)], rows: rows).html)</section>

            """
    }

    private var settingSection: String {
        let differences = ConfigurationDifferences(of: runs.map(\.configuration))
        let equal = "\(counted(differences.equalCount, "setting")) \(differences.equalCount == 1 ? "is" : "are") equal"
        guard !differences.differing.isEmpty else {
            return
                "<section><h2>Settings</h2><p class=\"quiet\">All \(counted(differences.equalCount, "setting")) are equal.</p></section>\n"
        }
        let columns = runs.enumerated().map { HTMLTable.Column(Self.name($1, $0), isText: true) }
        let rows = differences.differing.map { setting in
            HTMLTable.Row(escaped(setting.key), setting.values.map { $0.map(escaped) ?? "<small>not given</small>" })
        }
        return """
            <section>
            <h2>Settings that differ <small>\(equal)</small></h2>
            \(HTMLTable("runs", columns: columns, rows: rows).html)</section>

            """
    }

    private var lastStep: Int { runs.map(\.steps).max() ?? 0 }

    private var lossSection: String {
        let losses = Set(runs.flatMap { $0.log.steps.last?.losses.keys.map { $0 } ?? [] }).sorted()
        let charts = losses.map { name in chart(self.names.legend(of: name), runs.map { ($0.name, $0.curve(ofLoss: name)) }) }
        return Self.section(
            "Losses <small>single values pale, trends as lines</small>",
            note: "With the weights with which they enter the total: a run with twice the weight shows twice the loss.", charts)
    }

    private var validationSection: String {
        let metrics = Set(runs.flatMap { $0.log.validations.flatMap(\.metrics.keys) })
        let groups = LossGroup.groups(ofMetrics: metrics, first: runs.first?.configuration.bestMetric)
        let charts = groups.flatMap { group in
            group.losses.map { name in
                var chart = chart(names.legend(of: name), runs.map { ($0.name, $0.log.validations.curve(of: name)) })
                (chart.subtitle, chart.line) = (group.betterDirection, .values)
                return chart
            }
        }
        return Self.section("Validation", note: "Without weights, on images that the networks are not trained on.", charts)
    }

    private func chart(_ title: String, _ curves: [(name: String, curve: Curve)]) -> CurveChart {
        CurveChart(title: title, curves: curves, lastStep: lastStep, remark: EqualCurves.text(of: curves))
    }

    private static func section(_ head: String, note: String, _ charts: [CurveChart]) -> String {
        guard !charts.isEmpty else { return "" }
        var (note, charts) = (note, charts)
        // What holds for all of them is said once.
        if let remark = charts.first?.remark, charts.count > 1, charts.allSatisfy({ $0.remark == remark }), !remark.isEmpty {
            note += " In all of them \(escaped(remark))."
            for index in charts.indices { charts[index].remark = "" }
        }
        return """
            <section>
            <h2>\(head)</h2>
            <p class="quiet">\(note)</p>
            <div class="charts">
            \(charts.map(\.html).joined(separator: "\n"))
            </div>
            </section>

            """
    }
}
