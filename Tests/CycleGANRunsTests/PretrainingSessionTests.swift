import Checkpoints
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing
import Torch

@testable import CycleGANRuns

/// Runs that learn from images alone, and what starts from them.
@Suite(.serialized) struct PretrainingSessionTests {
    private static func configuration(_ task: PretrainingTask, data: URL) -> TrainingConfiguration {
        var configuration = TrainingConfiguration.defaults(for: .pretrain)
        configuration.data.folder = data.path
        configuration.data.cropSize = ImageSize(32)
        configuration.domains.loadSize = PerDomain(ImageSize(32))
        configuration.networks.generator = .resnet(blocks: 1)
        configuration.networks.ngf = 4
        configuration.cut.nceFeatures = 8
        configuration.pretraining.task = task
        (configuration.optimization.epochs, configuration.optimization.decayEpochs) = (1, 0)
        (configuration.run.device, configuration.run.tensorboard) = ("cpu", false)
        return configuration
    }

    private static func train(_ configuration: TrainingConfiguration, in folder: URL, _ name: String) throws -> RunFolder {
        let run = RunFolder(folder.appending(path: name))
        _ = try TrainingSession(configuration: configuration, folder: run, resuming: false).train()
        return run
    }

    private static func message(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return "no error"
        } catch { return "\(error)" }
    }

    private static func networks(_ run: RunFolder) throws -> StateDict {
        try StateDict.read(from: run.latestCheckpoint).below("networks")
    }

    @Test func oneDomainAloneByAUNet() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 2, "trainB": 2, "valA": 1, "valB": 2], to: folder)
            var configuration = Self.configuration(.inpainting, data: folder)
            (configuration.networks.generator, configuration.pretraining.only) = (.unet(downsamplings: 5), .b)
            let run = try Self.train(configuration, in: folder, "run")
            #expect(Set(try Self.networks(run).map { $0.name.prefix { $0 != "." } }) == ["generatorBA"])
            let log = try String(contentsOf: run.metrics, encoding: .utf8)
            #expect(log.contains("\"reconstructionB\":") && !log.contains("reconstructionA"))
            #expect(log.contains("\"l1\":") && log.contains("\"ssim\":") && !log.contains("\"l1A\":"))
            let report = try ModelReport(run.url)
            #expect(report.networks.map(\.name) == ["generatorBA"])
        }
    }

    /// After some epochs on two pictures a network fills holes better than grey does: it has learnt something.
    @Test(arguments: PretrainingTask.allCases) func somethingIsLearnt(_ task: PretrainingTask) throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 2, "trainB": 2, "valA": 2, "valB": 2], to: folder)
            var configuration = Self.configuration(task, data: folder)
            (configuration.optimization.epochs, configuration.optimization.learningRate) = (40, 2e-3)
            (configuration.run.logEvery, configuration.validation.validateEvery) = (1, 40)
            let run = try Self.train(configuration, in: folder, "run")
            let lines = try String(contentsOf: run.metrics, encoding: .utf8).split(separator: "\n")
            for loss in configuration.monitoring.lossNames {
                let values = lines.compactMap { line in
                    line.firstMatch(of: try! Regex("\"\(loss)\":([0-9.e+-]+)"))?[1].substring.flatMap { Double($0) }
                }
                let (first, last) = (values.prefix(10).reduce(0, +), values.suffix(10).reduce(0, +))
                #expect(values.count > 70 && last < 0.8 * first, "\(loss): \(first / 10) to \(last / 10)")
            }
        }
    }

    /// A CycleGAN starts both generators from it, CUT the one of A; projections and discriminators start anew.
    @Test(arguments: [ObjectiveKind.cycleGAN, .cut]) func otherObjectivesStartFromIt(_ kind: ObjectiveKind) throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: folder)
            let source = try Self.train(Self.configuration(.contrastive, data: folder), in: folder, "source")
            var configuration = Self.configuration(.contrastive, data: folder)
            configuration.objective.kind = kind
            (configuration.networks.ndf, configuration.networks.discriminatorLayers) = (2, 1)
            configuration.optimization.learningRate = 1e-12
            let anew = try Self.networks(Self.train(configuration, in: folder, "anew"))
            configuration.networks.pretrained = source.url.path
            let started = try Self.networks(Self.train(configuration, in: folder, "started"))
            let learnt = try Self.networks(source)
            for (name, tensor) in started {
                let isGenerator = name.hasPrefix("generator")
                expectClose(tensor, try #require(isGenerator ? learnt[name] : anew[name]), absolute: 1e-9, name)
            }
            #expect(started.contains { $0.name.hasPrefix("generatorBA") } == (kind == .cycleGAN))

            configuration.networks.ngf = 8
            let error = Self.message { try Self.train(configuration, in: folder, "wide") }
            #expect(error.contains("of another network than the run's, which has ngf 8; use ngf 4"), "\(error)")
        }
    }

    @Test func whatDoesNotFitIsSaid() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 1, "trainB": 1, "valA": 2, "valB": 2], to: folder)
            var onlyB = Self.configuration(.inpainting, data: folder)
            onlyB.pretraining.only = .b
            let source = try Self.train(onlyB, in: folder, "b")
            var cut = Self.configuration(.contrastive, data: folder)
            (cut.objective.kind, cut.networks.pretrained) = (.cut, source.url.path)
            let missing = Self.message { try Self.train(cut, in: folder, "cut") }
            #expect(missing.contains("generatorAB") && missing.contains("latest.safetensors (generatorBA)"), "\(missing)")

            func refusal(_ task: PretrainingTask, _ change: (inout TrainingConfiguration) -> Void) -> String {
                var configuration = Self.configuration(task, data: folder)
                change(&configuration)
                return Self.message {
                    try configuration.validate()
                    return try Self.train(configuration, in: folder, "refused")
                }
            }
            #expect(
                refusal(.contrastive) { $0.networks.generator = .unet(downsamplings: 5) }
                    == "generator: found unet32; allowed: a ResNet with task contrastive, such as resnet9")
            #expect(refusal(.contrastive) { $0.cut.nceLayers = [0, 30] }.hasPrefix("nceLayers: found"))
            #expect(
                refusal(.inpainting) { $0.pretraining.maskBlock = 17 }
                    == "maskBlock: found 17; allowed: at most half of the crop's shorter side (16)")
            #expect(refusal(.inpainting) { $0.pretraining.maskShare = 1 }.hasPrefix("maskShare: found 1"))
            #expect(refusal(.inpainting) { $0.domains.channels[.b] = 1 }.hasPrefix("channels: found different numbers"))
            #expect(refusal(.inpainting) { $0.data.masks = true }.contains("false with objective pretrain"))
            #expect(
                refusal(.inpainting) { $0.validation.validationMetrics = [.kid] }
                    == "validationMetrics: found kid; allowed: lpips with objective pretrain, which translates nothing")
        }
    }
}
