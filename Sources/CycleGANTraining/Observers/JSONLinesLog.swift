import Foundation
import Support

/// Appends every logged step to a file, one JSON object per line.
///
/// When a run goes on from a checkpoint, the lines of later steps, which will be taken again, are dropped first.
public final class JSONLinesLog: TrainingObserver {
    private let url: URL
    private var lossNames: [String] = []
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
            try keepLines(upTo: outline.completedSteps)
            file = try open()
        case .logged(let record):
            try append(record)
        case .stepped, .pictures, .epochEnded, .checkpointSaved, .warning, .finished, .failed:
            break
        }
    }

    private func keepLines(upTo step: Int) throws {
        try AtomicFile.createFolder(url.deletingLastPathComponent())
        let exists = FileManager.default.fileExists(atPath: url.path)
        let kept = exists ? try StepRecord.lines(of: url).filter { $0.record.step <= step } : []
        let newline = Data("\n".utf8)
        try AtomicFile.write(kept.reduce(into: Data()) { $0 += $1.text + newline }, to: url)
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

    private func append(_ record: StepRecord) throws(MetricsLogError) {
        let line = try record.jsonLine(lossNames: lossNames) + "\n"
        do {
            // Unbuffered: whoever follows the file sees every line at once, and a crash loses none.
            try file?.write(contentsOf: Data(line.utf8))
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }
}
