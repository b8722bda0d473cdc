import Checkpoints
import CycleGANInference
import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Support
import Torch
import TorchNN
import TrainingReports

/// Builds everything that a training run consists of, from its configuration.
public struct TrainingSession {
    private let trainer: Trainer
    /// What the run is about to do.
    public let introduction: RunIntroduction

    /// - Parameters:
    ///   - observers: Who is told what happens before the files of the run are written, such as a `ProgressBar`.
    ///   - shouldStop: Asked after every step; `true` saves and ends the run, to be resumed later.
    /// - Throws: Errors of the data, of the run folder and of the weights to start from; nothing is trained then.
    public init(
        configuration: TrainingConfiguration, folder: RunFolder, resuming: Bool, observers: [any TrainingObserver] = [],
        shouldStop: @escaping () -> Bool = { false }
    ) throws {
        let device = try Device.named(configuration.run.device)
        try configuration.configureProcessor(for: device)
        if resuming, !URL(filePath: configuration.data.folder).isFolder {
            throw RunError.dataGone(configuration.data.folder, run: folder.url.path)
        }
        let (configuration, measured) = try configuration.withMeasuredRanges()
        let dataset = try configuration.dataset(.train)
        try dataset.checkReadable()
        let samples = try SampleImages(configuration)
        var notices = measured + samples.notices
        if !resuming { notices += configuration.valueNotices(of: dataset) }
        let names = configuration.domainNames
        if let present = Self.loneValidationFolder(in: configuration) {
            let wanted = configuration.imageDomains.map { configuration.folder(of: $0, .validation) }.joined(separator: " and ")
            notices.append("\(present) has no counterpart, so that nothing is validated: a data set has \(wanted), or none of them")
        }

        let validator = try Self.validator(configuration, device: device)
        if let notice = configuration.run.threads.flatMap(TrainingConfiguration.notice(ofThreads:)) { notices.append(notice) }

        if resuming { try folder.checkCheckpointSize(for: configuration) }
        let objective = try configuration.withinMemory { try configuration.loadedObjective(device: device) }
        if let pretrained = configuration.networks.pretrained, !resuming {
            notices += try Self.load(pretrained: URL(filePath: pretrained), into: objective, configuration)
        }
        // The lock leaves a file of its own in any folder.
        let startsOver = folder.isWithoutCheckpoint
        let lock = try RunLock(folder)
        // Another process may have come and gone since the first look.
        if !resuming, folder.holdsRun {
            guard startsOver, folder.isWithoutCheckpoint else { throw RunError.exists(folder) }
            try folder.clear()
            notices.append("the run in \(folder.url.path) had stopped before its first checkpoint: starting over")
        }
        let ranges = Dictionary(
            uniqueKeysWithValues: configuration.trainedDomains.map { ($0, configuration.images(of: $0).effectiveRange) })
        var observers: [any TrainingObserver] =
            observers + [
                JSONLinesLog(url: folder.metrics),
                SampleSheets(
                    folder: folder.samples, names: names, ranges: ranges, sampleEvery: configuration.run.sampleEvery,
                    isFullSize: configuration.run.fullSizeSamples),
                HTMLReport(
                    url: folder.report, metrics: folder.metrics, samples: folder.samples, settings: configuration.settings,
                    bestMetric: configuration.bestMetric, names: names, sampleOrigin: samples.origin, ranges: ranges),
            ]
        if configuration.run.tensorboard {
            observers.append(TensorBoardLogger(folder: folder.tensorboard, settings: configuration.settings, ranges: ranges))
        }
        trainer = Trainer(
            objective: objective, configuration: configuration, run: folder, dataset: dataset, samples: samples.batches,
            validator: validator, device: device, observers: observers,
            notices: notices, lock: lock, shouldStop: shouldStop)
        introduction = RunIntroduction(
            configuration, folder: folder, dataset: dataset, validator: validator, samples: samples, objective: objective, device: device)
        if resuming {
            try configuration.withinMemory { try trainer.resume() }
            trainer.earlierSeconds = try RunLog.seconds(in: folder.metrics, upTo: trainer.completedSteps)
        }
        try folder.write(configuration)
        try folder.writeImageNames(of: dataset)
    }

    /// Trains to the end, or until someone asks for it to stop.
    ///
    /// - Throws: As `Trainer.train()`.
    public func train() throws -> RunSummary {
        try trainer.train()
    }

