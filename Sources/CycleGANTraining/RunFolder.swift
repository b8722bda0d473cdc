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
/// metrics.jsonl                    one object per logged step
/// checkpoints/latest.safetensors   the full state
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
        try TrainingCheckpoint.checkVersion(StateDict.read(from: latestCheckpoint) { _ in false }.metadata, file: latestCheckpoint)
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

    fileprivate var lock: URL { url.appending(path: ".lock") }
}

/// Keeps everyone else out of a run folder while this value lives; the system releases it when the process ends in any way.
public final class RunLock {
    private let descriptor: Int32
    private let path: String

    /// Whether the folder is still where it was: nobody has removed or renamed it.
    var isInPlace: Bool {
        var locked = stat()
        var found = stat()
        guard fstat(descriptor, &locked) == 0, stat(path, &found) == 0 else { return false }
        return locked.st_ino == found.st_ino && locked.st_dev == found.st_dev
    }

    /// - Throws: `RunError.locked` when the run is in use, or `FileError` naming what cannot be made.
    public init(_ run: RunFolder) throws {
        try AtomicFile.createFolder(run.url)
        path = run.lock.path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "open") }
        // Unlike lockf's, this lock belongs to the open file: closing another descriptor of the same file does not end it.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? RunError.locked(run.url.path) : FileError(path: path, operation: "lock", code: code)
        }
        run.removeLeftovers()
    }

    deinit { close(descriptor) }
}

/// Why a run cannot start or go on.
public enum RunError: ErrorWithRemedies {
    /// Another process is using the run folder of this path.
    case locked(String)
    /// A new run was to start in a folder of this path that holds one.
    case exists(RunFolder)
    /// A folder of this path was to be resumed and holds no run.
    case missing(String)
    /// The run folder of this path was removed or renamed while it was in use; `rescued` is the path of the state that was saved elsewhere.
    /// In the middle of a step (`isBetweenSteps` is false) the folder lacks a part of what that step writes.
    case vanished(String, rescued: String?, isBetweenSteps: Bool)
    /// The run has no checkpoint at this path.
    case noCheckpoint(String)
    /// A loss or a tensor (`what`) became NaN or infinite; `checkpoint` is the path of the last good state.
    case notFinite(what: String, step: Int, files: [String], checkpoint: String?)

    var isVanished: Bool { if case .vanished = self { true } else { false } }

    var isNotFinite: Bool { if case .notFinite = self { true } else { false } }

    /// What happened and where.
    public var problem: String {
        switch self {
        case .locked(let path): "\(path) is in use by another training process"
        case .exists(let run) where run.latestCheckpoint.exists: "\(run.url.path) already holds a run"
        case .exists(let run): "\(run.url.path) holds a run that stopped before its first checkpoint"
        case .missing(let path): "\(path) holds no run: there is no config.yaml in it"
        case .vanished(let path, let rescued, let isBetweenSteps):
            "\(path) was removed or renamed while the run was using it"
                + (isBetweenSteps ? "" : "; log, pictures and models of the last step may be missing")
                + (rescued.map { "; the state was saved as \($0)" } ?? "; the state could not be saved")
        case .noCheckpoint(let path): "\(path) does not exist: the run stopped before its first checkpoint and has to be started again"
        case .notFinite(let what, let step, let files, _):
            "\(what) became NaN or infinite at step \(step), on \(files.joined(separator: " and "))"
        }
    }

    package var remedies: [ErrorRemedy] {
        switch self {
        case .locked: [.other("wait for it"), .chooseAnotherRun]
        case .exists(let run) where run.latestCheckpoint.exists: [.resume(run: run.url.path), .chooseAnotherRun]
        case .exists: [.other("delete that folder"), .chooseAnotherRun]
        case .missing(let path): [.start(run: path)]
        case .vanished(_, let rescued, _): rescued == nil ? [] : [.putBackAndResume]
        case .noCheckpoint: [.chooseAnotherRun]
        case .notFinite(_, _, _, let checkpoint): [.startSlower(checkpoint: checkpoint)]
        }
    }

    public var description: String { text(\.description) }
}
