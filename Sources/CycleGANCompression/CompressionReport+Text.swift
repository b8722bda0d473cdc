import Foundation
import Imaging
import Pages
import Support

extension CompressionReport {
    /// Each quantity with its values before and after, and how many times smaller it has become.
    private var rows: [(name: String, teacher: String, student: String, ratio: String)] {
        func ratio(_ before: Double, _ after: Double) -> String { after > 0 ? String(format: "%.1fx", before / after) : "" }
        var rows = [
            (
                "parameters", grouped(teacher.parameters), grouped(student.parameters),
                ratio(Double(teacher.parameters), Double(student.parameters))
            ),
            (
                "multiply-adds at 256x256", multiplyAddsText(teacher.multiplyAdds), multiplyAddsText(student.multiplyAdds),
                ratio(Double(teacher.multiplyAdds), Double(student.multiplyAdds))
            ),
        ]
        for precision in ["f32", "f16", "int8"] {
            guard let before = teacher.bytes[precision], let after = student.bytes[precision] else { continue }
            rows.append(("ONNX file, \(precision)", bytesText(before), bytesText(after), ratio(Double(before), Double(after))))
        }
        for (before, after) in zip(teacher.times, student.times) {
            rows.append(
                (
                    "\(before.side)x\(before.side), \(counted(before.threads, "thread"))", milliseconds(before.seconds),
                    milliseconds(after.seconds),
                    ratio(before.seconds, after.seconds)
                ))
        }
        rows.append(
            (
                "maps at 512x512", bytesText(teacher.memory), bytesText(student.memory),
                ratio(Double(teacher.memory), Double(student.memory))
            ))
        return rows
    }

    private func milliseconds(_ seconds: Double) -> String { String(format: "%.1f ms", seconds * 1000) }

    private var likenessText: String {
        String(
            format: "on %d images that it was not trained on: L1 %.3f of -1...1, SSIM %.3f, PSNR %.1f dB", likeness.images, likeness.l1,
            likeness.ssim, likeness.psnr)
    }

    /// The report for a terminal.
    public var text: String {
        let table = [("", "teacher", "student", "")] + rows
        func width(_ column: (((String, String, String, String)) -> String)) -> Int { table.map { column($0).count }.max() ?? 0 }
        let widths = (width { $0.0 }, width { $0.1 }, width { $0.2 }, width { $0.3 })
        func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: width - text.count) }
        func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: width - text.count) + text }
        let lines = table.map {
            "  \(left($0.0, widths.0))  \(right($0.1, widths.1))  \(right($0.2, widths.2))  \(right($0.3, widths.3))"
        }
        return ([title] + lines + ["  \(likenessText)", "  \(processor)"]).joined(separator: "\n")
    }

    /// The report as a page.
    ///
    /// - Parameter sheet: Input, teacher and student side by side.
    func html(sheet: PixelImage, date: Date) throws -> String {
        let columns = [HTMLTable.Column("Teacher"), .init("Student"), .init("Smaller by")]
        let costs = HTMLTable(
            "runs", columns: columns, rows: rows.map { .init(escaped($0.name), [$0.teacher, $0.student, $0.ratio].map(escaped)) })
        let tried = HTMLTable(
            "runs", columns: [.init("Multiply-adds"), .init("Difference"), .init("Channels", isText: true)],
            rows: trials.map { trial in
                .init(
                    trial.isChosen ? "<b>\(trial.pattern.rawValue)</b>" : trial.pattern.rawValue,
                    [
                        multiplyAddsText(trial.multiplyAdds), trial.difference.map(shortNumber) ?? "–",
                        trial.widths.map(String.init).joined(separator: " "),
                    ])
            })
        let picture = try EmbeddedPicture(label: "input, teacher, student", image: sheet)
        let body = """
            <header><h1>\(escaped(title)), made smaller</h1></header>
            <main>
            <section><h2>Pictures</h2><p class="quiet">Input, teacher, student; the student \(escaped(likenessText)).</p>
            \(picture.html(alternative: "Input, teacher and student"))</section>
            <section><h2>Cost</h2>\(costs.html)<p class="quiet">Times are medians on \(escaped(processor)), without reading and writing files.</p></section>
            <section><h2>Trials</h2>\(tried.html)
            <p class="quiet">Difference: the mean absolute difference from the teacher's translations after the trial, of -1...1. The one in bold
            was taken; everything took \(durationText(seconds)).</p></section>
            </main>
            """
        return HTMLDocument(title: "\(title), made smaller", body: body, date: date).html
    }
}
