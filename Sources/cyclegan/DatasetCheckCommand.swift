import ArgumentParser
import CycleGANRuns
import CycleGANTraining
import Datasets
import Foundation

/// `cyclegan dataset check`.
struct DatasetCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for what is wrong with a data set, and say how long training on it would take.",
        discussion: """
            Reads every image of DATA, which training takes from trainA and trainB, and judges it for the settings of a run: the same \
            --config and flags as for train. Takes four training steps for an estimate of time and memory. The exit status is 1 when \
            there are errors, with which training cannot start or makes no sense; warnings do not change it. With --objective pix2pix the \
            images are to belong together: files of the same names, or pictures of both images side by side in train.
            """)

    @Argument(help: "The folder with trainA and trainB, or train for pix2pix.") var data: String?
    @Option(help: "A YAML file with settings.") var config: String?
    @Flag(help: "Print one JSON object with everything.") var json = false
    @Flag(help: "List all files of every finding.") var all = false
    @Flag(help: "Leave out the estimate of time and memory.") var noEstimate = false
    @OptionGroup var options: TrainingOptions

    /// What `--json` prints.
    struct Output: Encodable {
        let data: String
        let folders: [DatasetReport.FolderSummary]
        let findings: [DatasetReport.Finding]
        let estimate: TrainingEstimate?
        let errors, warnings: Int
    }

    func run() throws {
        let given = try options.configuration(config: config, data: data)
        // Where the images cannot be read, the checks say why.
        let configuration = (try? given.withMeasuredRanges().configuration) ?? given
        let progress = StatusLine()
        let inspection = DatasetInspection(
            root: url(configuration.data.folder), arePairs: configuration.objective.kind == .pix2pix,
            axes: configuration.sliceAxes, workers: configuration.run.workers
        ) { progress.show("Reading \($0)/\($1)") }
        var report = try DatasetReport(inspection, configuration: configuration, naming: flag(ofSetting:))
        let estimate = noEstimate ? nil : estimate(configuration, &report, progress)
        progress.clear()
        if json {
            try printJSON(
                Output(
                    data: configuration.data.folder, folders: report.folders, findings: report.findings, estimate: estimate,
                    errors: report.count(.error), warnings: report.count(.warning)))
        } else {
            print("\(configuration.data.folder)\n\(report.text(listing: all ? nil : 3))")
        }
        if report.count(.error) > 0 { throw ExitCode.failure }
    }

    private func estimate(
        _ configuration: TrainingConfiguration, _ report: inout DatasetReport, _ progress: StatusLine
    ) -> TrainingEstimate? {
        guard report.count(.error) == 0 else {
            report.add([.init(.note, .estimate, "none while there are errors")])
            return nil
        }
        progress.show("Taking four training steps")
        do {
            let estimate = try TrainingEstimate(measuring: configuration)
            report.add(estimate.findings(for: configuration, wording: \.flags))
            return estimate
        } catch {
            report.add([.init(.error, .estimate, "no training step can be taken: \(worded(error))")])
            return nil
        }
    }
}
