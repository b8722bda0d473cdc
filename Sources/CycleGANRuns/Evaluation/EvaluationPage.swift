import Checkpoints
import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support

/// The page about an evaluation, and the files with its numbers.
public struct EvaluationPage {
    let result: EvaluationResult
    let evaluations: [TranslationEvaluation]

    /// - Parameter evaluations: What gave the result's directions, in their order.
    public init(result: EvaluationResult, evaluations: [TranslationEvaluation]) {
        self.result = result
        self.evaluations = evaluations
    }

    // Of every metric, so many of the worst and of the best images are shown.
    private static let shownCount = 3
    // For all pictures of the page together.
    private static let pictureBytes = 12_000_000

    /// Writes `report.html`, `evaluation.json` and `images.csv` into a folder.
    ///
    /// - Returns: The page.
    public func write(to folder: URL) throws -> URL {
        try AtomicFile.createFolder(folder)
        let page = folder.appending(path: "report.html")
        try AtomicFile.write(Data(try html(date: .now).utf8), to: page)
        try AtomicFile.write(try jsonData(result), to: folder.appending(path: "evaluation.json"))
        try AtomicFile.write(Data(csv.utf8), to: folder.appending(path: "images.csv"))
        return page
    }

    private func html(date: Date) throws -> String {
        let name = (result.model as NSString).lastPathComponent
        let shown = (modelFacts + dataFacts).map { "<div><dt>\($0.0)</dt><dd>\(escaped($0.1))</dd></div>" }.joined()
        let sections = try zip(result.directions, evaluations).map { try section($0, $1) }
        let body = """
            <header><h1>Evaluation of \(escaped(name))</h1><dl class="facts">\(shown)</dl></header>
            <main>
            \(matrices)\(sections.joined())\(notes)</main>
            """
        return HTMLDocument(title: "Evaluation of \(name)", body: body, date: date).html
    }

