import Checkpoints
import Foundation
import TestSupport
import Testing

/// `cyclegan pretrain`, and `train` that starts from it.
@Suite(.serialized) struct PretrainCommandTests {
    private static let networks = ["--generator", "resnet1", "--ngf", "4", "--load-size", "20", "--crop-size", "16", "--device", "cpu"]

    private func pretrain(_ data: URL, run: URL, _ more: [String] = [], in folder: URL) throws -> CommandRunner.Result {
        try CommandRunner.run(["pretrain", data.path, "--run", run.path, "--nce-features", "8"] + Self.networks + more, in: folder)
    }

    @Test(arguments: [("contrastive", "cut", ["generatorAB"]), ("inpainting", "cyclegan", ["generatorAB", "generatorBA"])])
    func trainStartsFromIt(task: String, objective: String, generators: [String]) throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (start, run) = (folder.appending(path: "start"), folder.appending(path: "run"))
            let trained = try pretrain(data, run: start, ["--task", task, "--max-steps", "3"], in: folder)
            #expect(trained.status == 0 && trained.output.contains("report.html"), "\(trained.errors)")
            #expect(!trained.errors.contains("discriminator"), "\(trained.errors)")
            let page = try String(contentsOf: start.appending(path: "report.html"), encoding: .utf8)
            #expect(page.contains("Reconstructed A"))

            let flags = ["--objective", objective, "--no-antialias", "--ndf", "4", "--discriminator-layers", "1"]
            let result = try CommandRunner.run(
                ["train", data.path, "--run", run.path, "--max-steps", "1", "--learning-rate", "1e-30", "--pretrained", start.path] + flags
                    + Self.networks, in: folder)
            #expect(result.status == 0 && result.errors.contains("these networks start anew"), "\(result.errors)")
            let (learnt, state) = (try StateDict.read(from: TinyRun.checkpoint(start)), try StateDict.read(from: TinyRun.checkpoint(run)))
            for name in generators {
                for (key, tensor) in learnt.below("networks.\(name)") {
                    let continued = try #require(state["networks.\(name).\(key)"])
                    expectClose(continued, tensor, relative: 0, absolute: 1e-20, "\(name).\(key)")
                }
            }
        }
    }

    @Test func aRunThatGoesOnEndsAsOneThatDidNotStop() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            #expect(try pretrain(data, run: whole, ["--max-steps", "8"], in: folder).status == 0)
            #expect(try pretrain(data, run: parts, ["--max-steps", "3"], in: folder).status == 0)
            let resumed = try CommandRunner.run(["pretrain", "--resume", parts.path, "--max-steps", "8"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try Data(contentsOf: TinyRun.checkpoint(whole)) == Data(contentsOf: TinyRun.checkpoint(parts)))
        }
    }

    @Test func whatHasNoMeaningIsRefused() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            let config = folder.appending(path: "settings.yaml")
            try Data("objective: cut\n".utf8).write(to: config)
            for (flags, text) in [
                (["--ndf", "8"], "--ndf is for discriminators"), (["--objective", "cut"], "--objective: pretrain has its own"),
                (["--only", "C"], "--only: found C; allowed: A, B"), (["--task", "colour"], "--task: found colour"),
                (["--mask-share", "1.5"], "--mask-share: found 1.5"),
                (["--config", config.path], "--config: found objective cut; pretrain has its own"),
            ] {
                let result = try pretrain(data, run: run, flags, in: folder)
                #expect(result.status == 64 && result.errors.contains(text), "\(flags): \(result.errors)")
                #expect(!FileManager.default.fileExists(atPath: run.path))
            }
            let other = try CommandRunner.run(TinyRun.arguments(data, run: run, ["--max-steps", "1"]), in: folder)
            #expect(other.status == 0, "\(other.errors)")
            let resumed = try CommandRunner.run(["pretrain", "--resume", run.path], in: folder)
            #expect(resumed.status == 64 && resumed.errors.contains("is a run of objective cyclegan"), "\(resumed.errors)")
        }
    }

    @Test func whatComesBackOfAnImageCanBeWritten() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (run, images) = (folder.appending(path: "run"), data.appending(path: "trainA"))
            #expect(try pretrain(data, run: run, ["--max-steps", "1"], in: folder).status == 0)
            let output = folder.appending(path: "output")
            let back = try CommandRunner.run(
                ["translate", images.path, "--model", run.path, "--from", "A", "--output", output.path], in: folder)
            #expect(back.status == 0, "\(back.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).count == 5)
            let refused = try CommandRunner.run(
                ["translate", images.path, "--model", run.path, "--direction", "AtoB", "--output", output.path], in: folder)
            let offer = "--direction AtoB: this model translates A -> A (AtoA), B -> B (BtoB)"
            #expect(refused.status == 64 && refused.errors.contains(offer), "\(refused.errors)")
        }
    }
}
