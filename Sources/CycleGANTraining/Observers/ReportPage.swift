import Foundation

/// The content of a report and the page that shows it.
struct ReportPage {
    let title: String
    let settings: [(key: String, value: String)]
    var progress: RunProgress?
    /// How the run ended, once it has.
    var summary: RunSummary?
    /// Why the run ended before its time.
    var failure: String?
    private var isRunning: Bool { summary == nil && failure == nil }
    var warnings: [String] = []
    var epochs: [EpochSummary] = []
    /// The last epoch of those whose means are over the logged steps alone.
    private var lastRecalledEpoch: Int?
    var pictures: [[EmbeddedPicture]] = []
    /// The step of `pictures`; later ones may not have been embedded yet.
    var embeddedStep: Int?
    /// The epoch and step of the latest pictures.
    var picturesAreOf: (epoch: Int, step: Int)?
    var histories: [PictureHistory] = []
    var lossNames: [String] = []
    private(set) var record: StepRecord?
    private var curves: [String: Curve] = [:]

    static let reloadSeconds = 10
    private static let epochLimit = 8
    private static let warningLimit = 20

    init(title: String, settings: [(key: String, value: String)]) {
        self.title = title
        self.settings = settings
    }

    mutating func append(_ record: StepRecord) {
        self.record = record
        for (name, value) in record.losses { curves[name, default: Curve()].append(step: record.step, value: value) }
    }

    /// Takes up the epochs that ended before the run went on, as far as its log tells: their means are over the logged steps.
    mutating func recallEpochs(of records: [StepRecord]) {
        guard let outline = progress?.outline else { return }
        let ended = outline.completedSteps / max(1, outline.stepsPerEpoch)
        for (epoch, records) in Dictionary(grouping: records, by: \.epoch).sorted(by: { $0.key < $1.key }) where epoch <= ended {
            let sums = records.reduce(into: [:]) { sums, record in sums.merge(record.losses, uniquingKeysWith: +) }
            let step = epoch * outline.stepsPerEpoch
            epochs.append(EpochSummary(epoch: epoch, step: step, meanLosses: sums.mapValues { $0 / Double(records.count) }))
            lastRecalledEpoch = epoch
        }
    }

    /// The page, well-formed as HTML and as XML.
    ///
    /// - Parameters:
    ///   - seconds: The time of the run's clock.
    ///   - date: What the page says it is of.
    func html(at seconds: Double, date: Date) -> String {
        let reload = isRunning ? "<meta http-equiv=\"refresh\" content=\"\(Self.reloadSeconds)\"/>\n" : ""
        return """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            \(reload)<title>\(escaped(title)) · CycleGAN</title>
            <style>
            \(ReportStyle.css)
            </style>
            </head>
            <body>
            \(header(at: seconds))
            <main>
            \(failureSection)\(warningSection)\(pictureSection)\(curveSection)\(epochSection)\(settingSection)</main>
            <footer>Written \(Self.text(of: date)) by swift-cyclegan</footer>
            </body>
            </html>

            """
    }

    private static func text(of date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
        return "<time>\(escaped(date.formatted(style)))</time>"
    }
}

// MARK: - Header

extension ReportPage {
    private func header(at seconds: Double) -> String {
        guard let progress else { return "<header><h1>\(escaped(title))</h1></header>" }
        let fraction = summary?.reason == .completed ? 1 : progress.fraction(at: seconds)
        let state = summary?.reason.text ?? (failure == nil ? "Training" : "Failed")
        let width = String(format: "%.1f%%", fraction * 100)
        return """
            <header>
            <div class="title"><h1>\(escaped(title))</h1><span class="state\(isRunning ? " running" : "")">\(state)</span></div>
            <div class="bar" role="progressbar" aria-label="Progress" aria-valuenow="\(Int(fraction * 100))"><div style="width:\(width)"></div></div>
            <dl class="facts">\(facts(progress, at: seconds).map(Self.fact).joined())</dl>
            </header>
            """
    }

