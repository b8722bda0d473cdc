import CycleGANModels
import CycleGANTraining
import Imaging
import Support

/// Shows a run's progress while it goes: a live line on a terminal, a plain line now and then in a log file.
public final class ProgressBar: TrainingObserver {
    private let terminal: Terminal
    private let seconds: () -> Double
    private let names: DomainNames
    private let wording: (Remedy) -> String

    private var progress: RunProgress?
    private var record: StepRecord?
    private var checkpoint: String?
    private var isLineDrawn = false
    private var lastOutput = -Double.infinity
    // A log file tells of the first step at once: the first losses may be long in coming.
    private var isFirstStep = true
    // Whether the latest record has not been shown: the last one of a run always is.
    private var isRecordPending = false

    // Redrawing oftener costs time and is not seen; a log file should stay readable.
    private static let redrawInterval = 0.1
    private static let plainInterval = 5.0

    /// - Parameters:
    ///   - seconds: The clock, by default one that starts now.
    ///   - names: What the domains are called.
    ///   - wording: A remedy in words, by default in terms of the settings.
    public init(
        terminal: Terminal = .standardError(), seconds: @escaping () -> Double = stopwatch(), names: DomainNames = .own,
        wording: @escaping (Remedy) -> String = \.description
    ) {
        self.names = names
        self.wording = wording
        self.terminal = terminal
        self.seconds = seconds
    }

    deinit {
        // After an error the last state stays readable and the error message gets a line of its own.
        if isLineDrawn { terminal.write("\n") }
    }

    public func handle(_ event: TrainingEvent) {
        switch event {
        case .started(let outline):
            progress = RunProgress(outline, at: seconds())
            if outline.completedSteps > 0 { print("Going on after step \(grouped(outline.completedSteps))") }
            draw()
        case .stepped(let epoch, let step):
            progress?.advance(to: step, epoch: epoch, at: seconds())
            if terminal.isInteractive {
                if seconds() - lastOutput >= Self.redrawInterval { draw() }
            } else if isFirstStep {
                printRecord()
            }
            isFirstStep = false
        case .logged(let record):
            self.record = record
            isRecordPending = true
            if terminal.isInteractive {
                draw()
            } else if seconds() - lastOutput >= Self.plainInterval {
                printRecord()
            }
        case .warning(let message):
            print("warning: \(printable(message))")
            draw()
        case .checkpointSaved(let url, _):
            checkpoint = url.path
        case .finished(let summary):
            if !terminal.isInteractive, isRecordPending { printRecord() }
            print(text(of: summary))
        case .finding(let finding):
            print(printable(finding.text(wording)))
            draw()
        case .validated(let record):
            print(text(of: record))
            draw()
        case .rolledBack(let rollback):
            progress?.advance(to: rollback.step, epoch: rollback.epoch, at: seconds())
            print(printable(rollback.text))
            draw()
        case .pictures, .epochEnded, .checkpointDue, .failed:
            break
        }
    }

    /// The last line of a run.
    private func text(of summary: RunSummary) -> String {
        let run = "\(counted(summary.step, "step")), \(counted(summary.epoch, "epoch")), \(durationText(summary.seconds))"
        let files = counted(summary.unreadableFiles.count, "unreadable file")
        let best = summary.best.map { ", best \(names.legend(of: $0.metric)) \(shortNumber($0.value)) in epoch \(grouped($0.epoch))" } ?? ""
        return "\(summary.reason.text): \(run), \(files)\(best)" + (checkpoint.map { ", checkpoint \(printable($0))" } ?? "")
    }

    /// The line of a validation.
    private func text(of record: ValidationRecord) -> String {
        let names = record.metrics.keys.sorted().filter { $0.last?.isUppercase != true }
        let values = names.compactMap { name in record.metrics[name].map { "\(name) \(shortNumber($0))\(ofDomains(name, record))" } }
        return "validation after epoch \(grouped(record.epoch)): \(values.joined(separator: ", "))\(record.isBest ? " (best)" : "")"
    }

    /// The values of a metric in each domain, such as ` (photo 0.150, monet 0.156)`, where it has any.
    private func ofDomains(_ metric: String, _ record: ValidationRecord) -> String {
        let values = Domain.pair.compactMap { domain in
            record.metrics[metric + domain.name].map { "\(names[domain]) \(shortNumber($0))" }
        }
        return values.isEmpty ? "" : " (\(values.joined(separator: ", ")))"
    }

    private func line(_ progress: RunProgress) -> ProgressLine {
        ProgressLine(progress: progress, seconds: seconds(), record: record, showsUnicode: terminal.showsUnicode)
    }

    private func draw() {
        guard terminal.isInteractive, let progress else { return }
        // The last column stays free: some terminals wrap as soon as it is written.
        terminal.write("\r" + line(progress).text(width: terminal.width() - 1) + "\u{1B}[K")
        isLineDrawn = true
        lastOutput = seconds()
    }

    private func printRecord() {
        guard let progress else { return }
        print(line(progress).plainText)
        isRecordPending = false
        lastOutput = seconds()
    }

    /// Prints a line in place of the live one.
    private func print(_ text: String) {
        terminal.write((isLineDrawn ? "\r\u{1B}[K" : "") + text + "\n")
        isLineDrawn = false
    }
}
