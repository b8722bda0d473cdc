import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Foundation
import Settings
import Support
import Torch

/// How long a run will take and how much memory it needs, from a few of its steps.
public struct TrainingEstimate: Sendable, Codable, Equatable {
    /// Where the steps were taken.
    public let device: String
    /// The mean over the measured steps, the wait for images included.
    public let secondsPerStep: Double
    /// Batches of one epoch, and steps of the whole run.
    public let stepsPerEpoch, totalSteps: Int
    /// What follows for one epoch and for the whole run, without sample pictures and checkpoints.
    public let secondsPerEpoch, secondsPerRun: Double
    /// The most memory of the process in bytes, with full image pools; without the memory of a GPU. `nil` where the system does not tell.
    public let peakMemory: Int?
    /// Seconds that the translations of one sample take.
    public let secondsPerSample: Double
    /// What the run's folder will hold.
    public let disk: RunDiskEstimate?

    init(
        configuration: TrainingConfiguration, device: String, secondsPerStep: Double, stepsPerEpoch: Int, peakMemory: Int?,
        secondsPerSample: Double = 0, disk: RunDiskEstimate? = nil
    ) {
        self.device = device
        self.secondsPerStep = secondsPerStep
        self.stepsPerEpoch = stepsPerEpoch
        totalSteps = configuration.totalSteps(stepsPerEpoch: stepsPerEpoch)
        secondsPerEpoch = Double(stepsPerEpoch) * secondsPerStep
        secondsPerRun = min(Double(totalSteps) * secondsPerStep, (configuration.run.maxMinutes ?? .infinity) * 60)
        self.peakMemory = peakMemory
        self.secondsPerSample = secondsPerSample
        self.disk = disk
    }

    /// Takes steps on the configuration's images with networks that are thrown away: one to warm up, then those that are measured, fewer
    /// where these take long.
    ///
    /// - Parameters:
    ///   - steps: Measured steps, as far as they take less than 20 seconds together.
    ///   - leastSeconds: More steps than that, where they take less than this together.
    /// - Throws: `OutOfMemoryError`, and errors of the device, the data and of libtorch.
    public init(measuring configuration: TrainingConfiguration, steps: Int = 3, leastSeconds: Double = 0) throws {
        precondition(steps > 0, "the number of measured steps (\(steps)) must be positive")
        let device = try Device.named(configuration.run.device)
        try configuration.configureProcessor(for: device)
        let (configuration, _) = try configuration.withMeasuredRanges()
        let dataset = try configuration.dataset(.train)
        let loader = DataLoader(dataset: dataset, batchSize: configuration.optimization.batchSize, workers: configuration.run.workers)
        ProcessMemory.forgetPeak()
        let measured = try configuration.withinMemory { () throws -> Measurement in
            let objective = try configuration.loadedObjective(device: device)
            var epoch = 0
            var latest: ImageBatch?
            func step() throws {
                var batches: [ImageBatch] = []
                while batches.count < configuration.optimization.accumulate {
                    if let batch = try loader.next() {
                        batches.append(batch.moved(to: device))
                    } else {
                        epoch += 1
                        loader.start(epoch: epoch)
                    }
                }
                // Reading the losses waits for the device.
                _ = objective.step(batches).read()
                latest = batches[0]
            }
            try step()
            let start = ContinuousClock.now
            var (taken, seconds) = (0, 0.0)
            while taken == 0 || (taken < steps && seconds < 20) || seconds < leastSeconds {
                try step()
                taken += 1
                seconds = start.duration(to: .now) / .seconds(1)
            }
            let shown = ContinuousClock.now
            _ = latest.map(objective.translations)
            return Measurement(
                secondsPerStep: seconds / Double(taken),
                secondsPerSample: shown.duration(to: .now) / .seconds(1) / Double(configuration.optimization.batchSize),
                pools: configuration.poolBytes, objective: objective)
        }
        let stepsPerEpoch = configuration.stepsPerEpoch(of: dataset)
        self.init(
            configuration: configuration, device: "\(device)", secondsPerStep: measured.secondsPerStep, stepsPerEpoch: stepsPerEpoch,
            peakMemory: ProcessMemory.peak.map { $0 + (device == .cpu ? measured.pools : 0) },
            secondsPerSample: measured.secondsPerSample,
            disk: RunDiskEstimate(measured.objective, configuration: configuration, stepsPerEpoch: stepsPerEpoch))
    }

    private struct Measurement {
        let secondsPerStep, secondsPerSample: Double
        let pools: Int
        let objective: any TrainingObjective
    }

    /// The estimate in words, with what to change where the run would take more than a week or nearly all memory.
    ///
    /// - Parameters:
    ///   - memory: The memory of the machine in bytes.
    ///   - wording: A remedy in words.
    public func findings(
        for configuration: TrainingConfiguration, memory: Int = Int(ProcessInfo.processInfo.physicalMemory),
        wording: (Remedy) -> String = \.description
    ) -> [DatasetReport.Finding] {
        let isHopeless = secondsPerRun > Self.longestRun
        let time =
            "\(shortNumber(secondsPerStep)) s per step on \(device), \(approximate(secondsPerEpoch)) per epoch of "
            + "\(counted(stepsPerEpoch, "step")), \(approximate(secondsPerRun)) for the whole run of \(counted(totalSteps, "step"))"
        let remedy = isHopeless ? ": try \(remedies(configuration).map(wording).joined(separator: ", or "))" : ""
        let findings =
            [DatasetReport.Finding(isHopeless ? .warning : .note, .estimate, time + remedy)]
            + [disk?.finding(in: nil, wording: wording)].compactMap { $0 }
        guard let peakMemory else { return findings }
        let isTight = Double(peakMemory) > 0.9 * Double(memory)
        let text = "\(gigabytes(peakMemory)) of \(gigabytes(memory)) memory\(device == "cpu" ? "" : ", besides that of the GPU")"
        let advice = isTight ? ": try \(configuration.memoryRemedies.prefix(3).map(wording).joined(separator: ", or "))" : ""
        return findings + [DatasetReport.Finding(isTight ? .warning : .note, .estimate, text + advice)]
    }

    /// A week.
    private static let longestRun = 7 * 86_400.0

    private func remedies(_ configuration: TrainingConfiguration) -> [Remedy] {
        var remedies: [Remedy] = []
        let (size, networks) = (configuration.data.cropSize, configuration.networks)
        if configuration.crops, min(size.height, size.width) > 128 {
            remedies.append(
                Remedy(
                    [SettingArgument("loadSize", 143), SettingArgument("cropSize", 128)],
                    note: "about \(size.height * size.width / (128 * 128)) times as fast"))
        }
        if networks.ngf > 32 { remedies.append(Remedy([SettingArgument("ngf", 32), SettingArgument("ndf", 32)])) }
        // What learns from another has as many blocks.
        if configuration.objective.kind != .distill, case .resnet(let blocks) = networks.generator, blocks > 6 {
            remedies.append(Remedy("generator", GeneratorArchitecture.resnet(blocks: 6)))
        }
        if device == "cpu" { remedies.append(Remedy("a machine with a GPU")) }
        return remedies + [Remedy("fewer epochs and decayEpochs")]
    }

    private func approximate(_ seconds: Double) -> String {
        switch seconds {
        case ..<100: shortNumber(seconds) + " s"
        case ..<6000: String(format: "%.0f minutes", seconds / 60)
        case ..<172_800: String(format: "%.1f hours", seconds / 3600)
        default: String(format: "%.1f days", seconds / 86_400)
        }
    }
}
