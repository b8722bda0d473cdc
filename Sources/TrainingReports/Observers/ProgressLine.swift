import CycleGANTraining
import Foundation
import Support

/// What a progress line tells, and the line for a given width.
struct ProgressLine {
    var progress: RunProgress
    /// The clock's seconds now.
    var seconds: Double
    /// The latest logged step.
    var record: StepRecord?
    var showsUnicode: Bool

    /// A part of the line, with a shorter form for when room is scarce.
    private struct Field {
        var long: String
        var short: String

        init(_ long: String, short: String? = nil) {
            self.long = long
            self.short = short ?? long
        }
    }

    private static let separator = "  "
    private static let barWidths = 10...32

    /// One line of at most `width` columns: the most important parts that fit, the bar over what is left.
    func text(width: Int) -> String {
        let percent = String(format: "%3d%%", Int(progress.fraction(at: seconds) * 100))
        guard width >= percent.count else { return "" }
        let fields = fields
        // The bar is as important as the first fields: it takes its least width before the later ones are considered.
        var room = width - percent.count
        let bar = room >= 34 ? Self.barWidths.lowerBound : 0
        if bar > 0 { room -= bar + 1 }

        var chosen: [String?] = Array(repeating: nil, count: fields.count)
        for (index, field) in fields.enumerated() where field.short.count + Self.separator.count <= room {
            chosen[index] = field.short
            room -= field.short.count + Self.separator.count
        }
        for (index, field) in fields.enumerated() where chosen[index] != nil && field.long.count - field.short.count <= room {
            chosen[index] = field.long
            room -= field.long.count - field.short.count
        }
        let drawnBar = bar > 0 ? " " + self.bar(width: min(Self.barWidths.upperBound, bar + room)) : ""
        return percent + drawnBar + chosen.compactMap { $0.map { Self.separator + $0 } }.joined()
    }

    /// One line for a log file: everything, at any length.
    var plainText: String {
        let rate = progress.stepsPerSecond.map { ", \(Self.rate($0))" } ?? ""
        let left = progress.secondsLeft(at: seconds).map { ", \(durationText($0)) left" } ?? ""
        let outline = progress.outline
        var text = "step \(progress.step)/\(outline.totalSteps), \(epochText)\(rate)\(left)"
        if let record {
            text += ", data wait \(percentage(record.dataWait))"
            for name in outline.lossNames {
                if let loss = record.losses[name] { text += ", \(name) \(shortNumber(loss))" }
            }
        }
        return text
    }

    /// In the order of the line, which is nearly that of importance.
    private var fields: [Field] {
        let outline = progress.outline
        var fields: [Field] = []
        if progress.isBoundByTime(at: seconds), let limit = progress.timeLimit {
            fields.append(Field("\(durationText(progress.elapsed(at: seconds)))/\(durationText(limit))"))
            fields.append(Field("step \(progress.step)"))
        } else {
            fields.append(Field("\(progress.step)/\(outline.totalSteps)"))
        }
        if let left = progress.secondsLeft(at: seconds) { fields.append(Field("ETA \(durationText(left))")) }
        fields.append(Field(epochText, short: "ep \(progress.epoch) \(progress.epochPercentage)"))
        if let rate = progress.stepsPerSecond {
            fields.append(Field(Self.rate(rate), short: Self.rate(rate).replacing(" steps", with: "")))
        }
        guard let record else { return fields }
        for group in LossGroup.groups(of: outline.lossNames) {
            let values = group.losses.compactMap { record.losses[$0] }
            guard !values.isEmpty else { continue }
            fields.append(Field("\(group.abbreviation) \(values.map { String(format: "%.2f", $0) }.joined(separator: "/"))"))
        }
        // Waiting for data matters when there is any; otherwise it is the first thing to leave out.
        fields.insert(Field("data \(percentage(record.dataWait))"), at: record.dataWait >= 0.1 ? 2 : fields.count)
        return fields
    }

    private var epochText: String { "epoch \(progress.epoch) of \(progress.outline.totalEpochs), \(progress.epochPercentage)" }

    private static func rate(_ stepsPerSecond: Double) -> String {
        stepsPerSecond >= 0.1
            ? String(format: stepsPerSecond >= 10 ? "%.1f steps/s" : "%.2f steps/s", stepsPerSecond)
            : String(format: "%.1f s/step", 1 / stepsPerSecond)
    }

    private func bar(width: Int) -> String {
        let fraction = progress.fraction(at: seconds)
        guard showsUnicode else {
            let full = Int(Double(width - 2) * fraction)
            return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: width - 2 - full) + "]"
        }
        let halves = Int(Double(2 * width) * fraction)
        let half = halves.isMultiple(of: 2) ? "" : "╸"
        return String(repeating: "━", count: halves / 2) + half + String(repeating: "─", count: width - halves / 2 - half.count)
    }
}
