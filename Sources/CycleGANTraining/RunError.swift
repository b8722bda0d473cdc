import Settings
import Support

/// Why a run cannot start or go on.
public enum RunError: ErrorWithRemedies {
    /// Another process is using the run folder of this path.
    case locked(String)
    /// A new run was to start in a folder of this path that holds one.
    case exists(RunFolder)
    /// The run in the folder of this path was started with other settings.
    case otherSettings(String, [SettingChange])
    /// A folder of this path was to be resumed and holds no run.
    case missing(String)
    /// The folder of this path with the images of a run that was to go on is not there.
    case dataGone(String, run: String)
    /// There is no run in the folder of this path, nor below it.
    case noRuns(String)
    /// The run folder of this path was removed or renamed while it was in use; `rescued` is the path of the state that was saved elsewhere.
    /// In the middle of a step (`isBetweenSteps` is false) the folder lacks a part of what that step writes.
    case vanished(String, rescued: String?, isBetweenSteps: Bool)
    /// The latest checkpoint cannot be read, for this reason; the one before it is at this path.
    case damagedCheckpoint(reason: String, previous: String)
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
        case .exists(let run): "\(run.url.path) holds a run without checkpoints/latest.safetensors"
        case .otherSettings(let path, let changes):
            "\(path) was started with other settings: "
                + changes.map(\.description).joined(separator: ", ")
        case .missing(let path): "\(path) holds no run: there is no config.yaml in it"
        case .dataGone(let path, _): "\(path): there is no such folder; the run was started with the images in it"
        case .noRuns(let path): "\(path) holds no runs, nor do the folders in it: there is no config.yaml in any of them"
        case .vanished(let path, let rescued, let isBetweenSteps):
            "\(path) was removed or renamed while the run was using it"
                + (isBetweenSteps ? "" : "; log, pictures and models of the last step may be missing")
                + (rescued.map { "; the state was saved as \($0)" } ?? "; the state could not be saved")
        case .damagedCheckpoint(let reason, _): reason
        case .noCheckpoint(let path): "\(path) does not exist: the run stopped before its first checkpoint"
        case .notFinite(let what, let step, let files, _):
            "\(what) became NaN or infinite at step \(step), on \(files.joined(separator: " and "))"
        }
    }

    package var remedies: [ErrorRemedy] {
        switch self {
        case .locked: [.other("wait for it"), .chooseAnotherRun]
        case .exists(let run) where run.latestCheckpoint.exists: [.resume(run: run.url.path), .chooseAnotherRun]
        case .exists(let run):
            (run.checkpoints.first.map { [.startFrom(checkpoint: $0.path)] } ?? []) + [.other("delete that folder"), .chooseAnotherRun]
        case .otherSettings: [.other("give those of the start"), .chooseAnotherRun]
        case .missing(let path): [.start(run: path)]
        case .dataGone(_, let run): [.moveData(run: run)]
        case .noRuns: [.other("give the folder that runs were started in")]
        case .damagedCheckpoint(_, let previous): [.other("copy \(previous) to its place to go on from the checkpoint before")]
        case .vanished(_, let rescued, _): rescued == nil ? [] : [.putBackAndResume]
        case .noCheckpoint: [.other("run the command that started it once more")]
        case .notFinite(_, _, _, let checkpoint): [.startSlower(checkpoint: checkpoint)]
        }
    }

    public var description: String { text(\.description) }
}
