import Checkpoints
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

/// Cycles between three domains from `train` to `evaluate`, and a domain more for a trained run.
struct MultiCycleRunTests {
    private static let train = [
        "--objective", "multicycle", "--generator", "resnet3", "--ngf", "2", "--ndf", "2", "--discriminator-layers", "1", "--crop-size",
        "16", "--load-size", "18", "--batch-size", "2", "--pool-size", "2", "--sample-every", "4", "--checkpoint-steps", "2", "--device",
        "cpu",
    ]

    private func withData(_ names: [String], _ body: (URL, ([String]) throws -> CommandRunner.Result) throws -> Void) throws {
        try withTemporaryFolder { folder in
            var counts: [String: Int] = [:]
            for (number, name) in names.enumerated() {
                (counts["data/train/\(name)"], counts["data/test/\(name)"]) = (4 + number, 2)
            }
            try writeSyntheticImages(counts, to: folder, width: 20, height: 16)
            try body(folder) { try CommandRunner.run($0, in: folder, workingFolder: folder) }
        }
    }

    @Test func imagesOfAnyDomainBecomeThoseOfAnyOther() throws {
        try withData(["fire", "v1.0", "été"]) { folder, run in
            let cycle = ["--cycle-length", "3", "--ema", "0.5"]
            let trained = try run(["train", "data", "--run", "whole", "--max-steps", "9"] + cycle + Self.train)
            try #require(trained.status == 0, "\(trained.errors)")
            // Cut short in between, the same bytes come out.
            #expect(try run(["train", "data", "--run", "parts", "--max-steps", "5"] + cycle + Self.train).status == 0)
            #expect(try run(["train", "--resume", "parts", "--max-steps", "9"]).status == 0)
            let files = ["whole", "parts"].map { folder.appending(path: "\($0)/checkpoints/latest.safetensors") }
            #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))

            let info = try run(["info", "whole"]).output
            #expect(info.contains("an encoder and a decoder for each domain around 1 shared block"), "\(info)")
            #expect(info.contains("between fire, v1.0, été") && info.contains("discriminator_v1%2E0: patch"), "\(info)")

            let translate = ["translate", "data/test/fire", "--model", "whole"]
            let one = try run(translate + ["--from", "fire", "--to", "été", "--output", "one"])
            #expect(one.status == 0 && one.output.hasPrefix("Translated 2 of 2 images fire to été: "), "\(one)")
            let grid = try run(translate + ["--from", "fire", "--to", "all", "--output", "grid"])
            #expect(grid.output.hasPrefix("Translated 2 of 2 images to v1.0, été: "), "\(grid)")
            let (sheet, size) = (try PixelImage(contentsOf: folder.appending(path: "grid/000.png")), ImageSize(height: 16, width: 20))
            #expect(sheet.size == ImageSize(height: 16, width: 3 * 20 + 2 * 4))
            #expect(sheet.cropped(x: 48, y: 0, size: size) == (try PixelImage(contentsOf: folder.appending(path: "one/000.png"))))

            // The parts of one translation are an ordinary generator, and all of a snapshot make any.
            let convert = ["convert", "whole", "--from", "fire", "--to", "été", "--output", "fire-été.pth"]
            #expect(try run(convert).output.contains("(resnet3, fire to été)"))
            let snapshot = try #require(
                FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "whole/models").path).sorted().last)
            for model in ["fire-été.pth", "whole/models/\(snapshot)"] {
                let again = [
                    "translate", "data/test/fire", "--model", model, "--from", "fire", "--to", "été", "--output", "again-\(model.count)",
                ]
                #expect(try run(again).status == 0)
                let pictures = ["one", "again-\(model.count)"].map { folder.appending(path: "\($0)/001.png") }
                #expect(try Data(contentsOf: pictures[0]) == Data(contentsOf: pictures[1]), "\(model)")
            }

            let evaluated = try run(["evaluate", "whole", "--data", "data", "--paired"])
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            #expect(evaluated.output.components(separatedBy: "translations against the true images").count == 7, "\(evaluated.output)")
            let rows = evaluated.output.split(separator: "\n").map { $0.split(separator: " ") }
            let head = try #require(rows.firstIndex { $0.first == "paired-ssim" && $0.last == "column:" })
            #expect(rows[head + 1] == ["fire", "v1.0", "été"] && rows[head + 2].first == "fire" && rows[head + 2][1] == "–")
            #expect(evaluated.output.contains("été to v1.0: 2 images") && evaluated.output.contains("cycle-l1"))
        }
    }

    /// What was trained stays as it is, bit for bit, and the new domain learns.
    @Test func aDomainMoreLeavesTheOthersAsTheyAre() throws {
        try withData(["fire", "water"]) { folder, run in
            let old = try run(["train", "data", "--run", "old", "--max-steps", "4"] + Self.train)
            try #require(old.status == 0, "\(old.errors)")
            try writeSyntheticImages(["data/train/earth": 3, "data/test/earth": 2], to: folder, width: 20, height: 16)
            let new = ["train", "data", "--run", "new", "--max-steps", "4", "--pretrained", "old", "--frozen-domains", "fire,water"]
            let trained = try run(new + Self.train)
            try #require(trained.status == 0, "\(trained.errors)")
            #expect(trained.errors.contains("has no encoder_earth, decoder_earth, discriminator_earth: these networks start anew"))
            let states = try ["old", "new"].map {
                try StateDict.read(from: folder.appending(path: "\($0)/checkpoints/latest.safetensors")).below("networks")
            }
            for (name, tensor) in states[0] where !name.hasPrefix("discriminator") {
                #expect(states[1][name]?.array(of: Float.self) == tensor.array(of: Float.self), "\(name)")
            }
            for model in ["old", "new"] {
                let arguments = [
                    "translate", "data/test/fire", "--model", model, "--output", "by-\(model)", "--from", "fire", "--to", "water",
                ]
                #expect(try run(arguments).status == 0)
            }
            let pictures = ["by-old", "by-new"].map { folder.appending(path: "\($0)/000.png") }
            #expect(try Data(contentsOf: pictures[0]) == Data(contentsOf: pictures[1]))

            // Without, all learn on; and a resumed run still knows what is frozen.
            #expect(try run(["train", "--resume", "new", "--max-steps", "6"]).status == 0)
            let resumed = try StateDict.read(from: folder.appending(path: "new/checkpoints/latest.safetensors")).below("networks")
            func same(_ key: String) throws -> Bool {
                try #require(resumed[key]).array(of: Float.self) == (try #require(states[1][key])).array(of: Float.self)
            }
            #expect(try same("encoder_fire.model.1.weight") && same("middle.model.11.conv_block.1.weight"))
            #expect(try !same("encoder_earth.model.1.weight"))
        }
    }

    @Test func whatDoesNotFitIsSaidWithWhatThereIs() throws {
        try withData(["fire", "water", "earth"]) { folder, run in
            func error(_ arguments: [String]) throws -> String {
                let result = try run(arguments)
                #expect(result.status == 1 || result.status == 64, "\(arguments)")
                return result.errors
            }
            let train = ["train", "data", "--run", "run", "--max-steps", "2"] + Self.train
            #expect(try error(train + ["--cycle-length", "4"]).contains("at most the 3 domains: earth, fire, water"))
            #expect(try error(train + ["--domain-names", "fire/day,water"]).contains("names of folders in train: earth, fire, water"))
            #expect(try error(train + ["--shared-blocks", "4"]).contains("at most the 3 residual blocks of resnet3"))
            #expect(try error(train + ["--norm", "batch"]).contains("whose batches mix domains"))
            #expect(try error(train + ["--frozen-domains", "fire"]).contains("none without pretrained"))
            #expect(try run(train + ["--domain-names", "fire,water"]).status == 0)
            let more = train.map { $0 == "run" ? "more" : $0 } + ["--pretrained", "run"]
            #expect(try error(more + ["--frozen-domains", "fire,ash"]).contains("some, not all, of earth, fire, water"))
            #expect(try error(more + ["--frozen-domains", "earth"]).contains("which has no decoder_earth"))
            let fewer = try error(more + ["--shared-blocks", "3"])
            #expect(fewer.contains("use --shared-blocks 1"), "\(fewer)")
            #expect(try run(more).status == 0)
            let translate = ["translate", "data/test/fire", "--model", "more", "--output", "out"]
            #expect(try error(translate).contains("choose the domains with --from and --to: earth, fire, water"))
            #expect(try error(translate + ["--to", "all"]).contains("choose the domain of the images with --from: earth, fire, water"))
            let unknown = try error(translate + ["--from", "fire", "--to", "ash"])
            #expect(unknown.contains("--from fire --to ash: this model translates between earth, fire, water"), "\(unknown)")
        }
    }
}
