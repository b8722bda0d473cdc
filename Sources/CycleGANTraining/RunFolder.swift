import Checkpoints
import Foundation
import Settings
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files of one training run.
///
/// ```
/// config.yaml                      the resolved configuration
/// images.txt                       the names of the training images
/// metrics.jsonl                    one object per logged step
/// checkpoints/latest.safetensors   the full state
/// checkpoints/previous.safetensors the full state that was saved before it
/// checkpoints/best.safetensors     the full state of the best validation
/// checkpoints/good.safetensors     the full state to roll back to
/// models/                          the generators' weights, numbered by epoch
/// samples/                         sheets of sample pictures, fewer the older they are, and their layout
/// tensorboard/                     TensorBoard's event files
/// report.html                      curves and pictures on one page
/// ```
public struct RunFolder: Sendable {
    /// The folder itself.
    public let url: URL

    /// Names a folder; nothing is made or checked.
    public init(_ url: URL) {
        self.url = url
    }

    /// The resolved configuration.
    public var configuration: URL { url.appending(path: "config.yaml") }
    /// The log of losses.
    public var metrics: URL { url.appending(path: "metrics.jsonl") }
    /// The full state that a resume starts from.
    public var latestCheckpoint: URL { url.appending(path: "checkpoints/latest.safetensors") }
    /// The full state that was saved before the latest one.
    public var previousCheckpoint: URL { url.appending(path: "checkpoints/previous.safetensors") }
    /// The full state that had the best value of the chosen validation metric.
    public var bestCheckpoint: URL { url.appending(path: "checkpoints/best.safetensors") }
    /// The latest full state at which nothing was wrong, kept for a rollback.
    public var goodCheckpoint: URL { url.appending(path: "checkpoints/good.safetensors") }
    /// The folder of TensorBoard's event files.
    public var tensorboard: URL { url.appending(path: "tensorboard") }
    /// The folder of the generators' weights.
    public var models: URL { url.appending(path: "models") }
    /// The folder of sample sheets.
    public var samples: URL { url.appending(path: "samples") }
    /// The page about the run.
    public var report: URL { url.appending(path: "report.html") }

    /// Removes what processes that were killed have left of files that they were writing.
    func removeLeftovers() {
        for folder in [url, latestCheckpoint.deletingLastPathComponent(), models, samples, tensorboard] {
            AtomicFile.removeLeftovers(in: folder)
        }
    }

    /// Whether a run was started here.
    public var holdsRun: Bool { configuration.exists }

    /// Reads the resolved configuration.
    ///
    /// - Throws: `ConfigurationError` naming the file.
    public func readConfiguration() throws(ConfigurationError) -> TrainingConfiguration {
        try TrainingConfiguration.configuration(document: SettingsDocument(contentsOf: configuration))
    }

    /// Checks that the latest checkpoint is of this program's version, before its configuration is read: that of another may have other keys.
    ///
    /// - Throws: `CheckpointStateError`, or `CheckpointError` for a damaged file; one that is missing is left to whoever reads it.
    public func checkVersion() throws {
        guard latestCheckpoint.exists else { return }
        let metadata = try readingLatest { try StateDict.read(from: latestCheckpoint) { _ in false }.metadata }
        try TrainingCheckpoint.checkVersion(metadata, file: latestCheckpoint)
    }

    /// Writes the resolved configuration atomically.
    ///
    /// - Throws: `FileError` naming the file.
    public func write(_ settings: TrainingConfiguration) throws {
        try AtomicFile.write(Data(settings.yaml().utf8), to: configuration)
    }

    /// Checks that the latest checkpoint is large enough for a configuration, before networks are built.
    ///
    /// - Throws: `CheckpointStateError`; a checkpoint that is missing is left to whoever reads it.
    public func checkCheckpointSize(for configuration: TrainingConfiguration) throws(CheckpointStateError) {
        try TrainingCheckpoint.checkSize(of: latestCheckpoint, for: configuration)
    }

    /// Whether a training process is using the folder now.
    package var isInUse: Bool {
        let descriptor = open(lock.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        // Closing gives back the lock that was free.
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    var lock: URL { url.appending(path: ".lock") }
}
