import ArgumentParser
import CycleGANRuns
import CycleGANTraining
import Foundation
import Imaging
import Settings
import Support
import TrainingReports

/// A training run on the command line: which one, on what, with which settings.
struct TrainingRunOptions: ParsableArguments {
    @Argument(help: "The folder with trainA and trainB, or train for pix2pix.") var data: String?
    @Option(name: .customLong("run"), help: "The folder of the new run.") var newRun: String?
    @Option(help: "The folder of a run to go on with; no other flag is needed.") var resume: String?
    @Option(name: .customLong("data"), help: "With --resume: the folder that the run's images are in now, where they were moved.")
    var movedData: String?
    @Flag(help: "With --run: go on with the run where that folder holds one, else start it. The other flags are those of the start.")
    var resumeOrStart = false
    @Option(help: "The time to plan the whole run for, such as 90m or 2h: decides the epochs and their decay by a short measurement.")
    var budget: TimeBudget?
    @Option(help: "A YAML file with settings.") var config: String?
    @OptionGroup var options: TrainingOptions

    /// What `--budget` decides.
    private static let planned = ["epochs", "decayEpochs", "epochSize", "maxSteps", "maxMinutes"]

    func validate() throws {
        switch (resume, newRun) {
        case (nil, nil): throw ValidationError("give --run RUN for a new run, or --resume RUN to go on with one")
        case (.some, .some): throw ValidationError("give --run for a new run or --resume for an existing one, not both")
        case (.some, nil) where data != nil || config != nil:
            throw ValidationError(
                "--resume takes DATA and settings from the run; leave out DATA and --config (--data says where moved images are)")
        case (nil, .some) where movedData != nil:
            throw ValidationError("--data goes with --resume, where images were moved; a new run takes their folder without a flag")
        default: break
        }
        if let empty = [("--run", newRun), ("--resume", resume), ("--data", movedData)].first(where: { $0.1 == "" }) {
            throw ValidationError("\(empty.0): found ''; expected the path of a folder")
        }
        if resumeOrStart, resume != nil { throw ValidationError("--resume-or-start goes with --run; --resume needs no other flag") }
        if resume != nil {
            if budget != nil { throw ValidationError("--budget plans a new run; a run that goes on keeps its plan") }
            try options.checkChangeableOnResume()
        }
        if budget != nil, let given = options.arguments.first(where: { Self.planned.contains($0.key) }) {
            throw ValidationError("--budget decides \(flag(ofSetting: given.key)); give one of them")
        }
    }

    /// Trains to the end, prints where the results are, and ends the process as the training ended.
    ///
    /// - Parameter objective: What a command of its own trains networks for; by default what the settings say.
    func run(as objective: ObjectiveKind? = nil) throws {
        let folder = RunFolder(url(resume ?? newRun ?? ""))
        let isResuming = resume != nil || (resumeOrStart && folder.latestCheckpoint.exists)
        if isResuming {
            guard folder.holdsRun else { throw RunError.missing(folder.url.path) }
        } else if folder.holdsRun, !folder.isWithoutCheckpoint {
            throw RunError.exists(folder)
        }
        let configuration = try resolvedConfiguration(isResuming: isResuming, folder: folder, objective: objective)
        let signals = SignalMonitor()
        let session = try TrainingSession(
            configuration: configuration, folder: folder, resuming: isResuming,
            observers: [ProgressBar(names: configuration.domainNames, wording: \.flags)]
        ) { signals.signal != nil }
        StatusLine().report(session.introduction.text(wording: \.flags))
        if !isResuming { try reportBaseSettings() }
        if options.preset?.isMedical == true || configuration.holdsMedicalFiles { StatusLine().report("note: \(MedicalFormat.caution)") }
        let summary = try session.train()
        print("Run: \(folder.url.path)\nReport: \(folder.report.path)")
        if [.interrupted, .timeLimit].contains(summary.reason) {
            print("To go on: cyclegan \(objective?.rawValue ?? "train") --resume \(folder.url.path)")
        }
        switch summary.reason {
        case .interrupted: throw ExitCode(128 + (signals.signal ?? 0))
        case .failure: throw ExitCode.failure
        case .timeLimit, .completed, .earlyStopping: break
        }
    }

    private func reportBaseSettings() throws {
        let document = try config.map { try SettingsDocument(contentsOf: url($0)) }
        if let preset = options.preset {
            let settings = options.presetSettings(data: data, document: document)
            StatusLine().report("Preset \(preset.rawValue): \(Preset.text(settings, naming: flag(ofSetting:)))")
        }
        if let recipe = options.recipe {
            let settings = options.recipeSettings(document: document)
            let text = settings.isEmpty ? "nothing besides what is given" : Preset.text(settings, naming: flag(ofSetting:))
            // As flags are written: one that is switched on has no value.
            StatusLine().report("Recipe \(recipe.rawValue): \(text.replacing(" true", with: ""))")
        }
    }

    private func resolvedConfiguration(isResuming: Bool, folder: RunFolder, objective: ObjectiveKind?) throws -> TrainingConfiguration {
        if let objective, let config {
            let document = try SettingsDocument(contentsOf: url(config))
            let said = document.names("objective", domains: []) ? try TrainingConfiguration.configuration(document: document) : nil
            if let said, said.objective.kind != objective {
                throw ValidationError(
                    "--config: found objective \(said.objective.kind.rawValue); \(objective.rawValue) has its own: leave the key out, or use cyclegan train"
                )
            }
        }
        if !isResuming {
            let configuration = try options.configuration(config: config, data: data, objective: objective)
            return try budget.map { try planned(configuration, for: $0) } ?? configuration
        }
        try folder.checkVersion()
        var saved = try folder.readConfiguration()
        if let objective, saved.objective.kind != objective {
            let found = saved.objective.kind.rawValue
            throw ValidationError("\(folder.url.path) is a run of objective \(found); go on with it by cyclegan train --resume")
        }
        // A time limit holds for one process.
        saved.run.maxMinutes = nil
        if let movedData { saved.moveData(to: movedData) }
        if resume != nil { return try .configuration(resuming: saved, arguments: options.arguments) }
        var given = try options.configuration(config: config, data: data, objective: objective)
        if budget != nil { given.takePlan(of: saved) }
        given.takeMeasuredRanges(of: saved)
        let changes = given.changes(since: saved.fixedSettings)
        guard changes.isEmpty else { throw RunError.otherSettings(folder.url.path, changes) }
        return given
    }

    private func planned(_ configuration: TrainingConfiguration, for budget: TimeBudget) throws -> TrainingConfiguration {
        let status = StatusLine()
        status.show("Measuring some training steps")
        let plan = try BudgetPlan(for: configuration, seconds: budget.seconds)
        status.clear()
        status.report(plan.text)
        return plan.configuration
    }
}
