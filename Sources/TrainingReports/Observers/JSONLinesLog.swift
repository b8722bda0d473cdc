import CycleGANTraining
import Foundation
import Support

/// Appends every logged step, and what else is worth keeping, to a file, one JSON object per line.
///
/// When a run goes on from a checkpoint or goes back to one, the lines of later steps, which will be taken again, are dropped first.
public final class JSONLinesLog: TrainingObserver {
    private let url: URL
    private var lossNames: [String] = []
    private var epoch = 1
    private var step = 0
    private var file: FileHandle?

    /// - Parameter url: The file, made when the run starts.
    public init(url: URL) {
        self.url = url
    }

    deinit { try? file?.close() }

    /// - Throws: `MetricsLogError`, or `FileError` naming the file.
    public func handle(_ event: TrainingEvent) throws {
        switch event {
        case .started(let outline):
            lossNames = outline.lossNames
            step = outline.completedSteps
            try AtomicFile.createFolder(url.deletingLastPathComponent())
            try reopen(keepingUpTo: outline.completedSteps)
        case .stepped(let epoch, let step):
            (self.epoch, self.step) = (epoch, step)
        case .failed(let message):
            try append(LoggedEvent(event: .stopped, step: step, epoch: epoch, reason: "error", message: message))
        case .logged(let record):
            try append(record.jsonLine(lossNames: lossNames))
        case .validated(let record):
            try append(
                LoggedEvent(
                    event: .validated, step: record.step, epoch: record.epoch, metrics: record.metrics, isBest: record.isBest))
        case .finding(let finding):
            let step = finding.endedStep ?? finding.detectedStep
            try append(
                LoggedEvent(event: .finding, step: step, epoch: epoch, reason: finding.kind.rawValue, message: finding.description))
        case .rolledBack(let rollback):
            try reopen(keepingUpTo: rollback.step)
            try append(LoggedEvent(event: .rolledBack, step: rollback.step, epoch: rollback.epoch, message: rollback.reason))
        case .finished(let summary) where summary.reason != .completed:
            try append(
                LoggedEvent(
                    event: .stopped, step: summary.step, epoch: summary.epoch, seconds: (summary.seconds * 1000).rounded() / 1000,
                    reason: summary.reason.name, message: summary.reason.text))
        case .pictures, .epochEnded, .checkpointDue, .checkpointSaved, .warning, .finished:
            break
        }
    }

    private func reopen(keepingUpTo step: Int) throws {
        try? file?.close()
        let exists = FileManager.default.fileExists(atPath: url.path)
        let kept = exists ? try RunLog.lines(of: url).filter { $0.holds(after: step) } : []
        let newline = Data("\n".utf8)
        try AtomicFile.write(kept.reduce(into: Data()) { $0 += $1.text + newline }, to: url)
        file = try open()
    }

    private func open() throws(MetricsLogError) -> FileHandle {
        do {
            let file = try FileHandle(forWritingTo: url)
            try file.seekToEnd()
            return file
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }

    private func append(_ event: LoggedEvent) throws {
        try append(event.jsonLine())
    }

    private func append(_ line: String) throws(MetricsLogError) {
        do {
            // Unbuffered: whoever follows the file sees every line at once, and a crash loses none.
            try file?.write(contentsOf: Data((line + "\n").utf8))
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }
}