    /// How far the model was trained and of when it is, as far as its file tells.
    private var modelFacts: [(String, String)] {
        guard let file = try? GeneratorFile.file(at: URL(filePath: result.model)) else { return [] }
        var facts: [(String, String)] = []
        if let metadata = try? StateDict.read(from: file, where: { _ in false }).metadata,
            let progress = TrainingProgress(metadata: metadata)
        {
            facts.append(("Trained", "\(counted(progress.step, "step")), epoch \(grouped(progress.lastEpoch))"))
        }
        if let saved = try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate {
            facts.append(("Saved", saved.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current))))
        }
        return facts
    }

    private var dataFacts: [(String, String)] {
        [("Data", result.data), ("Split", result.split)] + ranges + (result.protocol.map { [("Protocol", $0.rawValue)] } ?? [])
            + (result.weights.map { [("Inception weights", String($0.prefix(8)))] } ?? [])
    }

    /// The values that are black and white, once where all domains have the same.
    private var ranges: [(String, String)] {
        guard let translator = evaluations.first?.translator else { return [] }
        func text(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : shortNumber(value) }
        func text(_ range: ValueRange) -> String {
            range.bands.map { "\(text($0.lowerBound)) to \(text($0.upperBound))" }.joined(separator: ", ")
        }
        let (input, output) = (text(translator.inputDomain.effectiveRange), text(translator.outputDomain.effectiveRange))
        let (names, translation) = (translator.description.names, translator.translation)
        return input == output
            ? [("Values", input)] : [("Values of \(names[translation.from])", input), ("Values of \(names[translation.to])", output)]
    }

    /// Between many domains what matters most stands first.
    private var matrices: String {
        let all = EvaluationMatrix.all(of: result)
        guard !all.isEmpty else { return "" }
        let intro = "<p class=\"quiet\">From the domain of the row to that of the column.</p>"
        return "<section>\n<h2>Between all domains</h2>\n\(intro)\(all.map(\.html).joined())</section>\n"
    }

    /// What could not be measured stands last: it tells of the measurement, not of the model.
    private var notes: String {
        guard !result.notes.isEmpty else { return "" }
        let notes = result.notes.map { "<li>\(escaped($0))</li>" }.joined()
        return """
            <section><details class="notes"><summary>Not measured: \(counted(result.notes.count, "note"))</summary><ul>\(notes)</ul></details></section>

            """
    }

    private func section(_ direction: TranslationResult, _ evaluation: TranslationEvaluation) throws -> String {
        let rows = direction.metrics.map { metric in
            HTMLTable.Row(
                escaped(metric.name),
                [
                    metric.valueText, Self.better(metric.isHigherBetter), metric.spreadText, "\(metric.count)",
                    escaped(([metric.comparison.words(direction), metric.rangeText].filter { !$0.isEmpty }).joined(separator: ", ")),
                ])
        }
        let columns =
            [HTMLTable.Column("Value"), .init("Better", isText: true), .init("95% interval or ±"), .init("Images")]
            + [.init("Compares", isText: true)]
        let spread = "Intervals are of the mean over the images (bootstrap); ± is the standard deviation over random subsets of them."
        let notes = ([spread] + direction.notes).map {
            "<p class=\"quiet\">\(escaped($0))</p>"
        }.joined()
        let facts = [counted(direction.images, "image"), direction.scaleText(result.size)].compactMap { $0 }.joined(separator: ", ")
        return """
            <section>
            <h2>\(escaped(direction.title)) <small>\(facts)</small></h2>
            \(try galleries(direction, evaluation))<h3>Metrics</h3>
            \(HTMLTable("runs metrics", columns: columns, rows: rows).html)\(notes)\(semantic(direction))\(direction.baselines?.html ?? "")</section>

            """
    }

    private static func better(_ isHigherBetter: Bool) -> String { isHigherBetter ? "higher is better" : "lower is better" }

    private func semantic(_ direction: TranslationResult) -> String {
        guard let semantic = direction.semantic else { return "" }
        func text(_ share: Double?) -> String { share.map(shortNumber) ?? "–" }
        let rows = semantic.classes.map { HTMLTable.Row(escaped($0.name), [text($0.accuracy), text($0.iou)]) }
        return "<h3>Classes</h3>\n" + HTMLTable("runs", columns: [.init("Accuracy"), .init("IoU")], rows: rows).html
    }

    /// The worst and best images under every metric; those of the first are open.
    private func galleries(_ direction: TranslationResult, _ evaluation: TranslationEvaluation) throws -> String {
        let extremes = direction.perImage.map { values -> [Int] in
            let order = values.worstFirst
            guard order.count > 2 * Self.shownCount else { return order }
            return Array(order.prefix(Self.shownCount) + order.suffix(Self.shownCount))
        }
        let wanted = Set(extremes.joined()).sorted()
        var pictures: [Int: [EmbeddedPicture]] = [:]
        let budget = Self.pictureBytes / max(1, wanted.count * evaluations.count)
        for index in wanted {
            pictures[index] = try EmbeddedPicture.embedded([shown(evaluation.translation(at: index), index, evaluation)], budget: budget)
                .first
        }
        return zip(direction.perImage, extremes).enumerated().map { number, images in
            let (values, indices) = images
            let labels = indices.first.flatMap { pictures[$0] }?.map(\.label) ?? []
            let rows = indices.enumerated().map { place, index in
                let file = evaluation.images.names[index]
                let value = values.values[index].isFinite ? shortNumber(values.values[index]) : "equal"
                let rank = place == 0 ? "worst " : place == indices.count - 1 ? "best " : ""
                return HTMLTable.Row(
                    "\(rank)\(value)<br/><small>\(escaped(file))</small>",
                    (pictures[index] ?? []).map { $0.html(alternative: "\($0.label) of \(file)") })
            }
            let table = HTMLTable("pictures gallery", style: "--n:\(labels.count)", columns: labels.map { .init(escaped($0)) }, rows: rows)
            return """
                <details\(number == 0 ? " open=\"open\"" : "")><summary>From the worst to the best images by <b>\(escaped(values.name))</b>, \
                \(Self.better(values.isHigherBetter))</summary>
                \(table.html)</details>

                """
        }.joined()
    }

    private func names(_ evaluation: TranslationEvaluation) -> DomainNames { evaluation.translator.description.names }

    private func shown(
        _ translation: TranslationEvaluation.Sample, _ index: Int, _ evaluation: TranslationEvaluation
    ) throws -> [(label: String, image: PixelImage)] {
        let (input, output) = (
            evaluation.translator.inputDomain.valueRange, evaluation.translator.outputDomain.valueRange
        )
        let (from, to) = (names(evaluation)[evaluation.translation.from], names(evaluation)[evaluation.translation.to])
        var pictures = [
            ("Real \(from)", translation.real.displayed(range: input)), ("Fake \(to)", translation.fake.displayed(range: output)),
        ]
        if let reconstruction = translation.reconstruction {
            pictures.append(("Reconstructed \(from)", reconstruction.displayed(range: input)))
        }
        if let truth = translation.truth { pictures.append(("True \(to)", truth.displayed(range: output))) }
        for method in evaluation.baselines?.methods.dropFirst() ?? [] {
            pictures.append((method.name, try evaluation.picture(at: index, by: method).displayed(range: output)))
        }
        return pictures.map { (label: $0.0, image: $0.1.shrunk(toLongerSide: 256)) }
    }

    /// Every value of every image, a metric in each column.
    private var csv: String {
        var lines: [String] = []
        for (direction, evaluation) in zip(result.directions, evaluations) {
            lines.append((["direction", "image"] + direction.perImage.map(\.name)).map(Self.quoted).joined(separator: ","))
            for (index, file) in evaluation.images.names.enumerated() {
                let values = direction.perImage.map { $0.values[index].isFinite ? String($0.values[index]) : "" }
                lines.append(([direction.translation.description, file].map(Self.quoted) + values).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func quoted(_ text: String) -> String {
        text.contains(where: { ",\"\r\n".contains($0) }) ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
}
