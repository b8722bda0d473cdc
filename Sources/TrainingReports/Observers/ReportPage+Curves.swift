import CycleGANModels
import CycleGANTraining
import Pages
import Support

extension ReportPage {
    var curveSection: String {
        let names = lossNames.filter { curves[$0]?.points.isEmpty == false }
        guard !names.isEmpty else { return "" }
        let charts = LossGroup.groups(of: names).map { group in
            CurveChart(title: group.title, curves: group.losses.map { (domainNames.legend(of: $0), curves[$0] ?? Curve()) }).html
        }
        return """
            <section>
            <h2>Losses <small>single values pale, trends as lines</small></h2>
            <p class="quiet">The adversarial losses of generators and discriminators hover and need not fall, since each side gets better \
            against the other\(Self.fallingLosses(names)). No curve says how good the pictures are: judge by the pictures.</p>
            <div class="charts">
            \(charts.joined(separator: "\n"))
            </div>
            </section>

            """
    }

    /// Those that tell of progress, as the end of a sentence.
    private static func fallingLosses(_ names: [String]) -> String {
        let groups = LossGroup.groups(of: names).filter { ["cycle", "identity", "pair", "nce", "nceIdentity", "l1"].contains($0.name) }
        let titles = groups.map { $0.title.lowercased() }
        guard let last = titles.last else { return "" }
        return "; \(titles.count > 1 ? "\(titles.dropLast().joined(separator: ", ")) and \(last)" : last) should fall"
    }

    /// The validation that had the best value so far.
    var bestValidation: ValidationRecord? { validations.last(where: \.isBest) }

    private var metricGroups: [LossGroup] {
        LossGroup.groups(ofMetrics: Set(validations.flatMap(\.metrics.keys)), first: bestMetric)
    }

    var validationSection: String {
        guard !validations.isEmpty else { return "" }
        let best = bestValidation
        let mark = best.map {
            CurveChart.Mark(step: $0.step, text: "best: epoch \(grouped($0.epoch))", curve: bestMetric.map(domainNames.legend))
        }
        let charts = metricGroups.map { group in
            CurveChart(
                title: group.title, subtitle: group.betterDirection,
                curves: group.losses.map { (domainNames.legend(of: $0), validations.curve(of: $0)) },
                line: .values, lastStep: progress?.step, mark: mark
            ).html
        }
        return """
            <section>
            <h2>Validation <small>\(bestText.map(escaped) ?? counted(validations.count, "validation"))</small></h2>
            <p class="quiet">Measured after an epoch on images that the networks are not trained on. The networks of the best epoch are in \
            checkpoints/best.safetensors and models/best_*.</p>
            <div class="charts">
            \(charts.joined(separator: "\n"))
            </div>
            \(validationTable)</section>

            """
    }

    /// `best cycle 0.153 in epoch 12`.
    private var bestText: String? {
        guard let bestMetric, let best = bestValidation, let value = best.metrics[bestMetric] else { return nil }
        return "best \(domainNames.legend(of: bestMetric)) \(shortNumber(value)) in epoch \(grouped(best.epoch))"
    }

    private var validationTable: String {
        let names = metricGroups.flatMap(\.losses)
        var shown = Array(validations.suffix(Self.epochLimit).reversed())
        // The best one is looked for, however long ago it was.
        if let best = bestValidation, !shown.contains(best) { shown.append(best) }
        let rows = shown.map { record in
            (name: "Epoch \(grouped(record.epoch))\(record == bestValidation ? " (best)" : "")", values: names.map { record.metrics[$0] })
        }
        return Self.valueTable(columns: names.map(domainNames.legend), rows: rows)
    }
}

extension [ValidationRecord] {
    /// The values of a metric over the steps.
    func curve(of metric: String) -> Curve {
        reduce(into: Curve()) { curve, record in
            if let value = record.metrics[metric] { curve.append(step: record.step, value: value) }
        }
    }
}
