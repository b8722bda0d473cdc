import Foundation
import Imaging
import TestSupport
import Testing

/// Runs with the options that make training observable and stable.
@Suite(.serialized) struct ToolboxRunTests {
    private func arguments(_ data: URL, run: URL, _ more: [String] = []) -> [String] {
        [
            "train", data.path, "--run", run.path, "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--discriminator-layers", "1",
            "--load-size", "20", "--crop-size", "16", "--pool-size", "3", "--device", "cpu", "--log-every", "1", "--sample-every", "4",
        ] + more
    }

    private func withData(_ counts: [String: Int] = ["trainA": 6, "trainB": 5], _ body: (_ folder: URL, _ data: URL) throws -> Void) throws
    {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writeSyntheticImages(counts, to: data, width: 24, height: 20)
            try body(folder, data)
        }
    }

    private func checkpoint(_ run: URL, _ name: String = "latest") -> URL { run.appending(path: "checkpoints/\(name).safetensors") }

    private func log(_ run: URL) throws -> [[String: Any]] {
        try String(contentsOf: run.appending(path: "metrics.jsonl"), encoding: .utf8).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private static let everything = [
        "--color-jitter", "0.2,0.2,0.2,0.05", "--rotation", "A=10", "--zoom", "1.2", "--flip", "B=false", "--validation-fraction", "0.2",
        "--attention", "4", "--upsampling", "resize", "--antialias", "--dropout", "--checkpoint-activations", "--ema", "0.9",
        "--spectral-norm", "--discriminator-norm", "none", "--discriminator-batch", "4", "--gradient-penalty", "wgan-gp",
        "--diff-augment", "--learning-rate-g", "1e-4", "--learning-rate-d", "4e-4", "--accumulate", "2", "--clip-gradient", "5",
        "--warmup-steps", "10", "--learning-rate-policy", "plateau", "--early-stopping", "50", "--early-stopping-metric", "cycle",
        "--early-stopping-min-delta", "0.1", "--early-stopping-after", "1",
        "--on-failure", "rollback",
    ]

    /// Every option with a state at once: killed in mid-epoch and resumed, the run ends in the same bytes.
    @Test func aKilledRunWithEveryOptionGoesOnExactly() throws {
        try withData { folder, data in
            let (whole, killed) = (folder.appending(path: "whole"), folder.appending(path: "killed"))
            let all = Self.everything + ["--max-steps", "32"]
            let reference = try CommandRunner.run(arguments(data, run: whole, all), in: folder)
            #expect(reference.status == 0, "\(reference.errors)")
            let (process, _, _) = try CommandRunner.start(arguments(data, run: killed, all + ["--checkpoint-steps", "7"]), in: folder)
            try CommandRunner.wait(for: "the first checkpoint") { FileManager.default.fileExists(atPath: checkpoint(killed).path) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let resumed = try CommandRunner.run(["train", "--resume", killed.path], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            for name in ["latest", "best"] {
                #expect(try Data(contentsOf: checkpoint(killed, name)) == Data(contentsOf: checkpoint(whole, name)), "\(name)")
            }
            // The log but for the times.
            func told(_ run: URL) throws -> [Data] {
                try log(run).map { line in
                    let kept = line.filter { ["event", "step", "epoch", "losses", "learningRates", "metrics"].contains($0.key) }
                    return try JSONSerialization.data(withJSONObject: kept, options: .sortedKeys)
                }
            }
            let isSame = try told(killed) == told(whole)
            #expect(isSame, "the logs differ")
            // The first of ten steps of warming up.
            let rates = try #require(try log(whole).first?["learningRates"] as? [String: Double])
            expectClose(rates["generators"] ?? 0, 1e-5)
            expectClose(rates["discriminators"] ?? 0, 4e-5)
        }
    }

    /// A run translates with its averages, as the published files do.
    @Test func theAveragesTranslate() throws {
        try withData { folder, data in
            let run = folder.appending(path: "run")
            let trained = try CommandRunner.run(arguments(data, run: run, ["--ema", "0.99", "--max-steps", "6"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            func translated(_ model: String, _ name: String) throws -> [UInt8] {
                let output = folder.appending(path: name)
                let result = try CommandRunner.run(
                    [
                        "translate", data.appending(path: "trainA/000.png").path, "--model", model, "--from", "A", "--output", output.path,
                    ], in: folder)
                #expect(result.status == 0, "\(result.errors)")
                return try PixelImage(contentsOf: output).bytes
            }
            let ofRun = try translated(run.path, "run.png")
            let ofModel = try translated(run.appending(path: "models/epoch-0001_generatorAB.safetensors").path, "model.png")
            #expect(ofRun == ofModel)
        }
    }

    @Test func validationChoosesTheBestAndEarlyStoppingEndsTheRun() throws {
        try withData(["trainA": 3, "trainB": 3, "valA": 2, "valB": 2]) { folder, data in
            let run = folder.appending(path: "run")
            // At this rate nothing gets better by so much.
            let result = try CommandRunner.run(
                arguments(
                    data, run: run,
                    [
                        "--epochs", "50", "--decay-epochs", "0", "--early-stopping", "2", "--early-stopping-min-delta", "5",
                        "--best-metric", "ssim", "--validate-every", "2",
                    ]), in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("Stopped early, since ssim has not improved for 2 epochs"))
            let lines = try log(run)
            let last = try #require(lines.last)
            #expect(last["event"] as? String == "stopped" && last["reason"] as? String == "early-stopping")
            let validations = lines.filter { $0["event"] as? String == "validated" }
            #expect(validations.count == (last["epoch"] as? Int ?? 0) / 2)
            let metrics = try #require(validations.first?["metrics"] as? [String: Double])
            #expect(
                Set(metrics.keys)
                    == ["cycle", "cycleA", "cycleB", "ssim", "ssimA", "ssimB", "identity", "identityA", "identityB"])
            #expect(FileManager.default.fileExists(atPath: checkpoint(run, "best").path))
            #expect(FileManager.default.fileExists(atPath: run.appending(path: "models/best_generatorBA.safetensors").path))
            // The whole file is a model.
            let info = try CommandRunner.run(["info", checkpoint(run, "best").path], in: folder)
            #expect(info.status == 0)
        }
    }

    @Test func anUnknownMetricIsNamed() throws {
        try withData(["trainA": 3, "trainB": 3, "valA": 2, "valB": 2]) { folder, data in
            let result = try CommandRunner.run(
                arguments(data, run: folder.appending(path: "run"), ["--best-metric", "fid"]), in: folder)
            #expect(result.status == 1)
            #expect(result.errors.contains("bestMetric: found fid; allowed: cycle, cycleA, cycleB, identity"))
        }
    }

    @Test func tensorBoardFilesAreWrittenUnlessUnwanted() throws {
        try withData { folder, data in
            func events(_ name: String, _ more: [String]) throws -> [String] {
                let run = folder.appending(path: name)
                try CommandRunner.run(arguments(data, run: run, ["--max-steps", "2"] + more), in: folder)
                return (try? FileManager.default.contentsOfDirectory(atPath: run.appending(path: "tensorboard").path)) ?? []
            }
            let (with, without) = (try events("with", []), try events("without", ["--no-tensorboard"]))
            #expect(with.count == 1 && without.isEmpty)
        }
    }
}
