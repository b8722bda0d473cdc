import CycleGANTraining
import Pages
import Support

extension ReportPage {
    var pictureSection: String {
        guard let picturesStep, !pictures.isEmpty else {
            return "<section><h2>Pictures</h2><p class=\"quiet\">The first pictures have not been made yet.</p></section>\n"
        }
        let rows = pictures.map { row in
            "<div class=\"row\" style=\"--n:\(row.count);--m:\(row.count > 3 ? 2 : row.count)\">\(row.map(Self.figure).joined())</div>"
        }
        let widest = pictures.map(\.count).max() ?? 1
        let origin = sampleOrigin.isEmpty ? "" : "<p class=\"quiet\">\(escaped(sampleOrigin))</p>\n"
        let epoch = epoch(ofStep: picturesStep)
        return """
            <section>
            <h2>Pictures <small>step \(grouped(picturesStep))\(epoch > 0 ? ", epoch \(grouped(epoch))" : "")</small></h2>
            \(origin)<div class="rows" style="--n:\(widest)">
            \(rows.joined(separator: "\n"))
            </div>
            \(historyTable)</section>

            """
    }

    /// The epoch that a step belongs to, from 1; 0 before the first step.
    private func epoch(ofStep step: Int) -> Int {
        let steps = max(1, progress?.outline.stepsPerEpoch ?? 1)
        return (step + steps - 1) / steps
    }

    private static func figure(_ picture: EmbeddedPicture) -> String {
        "<figure>\(picture.html(alternative: picture.label))<figcaption>\(escaped(picture.label))</figcaption></figure>"
    }

    /// A row for each sample: what went in, then what came out of the networks in the course of the run.
    private var historyTable: String {
        guard let history, history.columns.count > 1 else { return "" }
        let heads = history.columns.map { history.head($0) }
        let head = (["Input"] + heads).map { "<th scope=\"col\">\($0)</th>" }.joined()
        var body = ""
        for (index, sample) in history.samples.enumerated() {
            if index == 0 || history.samples[index - 1].label != sample.label {
                let name = escaped(sample.label)
                body += "<tr class=\"kind\"><th scope=\"colgroup\" colspan=\"\(heads.count + 1)\">\(name)</th></tr>\n"
            }
            let name = "\(sample.label), sample \(sample.number)"
            let input = sample.input.map { $0.html(alternative: "\($0.label), sample \(sample.number)") } ?? ""
            let cells = zip(history.columns, heads).map { column, head in
                "<td>\(column.pictures[index].html(alternative: "\(name), \(head.lowercased())"))</td>"
            }
            body += "<tr><td>\(input)</td>\(cells.joined())</tr>\n"
        }
        return """
            <h3>The samples in the course of the run</h3>
            <div class="scroll"><table class="history" style="--n:\(heads.count + 1)">
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)</tbody>
            </table></div>

            """
    }
}
