import ArgumentParser
import CycleGANRuns
import CycleGANTraining
import Foundation
import TrainingReports

/// `cyclegan train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a CycleGAN, CUT, FastCUT or pix2pix on a folder of images.",
        discussion: """
            DATA holds the folders trainA and trainB, and perhaps testA and testB, from which sample pictures are taken. For pix2pix \
            images of one name are a pair, or the folders train and test hold pictures with A beside B. Settings come from --config (YAML; \
            the keys are the flags in camel case), and flags override them. Ctrl-C saves and stops; --resume goes on.

            Examples:
              cyclegan train DATA --run runs/first
              cyclegan train DATA --run runs/small --model-size small
              cyclegan train DATA --run runs/fast --objective fastcut
              cyclegan train PAIRS --run runs/pairs --objective pix2pix
              cyclegan train --resume runs/first
            """)

    @Argument(help: "The folder with trainA and trainB, or train for pix2pix.") var data: String?
    @Option(name: .customLong("run"), help: "The folder of the new run.") var newRun: String?
    @Option(help: "The folder of a run to go on with; no other flag is needed.") var resume: String?
    @Option(help: "A YAML file with settings.") var config: String?
    @OptionGroup var options: TrainingOptions

    func validate() throws {
        switch (resume, newRun) {
        case (nil, nil): throw ValidationError("give --run RUN for a new run, or --resume RUN to go on with one")
        case (.some, .some): throw ValidationError("give --run for a new run or --resume for an existing one, not both")
        case (.some, nil) where data != nil || config != nil:
            throw ValidationError("--resume takes DATA and settings from the run; leave out DATA and --config")
        default: break
        }
        if let empty = [("--run", newRun), ("--resume", resume)].first(where: { $0.1 == "" }) {
            throw ValidationError("\(empty.0): found ''; expected the path of a folder")
        }
        if resume != nil { try options.checkChangeableOnResume() }
    }

    func run() throws {
        let isNew = resume == nil
        let folder = RunFolder(url(resume ?? newRun ?? ""))
        guard isNew != folder.holdsRun else { throw isNew ? RunError.exists(folder) : RunError.missing(folder.url.path) }
        let configuration = try resolvedConfiguration(isNew: isNew, folder: folder)
        let signals = SignalMonitor()
        let session = try TrainingSession(
            configuration: configuration, folder: folder, resuming: !isNew, observers: [ProgressBar(wording: \.flags)]
        ) { signals.signal != nil }
        let summary = try session.train()
        print("Run: \(folder.url.path)\nReport: \(folder.report.path)")
        switch summary.reason {
        case .interrupted: throw ExitCode(128 + (signals.signal ?? 0))
        case .failure: throw ExitCode.failure
        case .timeLimit, .completed, .earlyStopping: break
        }
    }

    private func resolvedConfiguration(isNew: Bool, folder: RunFolder) throws -> TrainingConfiguration {
        if isNew { return try options.configuration(config: config, data: data) }
        try folder.checkVersion()
        var configuration = try folder.readConfiguration()
        // A time limit holds for one process.
        configuration.run.maxMinutes = nil
        return try .configuration(resuming: configuration, arguments: options.arguments)
    }
}
