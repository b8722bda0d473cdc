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

/// Runs of every objective, put together from their configurations.
@Suite(.serialized) struct ObjectiveSessionTests {
    private static func configuration(_ kind: ObjectiveKind, data: URL) -> TrainingConfiguration {
        var configuration = TrainingConfiguration.defaults(for: kind)
        configuration.data.folder = data.path
        configuration.data.cropSize = ImageSize(32)
        configuration.domains.loadSize = PerDomain(ImageSize(32))
        configuration.networks.generator = kind == .pix2pix ? .unet(downsamplings: 5) : .resnet(blocks: 1)
        (configuration.networks.ngf, configuration.networks.ndf, configuration.networks.discriminatorLayers) = (2, 2, 1)
        configuration.cut.ncePatches = 16
        configuration.cut.nceFeatures = 8
        (configuration.optimization.epochs, configuration.optimization.decayEpochs) = (1, 0)
        configuration.run.device = "cpu"
        configuration.run.tensorboard = false
        return configuration
    }

    private static func train(_ configuration: TrainingConfiguration, in folder: URL, _ name: String) throws -> (RunFolder, RunSummary) {
        let run = RunFolder(folder.appending(path: name))
        return (run, try TrainingSession(configuration: configuration, folder: run, resuming: false).train())
    }

    private static func events(_ run: RunFolder) throws -> String { try String(contentsOf: run.metrics, encoding: .utf8) }

