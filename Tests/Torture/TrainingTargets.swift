import Checkpoints
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Torch
import TrainingReports

/// The header of a run's checkpoint: the counters, the doctor's memory, the settings and the shapes; the run goes on from what is accepted.
final class CheckpointTarget: FuzzTarget {
    let name = "checkpoint"
    let inputName: String
    let seeds: [Data]
    let tokens: [Data]
    private let configuration: TrainingConfiguration
    private let run: RunFolder
    private let tensors: Data
    private let dataset: any ImageDataset

    init(folder: URL) throws {
        let data = folder.appending(path: "data")
        for domain in ["trainA", "trainB"] {
            try FileManager.default.createDirectory(at: data.appending(path: domain), withIntermediateDirectories: true)
            for number in 0..<5 as Range<UInt8> {
                let bytes = (0..<192 as Range<UInt8>).map { $0 &* (number + 3) }
                try PixelImage(width: 8, height: 8, bands: 3, bytes: bytes).write(to: data.appending(path: "\(domain)/\(number).png"))
            }
        }
        var configuration = TrainingConfiguration()
        configuration.data.folder = data.path
        configuration.networks.generator = .resnet(blocks: 1)
        (configuration.networks.ngf, configuration.networks.ndf, configuration.networks.discriminatorLayers) = (1, 1, 1)
        (configuration.domains.loadSize, configuration.data.cropSize) = (PerDomain(ImageSize(8)), ImageSize(8))
        configuration.objective.poolSize = 3
        configuration.optimization.learningRatePolicy = .plateau
        configuration.validation.earlyStopping = 50
        configuration.networks.ema = 0.9
        configuration.run.logEvery = 1
        configuration.run.tensorboard = false
        configuration.run.device = "cpu"
        self.configuration = configuration
        run = RunFolder(folder.appending(path: "run"))
        inputName = run.latestCheckpoint.path
        dataset = try configuration.dataset(.train)
        var steps = 0
        _ = try Self.trainer(configuration, run, dataset) {
            steps += 1
            return steps == 7
        }.train()
        let (header, tensors) = SafetensorsParts.split(try Data(contentsOf: run.latestCheckpoint))
        self.tensors = tensors
        seeds = [header]
        tokens = [
            "\\\"step\\\":", "\\\"count\\\":", "\\\"firstStep\\\":1", "\\\"mean\\\":1e308", "\\\"rollbacks\\\":3", "null", "{}", "[]", "-1",
            "9223372036854775807",
        ]
        .map { Data($0.utf8) }
    }

    private static func trainer(
        _ configuration: TrainingConfiguration, _ run: RunFolder, _ dataset: any ImageDataset, shouldStop: @escaping () -> Bool
    ) throws -> Trainer {
        Trainer(
            objective: CycleGAN(configuration: configuration, device: .cpu), configuration: configuration, run: run, dataset: dataset,
            samples: [],
            device: .cpu, observers: [], shouldStop: shouldStop)
    }

    func read(_ input: Data) throws {
        try SafetensorsParts.join(input, tensors).write(to: run.latestCheckpoint)
        let trainer = try Self.trainer(configuration, run, dataset) { true }
        try configuration.withinMemory { try trainer.resume() }
        _ = try trainer.train()
    }
}

/// Settings in YAML.
struct SettingsTarget: FuzzTarget {
    let name = "settings"
    let inputName: String
    private let file: URL
    let seeds = [
        "data: photos\nngf: 32\ncropSize: 128x256\nattention: [64, 32]\ndomains:\n  A:\n    channels: 1\n    bitDepth: 16\n    range: [0, 4095]\n",
        "# a comment\nganMode: hinge\ndecayEpochs: 0\nrotation: 10\ncyclegan: {cycleWeight: 5}\ncolorJitter: [0.2, 0.2, 0.2, 0.05]\nearlyStopping: 5\nearlyStoppingMetric: cycle\n",
        "loadSize: &size 128\ncropSize: *size\nbestMetric: ssim\nvalidationFraction: 0.1\nlearningRatePolicy: plateau\nema: 0.999\n",
    ].map { Data($0.utf8) }
    let tokens = [
        "&a ", "*a", "- ", "? ", ": ", "[", "{", "|\n", "!!binary ", "<<: ", "---\n", ".nan", ".inf", "1e999", "0x10", "~", "\"\\x00\"",
        "'",
    ].map { Data($0.utf8) }

    init(folder: URL) {
        file = folder.appending(path: "settings.yaml")
        inputName = file.path
    }

    func read(_ input: Data) throws {
        try input.write(to: file)
        _ = try TrainingConfiguration.configuration(document: SettingsDocument(contentsOf: file))
    }
}

/// The log of a run, as `runs compare` and a resumed run read it.
struct LogTarget: FuzzTarget {
    let name = "log"
    let inputName: String
    let seeds: [Data]
    let tokens: [Data]
    private let run: RunFolder

    init(folder: URL) throws {
        run = RunFolder(folder.appending(path: "logged"))
        inputName = run.url.path
        try FileManager.default.createDirectory(at: run.url, withIntermediateDirectories: true)
        try run.write(TrainingConfiguration())
        let lines = [
            #"{"dataWait":0.1,"epoch":1,"imagesPerSecond":3.5,"learningRates":{"generators":0.0002},"losses":{"cycleA":1.5,"cycleB":1e-3},"step":1}"#,
            #"{"dataWait":0.1,"epoch":2,"imagesPerSecond":3.5,"learningRates":{"generators":0.0002},"losses":{"cycleA":1.5,"cycleB":1e-3},"step":9}"#,
            #"{"epoch":2,"event":"validated","isBest":true,"metrics":{"cycle":0.5,"ssim":0.25},"step":9}"#,
            #"{"epoch":2,"event":"rolledBack","message":"so it was","step":9}"#,
            #"{"epoch":2,"event":"stopped","message":"Completed","reason":"completed","step":12}"#,
        ]
        seeds = [Data((lines.joined(separator: "\n") + "\n").utf8)]
        tokens = [
            "\"step\":", "\"event\":\"finding\"", "1e308", "-1e308", "9223372036854775807", "-9223372036854775808", "null", "\n", "[", "{",
        ].map { Data($0.utf8) }
    }

    func read(_ input: Data) throws {
        try input.write(to: run.metrics)
        let comparison = try RunComparison(runs: [run.url, run.url])
        _ = comparison.text
        try comparison.write(to: run.url.appending(path: "comparison.html"))
    }
}
