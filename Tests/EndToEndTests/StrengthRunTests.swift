import Foundation
import Imaging
import TestSupport
import Testing

/// Models that are told how strongly to translate.
struct StrengthRunTests {
    private static let tiny = [
        "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--crop-size", "16", "--load-size", "18", "--device", "cpu", "--max-steps",
        "30", "--sample-every", "15",
    ]

    private func run(_ arguments: [String], in folder: URL) throws -> CommandRunner.Result {
        try CommandRunner.run(arguments, in: folder, workingFolder: folder)
    }

    /// Files and folders of a model's training, and what a translation is asked for by.
    private static let models: [(flags: [String], slash: String, way: [String])] = [
        (["--discriminator-layers", "1"], "", ["--direction", "AtoB"]),
        (["--objective", "stargan", "--gan-mode", "lsgan", "--critic-steps", "1", "--batch-size", "2"], "/", ["--to", "B"]),
    ]

    @Test(arguments: models) func strengthGoesFromTheImageToTheStyle(_ flags: [String], _ slash: String, _ way: [String]) throws {
        try withTemporaryFolder { folder in
            let names = ["train", "test"].flatMap { split in ["A", "B"].map { "data/\(split)\(slash)\($0)" } }
            try writeSyntheticImages(Dictionary(uniqueKeysWithValues: names.map { ($0, 4) }), to: folder, width: 21, height: 18)
            let trained = try run(["train", "data", "--run", "run", "--strength"] + Self.tiny + flags, in: folder)
            try #require(trained.status == 0, "\(trained.errors)")
            #expect(try run(["info", "run"], in: folder).output.contains("of any strength"))

            let strengths = ["0", "0.25", "0.5", "0.75", "1"]
            let input = "data/test\(slash)A"
            for strength in strengths {
                let translate = ["translate", input, "--model", "run", "--strength", strength, "--output", strength] + way
                let result = try run(translate, in: folder)
                #expect(result.status == 0, "\(result.errors)")
            }
            let name = "001.png"
            let image = try PixelImage(contentsOf: folder.appending(path: "\(input)/\(name)"))
            let made = try strengths.map { try PixelImage(contentsOf: folder.appending(path: "\($0)/\(name)")) }
            #expect(made[0] == image)
            let distances = made.map { zip($0.bytes, image.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } }
            #expect(zip(distances, distances.dropFirst()).allSatisfy { $0 < $1 }, "\(distances)")
            // Nothing said is all.
            #expect(try run(["translate", input, "--model", "run", "--output", "full"] + way, in: folder).status == 0)
            #expect(try PixelImage(contentsOf: folder.appending(path: "full/\(name)")) == made[4])

            let evaluated = try run(["evaluate", "run", "--data", "data", "--strength", "0", "--paired"] + way, in: folder)
            let rows = evaluated.output.split(separator: "\n").map { $0.split(separator: " ").prefix(2) }
            #expect(evaluated.output.contains("note: all of it at strength 0.0"))
            #expect(rows.contains(["cycle-l1", "0"]), "\(evaluated.output) \(evaluated.errors)")
            let wrong = try run(["translate", input, "--model", "run", "--strength", "1.5", "--output", "out"] + way, in: folder)
            #expect(wrong.status == 64 && wrong.errors.contains("--strength: found 1.5; allowed: a number from 0"), "\(wrong.errors)")
        }
    }

    @Test func modelsWithoutAStrengthSaySo() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["data/trainA": 2, "data/trainB": 2], to: folder)
            let train = ["train", "data", "--run", "plain"] + Self.tiny + ["--discriminator-layers", "1"]
            #expect(try run(train, in: folder).status == 0)
            let asked = ["translate", "data/trainA", "--model", "plain", "--direction", "AtoB", "--strength", "0.5", "--output", "out"]
            let refused = try run(asked, in: folder)
            #expect(refused.status == 1 && refused.errors.contains("was trained without a strength, and 0.5 was asked for"), "\(refused)")
            #expect(refused.errors.contains("train a model with train --strength"))
            let strong = train.map { $0 == "plain" ? "strong" : $0 } + ["--strength"]
            for (flags, expected) in [
                (["--norm", "batch"], "instance with strength"),
                (["--generator", "unet32", "--crop-size", "32", "--load-size", "32"], "a ResNet with strength"),
                (["--channels", "B=1"], "different channels"), (["--objective", "cut"], "strength"),
            ] {
                let result = try run(strong + flags, in: folder)
                #expect(result.status != 0 && result.errors.contains(expected), "\(result.errors)")
            }
        }
    }
}
