import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@Suite(.serialized) struct TrainingRunTests {
    private func loggedSteps(_ run: URL) throws -> [Int] {
        try String(contentsOf: run.appending(path: "metrics.jsonl"), encoding: .utf8).split(separator: "\n").map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return try #require(object["step"] as? Int)
        }
    }

    @Test func aKilledAndResumedRunEqualsAnUninterruptedOne() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (whole, killed) = (folder.appending(path: "whole"), folder.appending(path: "killed"))
            let reference = try CommandRunner.run(TinyRun.arguments(data, run: whole, ["--max-steps", "48"]), in: folder)
            #expect(reference.status == 0, "\(reference.errors)")

            // Checkpoints fall in mid-epoch (7, 14, ...) with full pools.
            let (process, _, _) = try CommandRunner.start(
                TinyRun.arguments(data, run: killed, ["--max-steps", "48", "--checkpoint-steps", "7"]), in: folder)
            try CommandRunner.wait(for: "the first checkpoint") { FileManager.default.fileExists(atPath: TinyRun.checkpoint(killed).path) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(try loggedSteps(killed).last ?? 0 < 48)

            let resumed = try CommandRunner.run(["train", "--resume", killed.path], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try loggedSteps(killed) == Array(1...48))
            #expect(try Data(contentsOf: TinyRun.checkpoint(killed)) == Data(contentsOf: TinyRun.checkpoint(whole)))
        }
    }

    @Test func aShorterRunCanBeContinuedToTheSameState() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            try CommandRunner.run(TinyRun.arguments(data, run: whole, ["--max-steps", "20", "--batch-size", "2"]), in: folder)
            // 9 steps end exactly at the end of an epoch, 13 in the middle of one.
            try CommandRunner.run(TinyRun.arguments(data, run: parts, ["--max-steps", "9", "--batch-size", "2"]), in: folder)
            try CommandRunner.run(["train", "--resume", parts.path, "--max-steps", "13"], in: folder)
            let last = try CommandRunner.run(["train", "--resume", parts.path, "--max-steps", "20"], in: folder)
            #expect(last.status == 0, "\(last.errors)")
            #expect(try Data(contentsOf: TinyRun.checkpoint(parts)) == Data(contentsOf: TinyRun.checkpoint(whole)))
            // 20 steps are 6 epochs of 3 steps and 2 more.
            let models = try FileManager.default.contentsOfDirectory(atPath: parts.appending(path: "models").path)
            #expect(models.contains("step-00000020_generatorAB.safetensors"))
        }
    }

    @Test func anInterruptSavesAndTheRunGoesOn() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            let (process, _, _) = try CommandRunner.start(TinyRun.arguments(data, run: run, ["--epochs", "100000"]), in: folder)
            try CommandRunner.wait(for: "the first steps") { (try? loggedSteps(run).count) ?? 0 > 3 }

            let second = try CommandRunner.run(["train", "--resume", run.path], in: folder)
            #expect(second.status == 1)
            #expect(second.errors.contains("is in use by another training process"))

            process.interrupt()
            process.waitUntilExit()
            #expect(process.terminationStatus == 130)
            let steps = try loggedSteps(run).count
            let resumed = try CommandRunner.run(["train", "--resume", run.path, "--max-steps", "\(steps + 2)"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try loggedSteps(run) == Array(1...steps + 2))
        }
    }

    @Test func aLossThatExplodesStopsTheRunAndSparesTheCheckpoint() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            try CommandRunner.run(TinyRun.arguments(data, run: run, ["--max-steps", "3", "--learning-rate", "1e38"]), in: folder)
            let started = FileManager.default.fileExists(atPath: TinyRun.checkpoint(run).path)
            let result = try CommandRunner.run(
                TinyRun.arguments(
                    data, run: folder.appending(path: "other"),
                    ["--max-steps", "40", "--learning-rate", "1e38", "--log-every", "20"]), in: folder)
            #expect(result.status == 1)
            #expect(result.errors.contains("became NaN or infinite at step "))
            #expect(result.errors.contains("trainA/00"))
            #expect(result.errors.contains("lower --learning-rate"))
            #expect(!started)
            // One step spoils the weights before any loss can show it.
            let spoilt = folder.appending(path: "spoilt")
            let single = try CommandRunner.run(
                TinyRun.arguments(data, run: spoilt, ["--max-steps", "1", "--learning-rate", "1e39"]), in: folder)
            #expect(single.status == 1)
            #expect(single.errors.contains("tensor networks.generatorAB"))
            #expect(!FileManager.default.fileExists(atPath: TinyRun.checkpoint(spoilt).path))
            #expect(!FileManager.default.fileExists(atPath: TinyRun.checkpoint(folder.appending(path: "other")).path))
        }
    }

    @Test func aRunGoesOnOnlyWithTheSameSettingsAndImages() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            try CommandRunner.run(TinyRun.arguments(data, run: run, ["--max-steps", "2"]), in: folder)
            let config = run.appending(path: "config.yaml")
            let text = try String(contentsOf: config, encoding: .utf8)
            try Data(text.replacingOccurrences(of: "poolSize: 3", with: "poolSize: 4").utf8).write(to: config)
            let edited = try CommandRunner.run(["train", "--resume", run.path, "--max-steps", "4"], in: folder)
            #expect(edited.status == 1)
            #expect(edited.errors.contains("poolSize was 3 and is 4"))

            try Data(text.utf8).write(to: config)
            try FileManager.default.removeItem(at: data.appending(path: "trainA/004.png"))
            let smaller = try CommandRunner.run(["train", "--resume", run.path, "--max-steps", "4"], in: folder)
            #expect(smaller.status == 1)
            #expect(
                smaller.errors.contains("5 images of A and 4 images of B") && smaller.errors.contains("4 images of A and 4 images of B"))
        }
    }

    @Test func aTranslationNeverOverwritesItsInputsAlsoThroughLinks() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            try CommandRunner.run(TinyRun.arguments(data, run: run, ["--max-steps", "1"]), in: folder)
            let images = data.appending(path: "trainA")
            let link = folder.appending(path: "link")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: images)
            let before = try Data(contentsOf: images.appending(path: "000.png"))
            for (input, output) in [(images, link), (link, images), (images, images)] {
                let result = try CommandRunner.run(
                    ["translate", input.path, "--model", run.path, "--output", output.path], in: folder)
                #expect(result.status == 1)
                #expect(result.errors.contains("would be overwritten"))
            }
            #expect(try Data(contentsOf: images.appending(path: "000.png")) == before)
            let empty = try CommandRunner.run(["translate", "", "--model", run.path, "--output", "x"], in: folder)
            #expect(empty.status == 64)
        }
    }

    @Test func brokenTestImagesDoNotStopTheTraining() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            for name in ["testA", "testB"] {
                let images = data.appending(path: name)
                try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
                try Data("not an image".utf8).write(to: images.appending(path: "1.png"))
            }
            let result = try CommandRunner.run(
                TinyRun.arguments(data, run: folder.appending(path: "run"), ["--max-steps", "1"]), in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("the sample pictures come from other images"))
        }
    }

    @Test func wrongCallsSayWhatIsWrong() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            #expect(try CommandRunner.run(TinyRun.arguments(data, run: run, ["--max-steps", "1"]), in: folder).status == 0)
            func translation(of input: String, to output: String, _ more: [String] = []) -> [String] {
                ["translate", folder.appending(path: input).path, "--model", run.path, "--direction", "AtoB"] + more
                    + ["--output", output.hasPrefix("/") ? output : folder.appending(path: output).path]
            }
            /// (arguments, exit code, words of the message).
            let calls: [([String], Int32, String)] = [
                (TinyRun.arguments(data, run: run), 1, "already holds a run"),
                (["train", "--resume", folder.path], 1, "holds no run"),
                (["train", "--resume", run.path, "--ngf", "8"], 64, "--ngf cannot change"),
                (["train", data.path], 64, "--run RUN"),
                (["train", data.path, "--run", folder.appending(path: "b").path, "--crop-size", "30"], 1, "multiples of 4"),
                (["train", data.path, "--run", folder.appending(path: "b").path, "--gan-mode", "wgan"], 64, "hinge"),
                (["train", folder.path, "--run", folder.appending(path: "b").path], 1, "trainA"),
                (["train", data.path, "--run", folder.appending(path: "b").path, "--device", "cuda:7"], 1, "cuda:7"),
                (["info", folder.path], 1, "checkpoints/latest.safetensors"),
                (["translate", "absent.png", "--model", run.path, "--output", "x"], 1, "absent.png"),
                (translation(of: "data/trainA/000.png", to: "res.gif"), 1, "found the extension .gif; allowed: jpg, jpeg, jpe, jfif, png"),
                (translation(of: "data/trainA", to: "data/trainA/000.png"), 1, "000.png: cannot make the folder: File exists"),
                (translation(of: "data/trainA", to: "/proc/x"), 1, "/proc/x: cannot make the folder: "),
                (translation(of: "data/trainA", to: "x", ["--threads", "99999999999"]), 64, "found 99999999999; allowed: 1 to 1024"),
            ]
            for (arguments, status, words) in calls {
                let result = try CommandRunner.run(arguments, in: folder)
                #expect(result.status == status, "\(arguments): \(result.errors)")
                #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
                // One error, not one for each image.
                #expect(result.errors.components(separatedBy: "cannot make the folder").count <= 2, "\(result.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "res.gif").path))
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "b").path))
        }
    }

    @Test func aTrainedRunTranslatesImagesOfAnySizeAndKeepsTheTree() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            try CommandRunner.run(TinyRun.arguments(data, run: run, ["--max-steps", "5", "--checkpoint-every", "1"]), in: folder)
            let inputs = folder.appending(path: "inputs")
            try writeSyntheticImages(["sub": 1], to: inputs, width: 37, height: 5)
            try writeSyntheticImages(["sub/deep": 1], to: inputs, width: 1, height: 3, bands: 1)
            let output = folder.appending(path: "output")
            for model in [run, run.appending(path: "models/epoch-0001_generatorBA.safetensors"), TinyRun.checkpoint(run)] {
                let result = try CommandRunner.run(
                    ["translate", inputs.path, "--model", model.path, "--direction", "BtoA", "--output", output.path], in: folder)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output.contains("2 of 2"))
            }
            let wide = try PixelImage(contentsOf: output.appending(path: "sub/000.png"))
            #expect((wide.width, wide.height, wide.bands) == (37, 5, 3))
            let small = try PixelImage(contentsOf: output.appending(path: "sub/deep/000.png"))
            #expect((small.width, small.height, small.bands) == (1, 3, 3))

            let info = try CommandRunner.run(["info", run.path, "--json"], in: folder)
            let report = try #require(try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? [String: Any])
            let networks = try #require(report["networks"] as? [[String: Any]])
            #expect(networks.map { $0["name"] as? String } == ["generatorAB", "generatorBA", "discriminatorA", "discriminatorB"])
            #expect(networks[0]["architecture"] as? String == "resnet1")
            #expect((report["training"] as? [String: Any])?["step"] as? Int == 5)
            #expect((report["settings"] as? [String: Any])?["data"] as? String == data.path)
            let snapshot = try CommandRunner.run(
                ["info", run.appending(path: "models/epoch-0001_generatorBA.safetensors").path], in: folder)
            #expect(snapshot.output.contains("resnet1, 3 -> 3 channels, 4 filters, instance norm, dropout, B to A, 8 -> 8 bits"))
        }
    }
}
