import Foundation
import Imaging
import TestSupport
import Testing

/// `cyclegan translate`: which way, at which scale, and what it tells programs.
@Suite(.serialized) struct TranslateCommandTests {
    /// A run that scales to 20x20 pixels and calls its domains photo and monet.
    private func withRun(_ body: (_ folder: URL, _ translate: ([String]) throws -> CommandRunner.Result) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            let trained = try CommandRunner.run(
                TinyRun.arguments(data, run: run, ["--max-steps", "1", "--domain-names", "photo,monet"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            try body(folder) { try CommandRunner.run(["translate"] + $0 + ["--model", run.path], in: folder) }
        }
    }

    private func lines(_ result: CommandRunner.Result) throws -> [[String: Any]] {
        try result.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func size(_ object: Any?) -> [Int]? {
        (object as? [String: Int]).flatMap { size in size.count == 2 ? [size["width"] ?? 0, size["height"] ?? 0] : nil }
    }

    @Test func aModelOfTwoWaysIsAskedForOneByName() throws {
        try withRun { folder, translate in
            let (input, output) = (folder.appending(path: "data/trainA").path, folder.appending(path: "output").path)
            let neither = try translate([input, "--output", output])
            #expect(neither.status == 64 && neither.output.isEmpty)
            #expect(
                neither.errors.contains("this model translates photo -> monet (AtoB), monet -> photo (BtoA)"), "\(neither.errors)")
            #expect(!FileManager.default.fileExists(atPath: output))
            for (flags, title) in [
                (["--direction", "AtoB"], "photo to monet"), (["--from", "monet"], "monet to photo"), (["--from", "A"], "photo to monet"),
                (["--to", "Photo"], "monet to photo"), (["--from", "B", "--to", "photo"], "monet to photo"),
            ] {
                let result = try translate([input, "--output", output] + flags)
                #expect(result.status == 0 && result.output.contains("Translated 5 of 5 images \(title): "), "\(flags): \(result)")
            }
            let unknown = try translate([input, "--output", output, "--from", "horse"])
            #expect(unknown.status == 64 && unknown.errors.contains("--from horse: this model translates photo -> monet (AtoB), "))
            // A file of one direction needs no flag.
            let models = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "run/models").path)
            let file = try #require(models.first { $0.hasSuffix("_generatorBA.safetensors") })
            let one = try CommandRunner.run(
                ["translate", input, "--output", output, "--model", folder.appending(path: "run/models/\(file)").path], in: folder)
            #expect(one.status == 0 && one.output.contains("monet to photo"), "\(one)")
        }
    }

    @Test func imagesFarFromTheTrainingAreCountedAndScaled() throws {
        try withRun { folder, translate in
            let inputs = folder.appending(path: "inputs")
            try writeSyntheticImages(["large": 2], to: inputs, width: 64, height: 40)
            try writeSyntheticImages(["near": 3], to: inputs, width: 24, height: 20)
            func run(_ more: [String]) throws -> (result: CommandRunner.Result, large: ImageSize) {
                let output = folder.appending(path: "output")
                let result = try translate([inputs.path, "--output", output.path, "--direction", "AtoB"] + more)
                #expect(result.status == 0, "\(result.errors)")
                return (result, try PixelImage(contentsOf: output.appending(path: "large/000.png")).size)
            }
            let plain = try run([])
            #expect(plain.large == ImageSize(height: 40, width: 64))
            #expect(
                plain.result.errors.hasPrefix("warning: 2 of 5 images are more than 1.5 times larger than in the training, such as ")
                    && plain.result.errors.hasSuffix(": 64x40, there 20x20 (width x height); --size training scales them\n"),
                "\(plain.result.errors)")
            let trained = try run(["--size", "training"])
            #expect(trained.large == ImageSize(20) && trained.result.errors.isEmpty, "\(trained.result.errors)")
            // 32 · 40 / 64 = 20.
            #expect(try run(["--size", "32"]).large == ImageSize(height: 20, width: 32))
            #expect(try run(["--size", "16x24"]).large == ImageSize(height: 16, width: 24))
            #expect(try run(["--size", "training", "--restore-size"]).large == ImageSize(height: 40, width: 64))
            for flags in [["--restore-size"], ["--size", "0"], ["--size", "big"]] {
                #expect(try translate([inputs.path, "--output", "x", "--direction", "AtoB"] + flags).status == 64, "\(flags)")
            }
        }
    }

    @Test func programsGetALineForEachImage() throws {
        try withRun { folder, translate in
            let inputs = folder.appending(path: "inputs")
            try writeSyntheticImages([".": 1], to: inputs, width: 24, height: 20)
            try Data("no image".utf8).write(to: inputs.appending(path: "broken.png"))
            let output = folder.appending(path: "output")
            let result = try translate(
                [inputs.path, "--output", output.path, "--from", "photo", "--size", "18", "--restore-size", "--json"])
            #expect(result.status == 1 && result.errors.isEmpty, "\(result.errors)")
            let lines = try lines(result)
            #expect(lines.count == 2 && lines.allSatisfy { $0["schema"] as? Int == 1 && $0["seconds"] is Double })
            let image = try #require(lines.first { ($0["input"] as? String)?.hasSuffix("000.png") == true })
            #expect(image["output"] as? String == output.appending(path: "000.png").path && image["error"] == nil)
            #expect(
                size(image["inputSize"]) == [24, 20] && size(image["networkSize"]) == [18, 15] && size(image["outputSize"]) == [24, 20])
            #expect(image["direction"] as? String == "AtoB" && image["domainNames"] as? [String: String] == ["A": "photo", "B": "monet"])
            let broken = try #require(lines.first { ($0["input"] as? String)?.hasSuffix("broken.png") == true })
            #expect((broken["error"] as? String)?.contains("broken.png") == true && broken["outputSize"] == nil)
        }
    }

    @Test func aRunThatHasNoCheckpointYetIsNamed() throws {
        try withTemporaryFolder { folder in
            try Data("data: x\n".utf8).write(to: folder.appending(path: "config.yaml"))
            for command in [["info", folder.path], ["evaluate", folder.path, "--data", folder.path]] {
                let result = try CommandRunner.run(command, in: folder)
                #expect(result.status == 1 && result.errors.contains("\(folder.path): this run has no checkpoint yet; wait"), "\(result)")
            }
        }
    }
}