    private func facts(_ progress: RunProgress, at seconds: Double) -> [(name: String, value: String, whole: String)] {
        let outline = progress.outline
        var facts = [
            ("Step", grouped(progress.step), " of \(grouped(outline.totalSteps))"),
            ("Epoch", grouped(summary?.epoch ?? progress.epoch), " of \(grouped(outline.totalEpochs))"),
            (
                "Time", durationText(summary?.seconds ?? progress.elapsed(at: seconds)),
                outline.timeLimit.map { " of \(durationText($0))" } ?? ""
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
        if let summary { facts.append(("Unreadable files", grouped(summary.unreadableFiles.count), "")) }
        return facts.map { (name: $0.0, value: $0.1, whole: $0.2) }
    }

    private static func fact(name: String, value: String, whole: String) -> String {
        "<div><dt>\(escaped(name))</dt><dd>\(escaped(value))<small>\(escaped(whole))</small></dd></div>"
    }

    private static func rate(_ value: Double) -> String { String(format: "%.3g", value) }

    private var failureSection: String {
        failure.map { "<section class=\"warnings\"><h2>Ended with an error</h2><p>\(escaped($0))</p></section>\n" } ?? ""
    }

    private var warningSection: String {
        guard !warnings.isEmpty else { return "" }
        let shown = warnings.suffix(Self.warningLimit).map { "<li>\(escaped($0))</li>" }.joined()
        let hidden = warnings.count - Self.warningLimit
        let note = hidden > 0 ? "<p>and \(grouped(hidden)) earlier ones</p>" : ""
        return "<section class=\"warnings\"><h2>\(counted(warnings.count, "warning"))</h2><ul>\(shown)</ul>\(note)</section>\n"
    }
}

// MARK: - Pictures

extension ReportPage {
    private var pictureSection: String {
        guard let picturesAreOf, !pictures.isEmpty else {
            return "<section><h2>Pictures</h2><p class=\"quiet\">The first pictures have not been made yet.</p></section>\n"
        }
        let rows = pictures.map { row in
            let width = row.map(\.shownSize.width).max() ?? 1
            return "<div class=\"row\" style=\"--n:\(row.count);--w:\(width)px\">\(row.map(Self.figure).joined())</div>"
        }
        let strips = histories.filter { $0.entries.count > 1 }.map(Self.strip)
        let history = strips.isEmpty ? "" : "<h3>The first sample over time</h3>\n\(strips.joined(separator: "\n"))\n"
        return """
            <section>
            <h2>Pictures <small>step \(grouped(picturesAreOf.step)), epoch \(grouped(picturesAreOf.epoch))</small></h2>
            <div class="rows">
            \(rows.joined(separator: "\n"))
            </div>
            \(history)</section>

            """
    }

    private static func figure(_ picture: EmbeddedPicture) -> String {
        let name = escaped(humanReadable(picture.label))
        let size = picture.shownSize
        return """
            <figure><img\(picture.isEnlarged ? " class=\"pixels\"" : "") src="\(picture.source)" width="\(size.width)" \
            height="\(size.height)" alt="\(name)"/><figcaption>\(name)</figcaption></figure>
            """
    }

    private static func strip(_ history: PictureHistory) -> String {
        let input = history.input.map { figure($0).replacing("<figure>", with: "<figure class=\"input\">", maxReplacements: 1) } ?? ""
        return "<div class=\"strip\">\(input)\(history.entries.map { figure($0.picture) }.joined())</div>"
    }
}

// MARK: - Curves and tables

extension ReportPage {
    private var curveSection: String {
        let names = lossNames.filter { curves[$0] != nil }
        guard !names.isEmpty else { return "" }
        let charts = LossGroup.groups(of: names).map { group in
            LossChart(title: group.title, curves: group.losses.map { ($0, curves[$0] ?? Curve()) }).html
        }
        return """
            <section>
            <h2>Losses <small>single values pale, trends as lines</small></h2>
            <p class="quiet">The adversarial losses of generators and discriminators hover and need not fall, since each side gets better \
            against the other; cycle consistency and identity should fall. No curve says how good the pictures are: judge by the pictures.</p>
            <div class="charts">
            \(charts.joined(separator: "\n"))
            </div>
            </section>

            """
    }

    private var epochSection: String {
        guard !epochs.isEmpty else { return "" }
        let head = lossNames.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        var rows = epochs.suffix(Self.epochLimit).reversed().map { epoch in
            Self.row("Epoch \(grouped(epoch.epoch))", lossNames.map { epoch.meanLosses[$0] })
        }
        if let record { rows.insert(Self.row("Step \(grouped(record.step))", lossNames.map { record.losses[$0] }), at: 0) }
        var note = epochs.count > Self.epochLimit ? "the last \(Self.epochLimit) epochs" : "means over an epoch"
        if let lastRecalledEpoch, epochs.suffix(Self.epochLimit).contains(where: { $0.epoch <= lastRecalledEpoch }) {
            note += ", up to epoch \(grouped(lastRecalledEpoch)) over the logged steps"
        }
        return """
            <section>
            <h2>Values <small>latest step, then \(note)</small></h2>
            <div class="scroll"><table class="values">
            <thead><tr><td></td>\(head)</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody>
            </table></div>
            </section>

            """
    }

    private static func row(_ name: String, _ values: [Double?]) -> String {
        let cells = values.map { "<td>\($0.map(shortNumber) ?? "–")</td>" }.joined()
        return "<tr><th scope=\"row\">\(name)</th>\(cells)</tr>"
    }

    private var settingSection: String {
        guard !settings.isEmpty else { return "" }
        let rows = settings.map { key, value in
            let depth = key.prefix { $0 == " " }.count / 2
            let indent = depth > 0 ? " style=\"padding-left:\(depth)em\"" : ""
            return "<div><dt\(indent)>\(escaped(key.trimmingCharacters(in: .whitespaces)))</dt><dd>\(escaped(value))</dd></div>"
        }
        return "<section>\n<h2>Settings</h2>\n<dl class=\"settings\">\(rows.joined(separator: "\n"))</dl>\n</section>\n"
    }
}
