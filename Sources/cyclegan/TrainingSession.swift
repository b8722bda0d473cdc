import Checkpoints
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Torch
import TorchNN

/// Builds everything that a training run consists of, from its configuration.
struct TrainingSession {
    private let trainer: Trainer
    private let lock: RunLock

    /// - Throws: Errors of the data, of the run folder and of the weights to start from; nothing is trained then.
    init(configuration: TrainingConfiguration, folder: RunFolder, resuming: Bool, shouldStop: @escaping () -> Bool) throws {
        let device = try Device.named(configuration.device)
        if let threads = configuration.threads { TorchRuntime.threadCount = threads }
        let dataset = try UnpairedImageDataset(configuration: configuration, split: .train)
        try dataset.checkReadable()
        let samples = try Self.samples(configuration: configuration, training: dataset)

        let objective = CycleGAN(configuration: configuration, device: device)
        if let pretrained = configuration.pretrained, !resuming {
            try Self.load(pretrained: url(pretrained), into: objective)
        }
        lock = try RunLock(folder)
        let ranges: [Character: ClosedRange<Double>] = [
            "A": configuration.domainA.effectiveRange, "B": configuration.domainB.effectiveRange,
        ]
        let observers: [any TrainingObserver] = [
            ProgressBar(), JSONLinesLog(url: folder.metrics), SampleSheets(folder: folder.samples, ranges: ranges),
            HTMLReport(
                url: folder.report, metrics: folder.metrics, samples: folder.samples, settings: configuration.settings, ranges: ranges),
        ]
        trainer = Trainer(
            objective: objective, configuration: configuration, run: folder, dataset: dataset, samples: samples, device: device,
            observers: observers, shouldStop: shouldStop)
        if resuming { try trainer.resume() }
        try configuration.write(to: folder.configuration)
    }

    func train() throws -> RunSummary {
        try trainer.train()
    }

    private static func load(pretrained folder: URL, into objective: CycleGAN) throws {
        let files = try KeyMap.networkFiles(in: folder)
        for (name, network) in objective.networks {
            guard let file = files[name] else { continue }
            try network.load(StateDict.read(from: file), source: file.path)
        }
    }

    /// Up to four pairs to show while training: from the validation or test images where there are any.
    private static func samples(configuration: TrainingConfiguration, training: UnpairedImageDataset) throws -> [UnpairedBatch] {
        var shown = configuration
        shown.noFlip = true
        shown.pairing = .serial
        if shown.preprocess == .resizeAndCrop { shown.loadSize = shown.cropSize }
        let root = url(configuration.data)
        let split = [Split.validation, .test].first { split in
            [split.folders.a, split.folders.b].allSatisfy { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }
        }
        let dataset = try UnpairedImageDataset(configuration: shown, split: split ?? .train)
        let loader = DataLoader(dataset: dataset, batchSize: 1, workers: 1)
        loader.start(epoch: 0, fromBatch: 0)
        return try (0..<min(4, dataset.count)).compactMap { _ in try loader.next() }
    }
}
