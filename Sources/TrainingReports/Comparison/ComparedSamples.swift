import CycleGANModels
import CycleGANTraining
import Imaging
import Pages
import Support

/// The newest sample pictures of runs beside each other.
struct ComparedSamples {
    let runs: [ComparedRun]
    let names: DomainNames

    /// Pictures of one kind, one for each run; `nil` for a run that has none.
    private struct Line {
        let label: String
        let images: [PixelImage?]
    }

    // All pictures together and all whole sheets: the page stays below 3 MB.
    private static let pictureBudget = 1_600_000
    private static let sheetBudget = 600_000
    // A run's pictures are compared, not studied.
    private static let side = 192
    private static let sheetSide = 800
    private static let roles: [PictureRole] = [.real, .fake, .reconstructed]

    /// A part of the page; empty when no run has made pictures.
    var section: String {
        get throws(ImageError) {
            guard runs.contains(where: { $0.sheet != nil }) else { return "" }
            let steps = runs.map { run in "\(escaped(run.name)): \(run.sheet.map { "step \(grouped($0.step))" } ?? "none")" }
            return """
                <section>
                <h2>Pictures <small>the newest, \(steps.joined(separator: ", "))</small></h2>
                <div class="tables">
                \(try pictureTables)\(try sheetTable)</div>
                </section>

                """
        }
    }

    /// A table for each sample and direction.
    private var pictureTables: String {
        get throws(ImageError) {
            let blocks = (0..<(runs.compactMap { $0.sheet?.rows?.count }.max() ?? 0)).map(lines)
            var pictures = try embedded(blocks.flatMap { $0 }, budget: Self.pictureBudget)[...]
            return blocks.map { lines in
                defer { pictures = pictures.dropFirst(lines.count) }
                return table(Array(zip(lines.map(\.label), pictures)), width: 140)
            }.joined()
        }
    }

    /// The pictures of a row of the sheets by kind.
    private func lines(row: Int) -> [Line] {
        let rows = runs.map { run in run.sheet?.rows.flatMap { row < $0.count ? $0[row] : nil } ?? [] }
        var labels: [String] = []
        for picture in rows.joined() where Self.roles.contains(picture.role) && !labels.contains(picture.title(names)) {
            labels.append(picture.title(names))
        }
        return labels.map { label in
            Line(label: label, images: rows.map { row in row.first { $0.title(names) == label }?.image.shrunk(toLongerSide: Self.side) })
        }
    }

    /// The sheets of runs whose layout is not known.
    private var sheetTable: String {
        get throws(ImageError) {
            let sheets = runs.map { $0.sheet?.rows == nil ? $0.sheet?.image.shrunk(toLongerSide: Self.sheetSide) : nil }
            guard sheets.contains(where: { $0 != nil }) else { return "" }
            let line = Line(label: "Whole sheet", images: sheets)
            return table(Array(zip([line.label], try embedded([line], budget: Self.sheetBudget))), width: 480)
        }
    }

    private func embedded(_ lines: [Line], budget: Int) throws(ImageError) -> [[EmbeddedPicture?]] {
        let pictures = try EmbeddedPicture.embedded(
            lines.map { line in line.images.compactMap { image in image.map { (line.label, $0) } } }, budget: budget)
        return zip(lines, pictures).map { line, pictures in
            var rest = pictures[...]
            return line.images.map { $0 == nil ? nil : rest.popFirst() }
        }
    }

    private func table(_ lines: [(label: String, pictures: [EmbeddedPicture?])], width: Int) -> String {
        let rows = lines.map { label, pictures in
            HTMLTable.Row(
                escaped(label),
                zip(runs, pictures).map { run, picture in picture?.html(alternative: "\(label) of \(run.name)") ?? "" })
        }
        let columns = runs.enumerated().map { HTMLTable.Column(ComparisonPage.name($1, $0)) }
        return HTMLTable("pictures", style: "--w:\(width)px;--n:\(runs.count)", columns: columns, rows: rows).html
    }
}
