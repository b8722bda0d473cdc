import CycleGANObjectives
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Support
import TrainingReports

/// How much disk the folder of a run will take when the run is complete.
public struct RunDiskEstimate: Sendable, Codable, Equatable {
    /// Bytes of all full states at once: the latest and the one before, or the next while it is written; those of the best validation and to
    /// roll back to where the run has them.
    public let checkpoints: Int
    /// Bytes of the generators' weights of all epochs that are kept.
    public let models: Int
    /// Bytes of the sample pictures, also those in TensorBoard's files.
    public let pictures: Int
    /// The sum.
    public var total: Int { checkpoints + models + pictures }

    init(_ objective: any TrainingObjective, configuration: TrainingConfiguration, stepsPerEpoch: Int) {
        let validates = configuration.hasImages(.validation) && configuration.bestMetric != nil
        let copies = 2 + (validates ? 1 : 0) + (configuration.validation.onFailure == .rollback ? 1 : 0)
        checkpoints = copies * (objective.stateBytes + configuration.poolBytes)
        let steps = configuration.totalSteps(stepsPerEpoch: stepsPerEpoch)
        let epochs = max(1, steps / max(1, stepsPerEpoch))
        let saves = max(1, epochs / configuration.run.checkpointEvery)
        models = objective.publishedBytes * (min(saves, configuration.run.keepModels ?? saves) + (validates ? 1 : 0))
        var fullSize = configuration
        fullSize.run.fullSizeSamples = true
        // TensorBoard's files have one set of full size for each epoch.
        let logged = configuration.run.tensorboard ? (epochs + 1) * SheetDiskUse(fullSize, stepsPerEpoch: stepsPerEpoch).bytesPerSheet : 0
        pictures = SheetDiskUse(configuration, stepsPerEpoch: stepsPerEpoch).bytes + logged
    }

    /// What there will be and what is free, with what to change where it will not do.
    ///
    /// - Parameters:
    ///   - folder: Where the run will be; `nil` for the current folder.
    ///   - present: The bytes that are there already.
    ///   - wording: A remedy in words.
    func finding(in folder: URL?, present: Int = 0, wording: (Remedy) -> String) -> DatasetReport.Finding {
        let free = freeDiskSpace(at: folder ?? URL(filePath: FileManager.default.currentDirectoryPath))
        let isTight = free.map { total - present > $0 } ?? false
        let parts = "checkpoints \(bytesText(checkpoints)), models \(bytesText(models)), pictures \(bytesText(pictures))"
        let remedy = isTight ? ": try \(remedies.map(wording).joined(separator: ", or "))" : ""
        return DatasetReport.Finding(
            isTight ? .warning : .note, .estimate,
            "\(bytesText(total)) of disk for the run (\(parts))\(free.map { ", \(bytesText($0)) are free" } ?? "")\(remedy)")
    }

    private var remedies: [Remedy] {
        [Remedy([SettingArgument("keepModels", 3)]), Remedy([SettingArgument("tensorboard", false)]), Remedy("another disk")]
    }
}

extension TrainingObjective {
    /// The bytes of networks and optimisers in a checkpoint.
    var stateBytes: Int {
        let weights = networks.flatMap { $0.network.namedTensors.map(\.tensor) }
        let moments = optimizers.flatMap { $0.optimizer.namedState.map(\.tensor) }
        return (weights + moments).reduce(0) { $0 + $1.count * $1.dtype.byteCount }
    }

    /// The bytes of the generators that are published.
    var publishedBytes: Int {
        publishedGenerators.flatMap { $0.network.namedTensors.map(\.tensor) }.reduce(0) { $0 + $1.count * $1.dtype.byteCount }
    }
}

extension TrainingConfiguration {
    /// The bytes of full image pools.
    var poolBytes: Int {
        let values = trainedDomains.reduce(0) { $0 + domains.channels[$1] } * data.cropSize.height * data.cropSize.width
        return [.pix2pix, .pretrain].contains(objective.kind) || objective.kind.isContrastive && objective.poolSize == 0
            ? 0 : objective.poolSize * values * MemoryLayout<Float>.size
    }
}
