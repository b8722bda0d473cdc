import CycleGANModels
import CycleGANTraining
import Foundation
import Pages
import Support

extension ReportPage {
    private static let warningLimit = 20

    func header(at seconds: Double) -> String {
        guard let progress else { return "<header><h1>\(escaped(title))</h1></header>" }
        let fraction = summary?.reason == .completed ? 1 : progress.fraction(at: seconds)
        let state = summary?.reason.title ?? (failure == nil ? "Training" : "Failed")
        let width = String(format: "%.1f%%", fraction * 100)
        return """
            <header>
            <div class="title"><h1>\(escaped(title))</h1><span class="state\(isRunning ? " running" : "")">\(escaped(state))</span></div>
            \(reason)<div class="bar" role="progressbar" aria-label="Progress" aria-valuenow="\(Int(fraction * 100))">\
            <div style="width:\(width)"></div></div>
            <dl class="facts">\(facts(progress, at: seconds).map(Self.fact).joined())</dl>
            </header>
            """
    }

    /// Why the run ended, where the badge does not say it all.
    private var reason: String {
        guard let reason = summary?.reason, reason.text != reason.title else { return "" }
        return "<p class=\"reason\">\(escaped(reason.text))</p>\n"
    }

    private func facts(_ progress: RunProgress, at seconds: Double) -> [(name: String, value: String, whole: String)] {
        let outline = progress.outline
        var facts = [
            ("Step", grouped(progress.step), " of \(grouped(outline.totalSteps))"),
            ("Epoch", grouped(summary?.epoch ?? progress.epoch), " of \(grouped(outline.totalEpochs))\(Self.part(progress))"),
            (
                "Time", durationText(summary?.seconds ?? progress.elapsed(at: seconds)),
                progress.timeLimit.map { " of \(durationText($0))" } ?? ""
            ),
        ]
        if isRunning, let left = progress.secondsLeft(at: seconds) { facts.append(("Left", durationText(left), "")) }
        if let record {
            facts.append(("Images per second", Self.rate(record.imagesPerSecond), ""))
            facts.append(("Waiting for data", percentage(record.dataWait), ""))
            // Usually all optimisers have the same; several are listed by name.
            let rates = Set(record.learningRates.values)
            let named = record.learningRates.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.rate($0.value))" }
            let text = rates.count == 1 ? rates.map(Self.rate) : named
            if !text.isEmpty { facts.append(("Learning rate", text.joined(separator: ", "), "")) }
        }
        if let bestMetric, let best = bestValidation, let value = best.metrics[bestMetric] {
            facts.append(("Best \(domainNames.legend(of: bestMetric))", shortNumber(value), " in epoch \(grouped(best.epoch))"))
        }
        if let summary { facts.append(("Unreadable files", grouped(summary.unreadableFiles.count), "")) }
        return facts.map { (name: $0.0, value: $0.1, whole: $0.2) }
    }

    /// How far in the epoch the run is; nothing where it is done.
    private static func part(_ progress: RunProgress) -> String { progress.epochFraction < 1 ? ", \(progress.epochPercentage)" : "" }

    private static func fact(name: String, value: String, whole: String) -> String {
        "<div><dt>\(escaped(name))</dt><dd>\(escaped(value))<small>\(escaped(whole))</small></dd></div>"
    }

    private static func rate(_ value: Double) -> String { String(format: "%.3g", value) }

    var failureSection: String {
        failure.map { "<section class=\"warnings\"><h2>Ended with an error</h2><p>\(escaped($0))</p></section>\n" } ?? ""
    }

    var warningSection: String {
        guard !warnings.isEmpty else { return "" }
        let shown = warnings.suffix(Self.warningLimit).map { "<li>\(escaped($0))</li>" }.joined()
        let hidden = warnings.count - Self.warningLimit
        let note = hidden > 0 ? "<p>and \(grouped(hidden)) earlier ones</p>" : ""
        return "<section class=\"warnings\"><h2>\(counted(warnings.count, "warning"))</h2><ul>\(shown)</ul>\(note)</section>\n"
    }
}