    private static func message(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func earlyStoppingNeedsSomethingToFollow() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 2, "trainB": 2], to: folder)
            var configuration = Self.configuration(.cycleGAN, data: folder)
            (configuration.cycleGAN.cycleWeight, configuration.validation.earlyStopping) = (0, 5)
            let message = Self.message { try Self.train(configuration, in: folder, "blind") }
            #expect(message.hasPrefix("earlyStopping: found 5; allowed: a number with validation images"))
            try writeSyntheticImages(["valA": 1, "valB": 1], to: folder)
            #expect(try Self.train(configuration, in: folder, "validated").1.reason == .completed)
        }
    }

    @Test(arguments: ObjectiveKind.allCases) func everyObjectiveTrainsValidatesAndIsRead(_ kind: ObjectiveKind) throws {
        try withTemporaryFolder { folder in
            let slash = kind.hasManyDomains ? "/" : ""
            try writeSyntheticImages(
                ["train\(slash)A": 2, "train\(slash)B": 2, "val\(slash)A": 2, "val\(slash)B": 2], to: folder)
            var configuration = Self.configuration(kind, data: folder)
            try configuration.findDomains()
            if kind == .distill {
                let teacher = try Self.train(Self.configuration(.cycleGAN, data: folder), in: folder, "teacher").0
                configuration.distillation.teacher = teacher.url.path
            }
            let (run, summary) = try Self.train(configuration, in: folder, "run")
            let checkpoint = try StateDict.read(from: run.latestCheckpoint)
            let names = checkpoint.below("networks").map { $0.name.prefix { $0 != "." } }
            let (losses, networks, metrics): (Set<String>, Set<Substring>, Set<String>) =
                switch kind {
                case .cycleGAN:
                    (
                        [
                            "adversarialAB", "adversarialBA", "cycleA", "cycleB", "identityA", "identityB", "discriminatorA",
                            "discriminatorB",
                        ], ["generatorAB", "generatorBA", "discriminatorA", "discriminatorB"],
                        ["cycle", "cycleA", "cycleB", "ssim", "ssimA", "ssimB", "identity", "identityA", "identityB"]
                    )
                case .cut:
                    (
                        ["adversarial", "nce", "nceIdentity", "discriminator"], ["generatorAB", "discriminatorB", "projection"],
                        ["identity"]
                    )
                case .fastCUT: (["adversarial", "nce", "discriminator"], ["generatorAB", "discriminatorB", "projection"], [])
                case .pix2pix: (["adversarial", "l1", "discriminator"], ["generatorAB", "discriminatorB"], ["l1", "ssim", "psnr"])
                case .starGAN:
                    (
                        ["adversarial", "class", "reconstruction", "discriminator", "discriminatorClass", "gradientPenalty"],
                        ["generator", "discriminator"], ["cycle", "cycleA", "cycleB", "ssim", "ssimA", "ssimB"]
                    )
                case .multiCycle:
                    (
                        ["adversarial", "cycle", "identity", "discriminator"],
                        ["encoder_A", "decoder_A", "encoder_B", "decoder_B", "discriminator_A", "discriminator_B"],
                        ["cycle", "cycleA", "cycleB", "ssim", "ssimA", "ssimB"]
                    )
                case .distill:
                    (
                        ["adversarial", "imitation", "features", "discriminator"], ["generatorAB", "discriminatorB", "adapters"],
                        ["l1", "ssim", "psnr"]
                    )
                case .pretrain:
                    (
                        ["nceA", "reconstructionA", "nceB", "reconstructionB"],
                        ["generatorAB", "projectionA", "generatorBA", "projectionB"],
                        ["l1", "l1A", "l1B", "ssim", "ssimA", "ssimB"]
                    )
                }
            #expect(Set(names) == networks)
            #expect(Set(configuration.monitoring.lossNames) == losses)
            let log = try Self.events(run)
            #expect(losses.allSatisfy { log.contains("\"\($0)\":") })
            #expect(log.contains("\"event\":\"validated\"") == !metrics.isEmpty)
            #expect(metrics.allSatisfy { log.contains("\"\($0)\":") })
            // CUT's own measure says nothing about the translations, so none of its networks is the best.
            #expect((summary.best?.metric).map { metrics.contains($0) } == (kind.isContrastive ? nil : true))
            let report = try ModelReport(run.url)
            // Parts are described as the generator that they make.
            let whole = networks.filter { !$0.hasPrefix("encoder_") && !$0.hasPrefix("decoder_") && $0 != "middle" }
            #expect(Set(report.networks.map { Substring($0.name) }) == (whole == networks ? networks : whole.union(["generator"])))
            #expect(report.networks.allSatisfy { $0.parameters > 0 })
        }
    }

    /// `latest_net_G.pth`, `latest_net_D.pth` and `latest_net_F.pth`, as the published code names them, are written and read.
    @Test func publishedFilesOfCUTAreReadAndWritten() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: folder)
            var configuration = Self.configuration(.cut, data: folder)
            let (run, _) = try Self.train(configuration, in: folder, "first")
            let trained = try StateDict.read(from: run.latestCheckpoint).below("networks")
            let published = folder.appending(path: "published")
            try FileManager.default.createDirectory(at: published, withIntermediateDirectories: true)
            for (name, tensors) in trained.grouped() {
                let reference = try #require(KeyMap.referenceName(ofNetwork: name, isOneWay: true))
                try tensors.write(to: published.appending(path: "latest_net_\(reference).pth"))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: published.path).count == 3)

            configuration.networks.pretrained = published.path
            configuration.run.seed = 5
            configuration.optimization.learningRate = 1e-12
            let (second, _) = try Self.train(configuration, in: folder, "second")
            let started = try StateDict.read(from: second.latestCheckpoint).below("networks")
            for (name, tensor) in trained { expectClose(try #require(started[name]), tensor, absolute: 1e-7, name) }

            try FileManager.default.removeItem(at: published.appending(path: "latest_net_G.pth"))
            let error = Self.message { try Self.train(configuration, in: folder, "third") }
            #expect(error.contains("generatorAB (latest_net_G.pth)"), "\(error)")
        }
    }

    @Test func networksOfAnotherObjectiveAreRefused() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: folder)
            let (run, _) = try Self.train(Self.configuration(.cut, data: folder), in: folder, "cut")
            var other = Self.configuration(.cycleGAN, data: folder)
            other.networks.pretrained = run.url.path
            let error = Self.message { try Self.train(other, in: folder, "other") }
            #expect(error.contains("its networks were trained with objective cut, expected those of objective cyclegan"), "\(error)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "other/config.yaml").path))
            var fast = Self.configuration(.fastCUT, data: folder)
            fast.networks.pretrained = run.url.path
            _ = try Self.train(fast, in: folder, "fast")
        }
    }

    @Test func metricsThatAnObjectiveLacksAreRefused() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 1, "trainB": 1, "valA": 2, "valB": 2], to: folder)
            var fast = Self.configuration(.fastCUT, data: folder)
            fast.validation.bestMetric = "identity"
            #expect(
                Self.message { try Self.train(fast, in: folder, "fast") }
                    == "bestMetric: found identity; allowed: nothing with objective fastcut unless validationMetrics has fid or kid")
            var cut = Self.configuration(.cut, data: folder)
            cut.validation.validationMetrics = [.lpips]
            let error = Self.message { try Self.train(cut, in: folder, "cut") }
            #expect(error.contains("fid and kid with objective cut"), "\(error)")
            cut.validation.validationMetrics = []
            cut.networks.generator = .unet(downsamplings: 5)
            let refused = Self.message { try cut.validate() }
            #expect(refused.contains("a ResNet with objective cut"), "\(refused)")
        }
    }
}