    /// Loads the networks to start from: those of a run or a checkpoint, or of a folder of network files.
    ///
    /// - Returns: What a person should know about it.
    private static func load(
        pretrained source: URL, into objective: any TrainingObjective, _ configuration: TrainingConfiguration
    ) throws -> [String] {
        let weights = try Self.pretrainedWeights(source, for: configuration)
        let generators = objective.monitoring.generators.map(\.name)
        guard generators.contains(where: { weights[$0] != nil }) else {
            let isOneWay = !configuration.objective.kind.isCyclic
            throw CheckpointError.missingNetworks(
                folder: source.path,
                lookedFor: generators.map { name in
                    name + (KeyMap.referenceName(ofNetwork: name, isOneWay: isOneWay).map { " (latest_net_\($0).pth)" } ?? "")
                },
                available: weights.values.map { URL(filePath: $0.file).lastPathComponent }.sorted())
        }
        var missing: [String] = []
        for named in objective.networks {
            guard let (stateDict, file) = weights[named.name] else {
                // They belong to the two networks that are compared, and are soon learnt.
                if named.name != Distillation.adapters { missing.append(named.name) }
                continue
            }
            let isDiscriminator = named.name.hasPrefix("discriminator")
            let normalization = isDiscriminator ? configuration.effectiveDiscriminatorNorm : configuration.networks.normalization
            let tensors = stateDict.withoutWrapperPrefixes().withoutLeftoverStatistics(normalization)
            do throws(CheckpointError) {
                try named.network.load(tensors, source: file)
            } catch {
                throw explained(error, file: file, network: named.name, weights.mapValues(\.weights), configuration)
            }
        }
        let frozen = configuration.frozenDomains.flatMap { [GeneratorPart.Name.encoder(of: $0), GeneratorPart.Name.decoder(of: $0)] }
        if let lost = frozen.sorted().first(where: missing.contains) {
            throw ConfigurationError(
                key: "frozenDomains", value: configuration.multiCycle.frozenDomains.joined(separator: ","),
                allowed: "domains of \(source.path), which has no \(lost)")
        }
        objective.synchronizeAverages()
        return missing.isEmpty ? [] : ["\(source.path) has no \(missing.joined(separator: ", ")): these networks start anew"]
    }

    /// What to say of networks that do not fit: where their files tell, the settings with which they would.
    private static func explained(
        _ error: CheckpointError, file: String, network: String, _ weights: [String: StateDict], _ configuration: TrainingConfiguration
    ) -> any Error {
        guard case .mismatch = error else { return error }
        let tensors = weights.mapValues { state in
            state.withoutWrapperPrefixes().map { (name: $0.name, shape: $0.tensor.shape) }
        }
        let mismatch = PretrainedMismatch(file: file, network: network, tensors: tensors, configuration: configuration)
        guard let mismatch else { return error }
        return mismatch
    }

    /// The weights of a file's only network under the reference's names; as they are where it is none that is known, which loading explains.
    private static func network(in weights: StateDict) -> StateDict {
        let found = NetworkSearch(in: weights).found
        return found.count == 1 ? found[0].weights(in: weights) : weights
    }

    private static func pretrainedWeights(
        _ source: URL, for configuration: TrainingConfiguration
    ) throws -> [String: (weights: StateDict, file: String)] {
        let latest = RunFolder(source).latestCheckpoint
        let isFolder = (try? source.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
        if isFolder, !FileManager.default.fileExists(atPath: latest.path) {
            return try KeyMap.networkFiles(in: source).mapValues { (try network(in: StateDict.read(from: $0)), $0.path) }
        }
        let file = isFolder ? latest : source
        let state = try StateDict.read(from: file) { $0.hasPrefix("networks.") }
        try configuration.checkObjective(ofNetworksWith: state.metadata, file: file)
        let networks = state.below("networks").grouped()
        guard !networks.isEmpty else {
            throw CheckpointError.missingNetworks(
                folder: file.path, lookedFor: ["the networks of a training checkpoint"], available: [file.lastPathComponent])
        }
        return Dictionary(uniqueKeysWithValues: networks.map { ($0.name, ($0.tensors, "\(file.path) (\($0.name))")) })
    }

    /// Measures the networks on `valA` and `valB` or on the images that were held out, where there are any.
    private static func validator(_ configuration: TrainingConfiguration, device: Device) throws -> Validator? {
        let dataset =
            configuration.hasImages(.validation)
            ? try configuration.deterministic.dataset(.validation) : nil
        try dataset?.checkReadable()
        let metrics = try configuration.makeValidationMetrics(dataset: dataset, device: device)
        let names = metrics.flatMap(\.values).map(\.name)
        for (key, name) in [
            ("bestMetric", configuration.bestMetric), ("earlyStoppingMetric", configuration.validation.earlyStoppingMetric),
        ] {
            guard let name, !names.contains(name) else { continue }
            throw configuration.unknownMetric(key: key, name, names: names)
        }
        guard let dataset else {
            try checkProgressIsSeen(configuration)
            guard let metric = configuration.validation.earlyStoppingMetric else { return nil }
            throw ConfigurationError(
                key: "earlyStoppingMetric", value: metric,
                allowed: "nothing without validation images: give valA and valB, or validationFraction")
        }
        // Validating would say nothing.
        guard !names.isEmpty else {
            try checkProgressIsSeen(configuration)
            return nil
        }
        return Validator(dataset: dataset, metrics: metrics, workers: configuration.run.workers)
    }

    /// Checks that early stopping has losses to follow where there is no validation.
    private static func checkProgressIsSeen(_ configuration: TrainingConfiguration) throws {
        guard let epochs = configuration.validation.earlyStopping, configuration.validation.earlyStoppingMetric == nil,
            configuration.monitoring.progressLosses.isEmpty
        else { return }
        throw ConfigurationError(
            key: "earlyStopping", value: "\(epochs)",
            allowed: "a number with validation images, or with a loss that tells progress: its weight is 0")
    }

    /// A validation folder that is there while that of another domain is missing.
    private static func loneValidationFolder(in configuration: TrainingConfiguration) -> String? {
        let folders = configuration.imageDomains.map {
            URL(filePath: configuration.data.folder).appending(path: configuration.folder(of: $0, .validation)).path
        }
        let present = folders.filter { URL(filePath: $0).exists }
        return present.count < folders.count ? present.first : nil
    }
}
