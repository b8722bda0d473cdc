import Checkpoints
import CycleGANTraining
import Foundation
import Support

/// What a run's folder tells about it, whether the run is over or goes on.
struct ComparedRun {
    let name: String
    /// The path of its folder.
    let path: String
    let configuration: TrainingConfiguration
    /// Empty before the first logged step.
    let log: RunLog
    /// Where the run stood at its last checkpoint.
    let progress: TrainingProgress?
    /// The trained parameters of both generators and of both discriminators, where there is a checkpoint.
    let parameters: (generators: Int, discriminators: Int)?
    let sheet: NewestSheet?
    let ending: Ending

    /// - Throws: `RunError.missing` where there is no run, and errors of its files that name them.
    init(_ folder: RunFolder, name: String) throws {
        guard folder.holdsRun else { throw RunError.missing(folder.url.path) }
        self.name = name
        path = folder.url.path
        configuration = try folder.readConfiguration()
        let exists = FileManager.default.fileExists(atPath: folder.metrics.path)
        log = exists ? try RunLog(contentsOf: folder.metrics) : RunLog()
        if FileManager.default.fileExists(atPath: folder.latestCheckpoint.path) {
            let state = try StateDict.read(from: folder.latestCheckpoint) { $0.hasPrefix("networks.") }
            progress = TrainingProgress(metadata: state.metadata)
            parameters = (state.parameterCount(prefix: "networks.generator"), state.parameterCount(prefix: "networks.discriminator"))
        } else {
            progress = nil
            parameters = nil
        }
        sheet = NewestSheet(in: folder.samples)
        ending = Self.ending(isInUse: folder.isInUse, log: log, progress: progress, configuration: configuration)
    }

    /// How a run ended, or that it goes on: a few words, and all that is known.
    struct Ending {
        let state: ListedRun.State
        let short, long: String
    }

    static func ending(
        isInUse: Bool, log: RunLog, progress: TrainingProgress?, configuration: TrainingConfiguration
    ) -> Ending {
        if isInUse { return Ending(state: .running, short: "training", long: "Training") }
        if let event = log.events.last(where: { $0.event == .stopped }), let reason = event.reason {
            return Ending(
                state: reason == RunSummary.Reason.earlyStopping("").name ? .finished : .stopped,
                short: reason.replacing("-", with: " "), long: event.message ?? reason)
        }
        if let progress, progress.epoch > configuration.totalEpochs || progress.step >= configuration.run.maxSteps ?? .max {
            return Ending(state: .finished, short: "completed", long: "Completed")
        }
        return Ending(state: .stopped, short: "broke off", long: "Broke off: the log does not say why")
    }

    /// What its domains are called: `photo and monet`.
    var domains: String {
        configuration.trainedDomains.map { configuration.domainNames[$0] }.joined(separator: " and ")
    }

    /// Optimiser steps taken, as far as files tell.
    var steps: Int { max(log.steps.last?.step ?? 0, progress?.step ?? 0) }

    /// The epoch of the last logged step, from 1; 0 before it.
    var epochs: Int { log.steps.last?.epoch ?? 0 }

    /// Images of one domain per second: the median over the logged steps.
    var imagesPerSecond: Double? {
        let rates = log.steps.map(\.imagesPerSecond).sorted()
        return rates.isEmpty ? nil : (rates[(rates.count - 1) / 2] + rates[rates.count / 2]) / 2
    }

    /// The best validation by the metric that decides.
    var best: ListedRun.Best? { ListedRun.Best(of: log, configuration) }

    /// `cycle 0.153 in epoch 12`.
    var bestValidation: String? { best.map { "\($0.metric) \(shortNumber($0.value)) in epoch \(grouped($0.epoch))" } }

    /// The values of a loss over the steps.
    func curve(ofLoss name: String) -> Curve {
        log.steps.reduce(into: Curve()) { curve, record in
            if let value = record.losses[name] { curve.append(step: record.step, value: value) }
        }
    }

    /// A name for each run: that of its folder, with as many of the folders above it as are needed to tell it from the others.
    static func names(of urls: [URL]) -> [String] {
        let paths = urls.map { $0.standardizedFileURL.absoluteURL.pathComponents.filter { $0 != "/" } }
        func name(_ path: [String], _ count: Int) -> String { path.isEmpty ? "/" : path.suffix(count).joined(separator: "/") }
        return paths.map { path in
            let count = (1...max(1, path.count)).first { count in paths.count { name($0, count) == name(path, count) } == 1 }
            return name(path, count ?? path.count)
        }
    }
}
