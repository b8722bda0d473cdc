import Checkpoints
import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Support

/// One run of a list: where it stands, and what it takes on the disk.
public struct ListedRun: Encodable {
    /// Whether a run goes on.
    public enum State: String, Encodable, Sendable {
        /// A process is training it.
        case running
        /// It can be resumed.
        case stopped
        /// All its steps are taken, or early stopping ended it.
        case finished
        /// Its files cannot be read.
        case unreadable
    }

    /// The best validation.
    public struct Best: Encodable, Sendable {
        /// The metric that decides.
        public let metric: String
        /// Its value.
        public let value: Double
        /// The epoch, from 1.
        public let epoch: Int

        init?(of log: RunLog, _ configuration: TrainingConfiguration) {
            guard let metric = configuration.bestMetric, let best = log.validations.last(where: \.isBest),
                let value = best.metrics[metric]
            else { return nil }
            (self.metric, self.value, epoch) = (metric, value, best.epoch)
        }
    }

    /// The path below the folder that was listed.
    public let name: String
    /// The path of its folder.
    public let path: String
    /// What is trained; as all that follows, missing where it is not known.
    public let objective: String?
    /// What the domains are called, by domain.
    public let domainNames: [Domain: String]?
    /// Steps taken.
    public let step: Int?
    /// Steps of the whole run, where its data can still be counted or it has a limit.
    public let totalSteps: Int?
    /// The current epoch, from 1.
    public let epoch: Int?
    /// Epochs of the whole run.
    public let totalEpochs: Int?
    /// The best validation.
    public let best: Best?
    /// Whether it goes on.
    public let state: State
    /// Why it stopped, or what cannot be read.
    public let reason: String?
    /// When its log, its checkpoint or its configuration was last written.
    public let changed: Date?
    /// What its files take on the disk.
    public let bytes: Int

    /// Looks at a folder that holds a run. What cannot be read is told in place of the state.
    init(_ folder: RunFolder, name: String) {
        self.name = name
        path = folder.url.path
        changed = [folder.metrics, folder.latestCheckpoint, folder.configuration].compactMap(\.modificationDate).max()
        bytes = Self.bytes(of: folder.url)
        do {
            let facts = try Facts(folder)
            let configuration = facts.configuration
            objective = configuration.objective.kind.rawValue
            domainNames = configuration.domainNames.all(of: configuration.trainedDomains)
            step = facts.step
            totalSteps = facts.totalSteps
            epoch = min(facts.epoch, configuration.totalEpochs)
            totalEpochs = configuration.totalEpochs
            best = facts.best
            (state, reason) = (facts.state, facts.reason)
        } catch {
            (objective, domainNames, step, totalSteps, epoch, totalEpochs, best) = (nil, nil, nil, nil, nil, nil, nil)
            (state, reason) = (.unreadable, "\(error)")
        }
    }

    /// `stopped (interrupted)`.
    var stateText: String {
        switch state {
        case .stopped, .finished: reason.map { "\(state.rawValue) (\($0))" } ?? state.rawValue
        case .running, .unreadable: state.rawValue
        }
    }

    private struct Facts {
        let configuration: TrainingConfiguration
        let step, epoch: Int
        let totalSteps: Int?
        let best: Best?
        let state: State
        let reason: String?

        init(_ folder: RunFolder) throws {
            let configuration = try folder.readConfiguration()
            self.configuration = configuration
            let log = folder.metrics.exists ? try RunLog(contentsOf: folder.metrics) : RunLog()
            let progress =
                folder.latestCheckpoint.exists
                ? TrainingProgress(metadata: try StateDict.read(from: folder.latestCheckpoint) { _ in false }.metadata) : nil
            step = max(log.steps.last?.step ?? 0, progress?.step ?? 0)
            epoch = max(1, log.steps.last?.epoch ?? 0, progress?.lastEpoch ?? 0)
            let dataset = try? configuration.dataset(.train)
            totalSteps =
                dataset.map { configuration.totalSteps(stepsPerEpoch: configuration.stepsPerEpoch(of: $0)) } ?? configuration.run.maxSteps
            best = Best(of: log, configuration)
            let ending = ComparedRun.ending(
                isInUse: folder.isInUse, log: log, progress: progress, configuration: configuration)
            let isPlain = ending.state != .stopped && ending.short == "completed"
            (state, reason) = (ending.state, isPlain || ending.state == .running ? nil : ending.short)
        }
    }

    /// Links are counted as such, not followed.
    package static func bytes(of folder: URL) -> Int {
        let keys: [URLResourceKey] = [.isRegularFileKey, .fileSizeKey]
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys)
        var sum = 0
        while let file = files?.nextObject() as? URL {
            guard let values = try? file.resourceValues(forKeys: Set(keys)), values.isRegularFile == true else { continue }
            sum += values.fileSize ?? 0
        }
        return sum
    }
}

extension URL {
    fileprivate var modificationDate: Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
}
