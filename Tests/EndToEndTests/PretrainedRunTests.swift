import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

/// Runs that start from networks of others.
@Suite(.serialized) struct PretrainedRunTests {
    @Test func pretrainedNetsAreTheStart() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let nets = folder.appending(path: "nets")
            try FileManager.default.createDirectory(at: nets, withIntermediateDirectories: true)
            let random = TorchRandom(seed: 99)
            // The reference's D_A judges domain B.
            let generator = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4, usesDropout: true)
            let discriminator = DiscriminatorConfiguration(filters: 4, layerCount: 1)
            let networks: [(file: String, name: String, module: any Layer)] = [
                ("latest_net_G_A.pth", "generatorAB", generator.makeGenerator(random: random)),
                ("latest_net_G_B.pth", "generatorBA", generator.makeGenerator(random: random)),
                ("latest_net_D_A.pth", "discriminatorB", discriminator.makeDiscriminator(random: random)),
                ("latest_net_D_B.pth", "discriminatorA", discriminator.makeDiscriminator(random: random)),
            ]
            for (file, _, module) in networks { try module.stateDict().write(to: nets.appending(path: file)) }
            let run = folder.appending(path: "run")
            // At this learning rate a step changes no weight beyond the tolerance.
            let result = try CommandRunner.run(
                TinyRun.arguments(data, run: run, ["--max-steps", "1", "--learning-rate", "1e-30", "--pretrained", nets.path]), in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let state = try StateDict.read(from: TinyRun.checkpoint(run))
            for (_, name, module) in networks {
                for (key, tensor) in module.namedTensors {
                    expectClose(try #require(state["networks.\(name).\(key)"]), tensor, relative: 0, absolute: 1e-20, "\(name).\(key)")
                }
            }
        }
    }

    @Test(arguments: ["", "checkpoints/latest.safetensors", "models"]) func aNewRunCanStartFromAnother(_ part: String) throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (old, new) = (folder.appending(path: "old"), folder.appending(path: "new"))
            try CommandRunner.run(TinyRun.arguments(data, run: old, ["--max-steps", "3"]), in: folder)
            let source = part.isEmpty ? old : old.appending(path: part)
            let result = try CommandRunner.run(
                TinyRun.arguments(data, run: new, ["--max-steps", "1", "--learning-rate", "1e-30", "--pretrained", source.path]), in: folder
            )
            #expect(result.status == 0, "\(result.errors)")
            // Snapshots hold the generators alone.
            let startsAnew = "has no discriminatorA, discriminatorB: these networks start anew"
            #expect(result.errors.contains(startsAnew) == (part == "models"))
            let (before, after) = (try StateDict.read(from: TinyRun.checkpoint(old)), try StateDict.read(from: TinyRun.checkpoint(new)))
            for name in part == "models"
                ? ["generatorAB", "generatorBA"] : ["generatorAB", "generatorBA", "discriminatorA", "discriminatorB"]
            {
                for (key, tensor) in before.below("networks.\(name)") {
                    let continued = try #require(after["networks.\(name).\(key)"])
                    expectClose(continued, tensor, relative: 0, absolute: 1e-20, "\(name).\(key)")
                }
            }
        }
    }

    @Test func networksOfOtherSettingsSayWhichFlagsMakeThemFit() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (old, new) = (folder.appending(path: "old"), folder.appending(path: "new"))
            // Of two flags the last one counts.
            let other = ["--max-steps", "1", "--generator", "resnet2", "--ngf", "8", "--no-dropout"]
            let trained = try CommandRunner.run(TinyRun.arguments(data, run: old, other), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            let start = ["--max-steps", "1", "--pretrained", old.path]
            let refused = try CommandRunner.run(TinyRun.arguments(data, run: new, start), in: folder)
            #expect(refused.status == 1 && !FileManager.default.fileExists(atPath: new.path))
            #expect(
                refused.errors.contains(
                    "latest.safetensors (generatorAB): the weights of generatorAB are of another network than the run's, "
                        + "which has --generator resnet1 --ngf 4 --dropout; use --generator resnet2 --ngf 8 --no-dropout\n"),
                "\(refused.errors)")
            let fitting = TinyRun.arguments(data, run: new, start + ["--generator", "resnet2", "--ngf", "8", "--no-dropout"])
            let result = try CommandRunner.run(fitting, in: folder)
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    @Test func oldFilesOfInstanceNormAreAStartAndDiscriminatorsAloneAreNot() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let nets = folder.appending(path: "nets")
            try FileManager.default.createDirectory(at: nets, withIntermediateDirectories: true)
            let discriminator = DiscriminatorConfiguration(filters: 4, layerCount: 1).makeDiscriminator()
            try discriminator.stateDict().write(to: nets.appending(path: "latest_net_D_A.pth"))
            let start = ["--max-steps", "1", "--learning-rate", "1e-30", "--pretrained", nets.path]
            let refused = try CommandRunner.run(TinyRun.arguments(data, run: folder.appending(path: "refused"), start), in: folder)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("looked for generatorAB (latest_net_G_A.pth)"), "\(refused.errors)")
            #expect(refused.errors.contains("found latest_net_D_A.pth"), "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "refused").path))

            // PyTorch before 0.4 saved statistics that instance norm does not use.
            let generator = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4, usesDropout: true).makeGenerator()
            var weights = generator.stateDict()
            weights["model.2.running_mean"] = .zeros([4])
            weights["model.2.running_var"] = .ones([4])
            try weights.write(to: nets.appending(path: "latest_net_G_A.pth"))
            let run = folder.appending(path: "run")
            let result = try CommandRunner.run(TinyRun.arguments(data, run: run, start), in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("has no generatorBA, discriminatorA: these networks start anew"), "\(result.errors)")
            let state = try StateDict.read(from: TinyRun.checkpoint(run))
            for (key, tensor) in generator.namedTensors {
                expectClose(try #require(state["networks.generatorAB.\(key)"]), tensor, relative: 0, absolute: 1e-20, key)
            }
        }
    }
}
