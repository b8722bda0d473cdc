import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Support
import Torch
import TorchNN
import TrainingReports

/// What a run is about to do, for the person who started it.
public struct RunIntroduction {
    private let lines: [(head: String, text: String)]
    private let disk: RunDiskEstimate
    private let folder: URL

    init(
        _ configuration: TrainingConfiguration, folder: RunFolder, dataset: any ImageDataset, validator: Validator?, samples: SampleImages,
        objective: any TrainingObjective, device: Device
    ) {
        let stepsPerEpoch = configuration.stepsPerEpoch(of: dataset)
        disk = RunDiskEstimate(objective, configuration: configuration, stepsPerEpoch: stepsPerEpoch)
        self.folder = folder.url
        let memory = MemoryEstimate(objective, configuration: configuration)
        let shown = "\(counted(samples.batches.count, "pair")) of \(samples.split.rawValue)"
        lines = [
            ("Images", Self.images(dataset, configuration)),
            ("Validation", Self.validation(validator, configuration)),
            ("Samples", "\(shown), every \(grouped(configuration.run.sampleEvery)) steps"),
            ("Networks", Self.networks(objective, configuration)),
            (
                "Device",
                device == .cpu ? "cpu, kernels \(TorchRuntime.kernelDescription)" : "\(device), \(configuration.run.precision.rawValue)"
            ),
            ("Schedule", Self.schedule(configuration, stepsPerEpoch: stepsPerEpoch)),
            ("Memory", memory.text(on: device)),
        ]
    }

    /// A line for each part.
    ///
    /// - Parameter wording: A remedy in words.
    public func text(wording: (Remedy) -> String = \.description) -> String {
        // What a run that goes on has written already is no longer free.
        let finding = disk.finding(in: folder, present: ListedRun.bytes(of: folder), wording: wording)
        let all = lines + [("Disk", finding.message), ("Run", folder.path)]
        return all.map { line in
            "\((line.0 + ":").padding(toLength: 12, withPad: " ", startingAt: 0))\(printable(line.1))"
        }.joined(separator: "\n") + (finding.severity == .warning ? "\nwarning: the disk is too small for the whole run" : "")
    }

    private static func images(_ dataset: any ImageDataset, _ configuration: TrainingConfiguration) -> String {
        let parts = dataset.domains.map { domain in
            let sources = dataset.imageSources(of: domain)
            let name = configuration.domainNames[domain]
            return "\(grouped(sources.count)) of \(name)\(name == domain.name ? "" : " (\(domain))") of \(sizes(sources))"
        }
        // Halves of pictures are in the folder of both domains.
        let folders = Dictionary(dataset.sources.map { ($0.root, $0.otherFiles) }) { first, _ in first }
        let leftOut = ImageFolder.leftOut(folders.values.flatMap(\.self)).map { "; \($0)" } ?? ""
        return "\(parts.joined(separator: ", ")) pixels (width x height), in \(configuration.data.folder)\(leftOut)"
    }

    /// The sizes of some images: one where all are alike.
    private static func sizes(_ sources: [ImageSource]) -> String {
        let count = min(8, sources.count)
        let sizes = (0..<count).compactMap { try? sources[$0 * sources.count / count].size() }
        guard let first = sizes.first else { return "unknown size" }
        let smallest = sizes.reduce(first) { ImageSize(height: min($0.height, $1.height), width: min($0.width, $1.width)) }
        let largest = sizes.reduce(first) { ImageSize(height: max($0.height, $1.height), width: max($0.width, $1.width)) }
        return smallest == largest ? first.dimensions : "about \(smallest.dimensions) to \(largest.dimensions)"
    }

    private static func validation(_ validator: Validator?, _ configuration: TrainingConfiguration) -> String {
        guard let validator else { return "none: no images for it (valA and valB, or a share of the training images)" }
        let counts = configuration.imageDomains.map { "\(grouped(validator.imageCount(of: $0))) of \(configuration.domainNames[$0])" }
        let heldOut = configuration.data.validationFraction > 0 ? " held out of the training images" : ""
        let best = configuration.bestMetric.map { ", best by \($0)" } ?? ""
        return "\(counts.joined(separator: ", "))\(heldOut), every \(counted(configuration.validation.validateEvery, "epoch"))\(best)"
    }

    private static func networks(_ objective: any TrainingObjective, _ configuration: TrainingConfiguration) -> String {
        let parts = objective.networks.map { named in
            "\(named.name) \(String(format: "%.2f", Double(named.network.parameterCount) / 1e6)) M"
        }
        let networks = configuration.networks
        let discriminator =
            configuration.objective.kind == .pretrain ? "" : ", \(networks.discriminator.rawValue) discriminator of \(networks.ndf)"
        return "\(networks.generator.rawValue) of \(networks.ngf) filters\(discriminator); parameters: \(parts.joined(separator: ", "))"
    }

    private static func schedule(_ configuration: TrainingConfiguration, stepsPerEpoch: Int) -> String {
        let steps = configuration.totalSteps(stepsPerEpoch: stepsPerEpoch)
        let optimization = configuration.optimization
        let decay =
            optimization.decayEpochs > 0 ? ", \(optimization.learningRatePolicy.rawValue) decay from epoch \(optimization.epochs + 1)" : ""
        let limit = configuration.run.maxMinutes.map { ", at most \(durationText($0 * 60)) now" } ?? ""
        return "\(counted(configuration.totalEpochs, "epoch")) of \(counted(stepsPerEpoch, "step")) (\(grouped(steps)) in all), batches of "
            + "\(optimization.batchSize); learning rate \(shortNumber(optimization.learningRate))\(decay)\(limit)"
    }
}
