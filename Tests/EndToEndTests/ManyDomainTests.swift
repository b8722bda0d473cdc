import Foundation
import Imaging
import TestSupport
import Testing

/// A data set of three domains from `train` to `evaluate`.
struct ManyDomainTests {
    private static let train = [
        "--objective", "stargan", "--generator", "resnet1", "--ngf", "2", "--ndf", "2", "--crop-size", "16", "--load-size", "18",
        "--batch-size", "3", "--critic-steps", "2", "--checkpoint-steps", "2", "--sample-every", "4", "--device", "cpu",
    ]

    private func withData(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            var counts: [String: Int] = [:]
            for (name, count) in [("fire", 4), ("sketch", 3), ("été", 5)] {
                (counts["data/train/\(name)"], counts["data/test/\(name)"]) = (count, 2)
            }
            try writeSyntheticImages(counts, to: folder, width: 20, height: 16)
            try body(folder)
        }
    }

    private func run(_ arguments: [String], in folder: URL) throws -> CommandRunner.Result {
        try CommandRunner.run(arguments, in: folder, workingFolder: folder)
    }

    @Test(arguments: ["modulation", "planes"])
    func imagesOfAnyDomainBecomeThoseOfAnyOther(conditioning: String) throws {
        try withData { folder in
            let told = ["--conditioning", conditioning]
            let trained = try run(["train", "data", "--run", "whole", "--max-steps", "9"] + told + Self.train, in: folder)
            try #require(trained.status == 0, "\(trained.errors)")
            // Cut short in between, the same bytes come out.
            #expect(try run(["train", "data", "--run", "parts", "--max-steps", "5"] + told + Self.train, in: folder).status == 0)
            #expect(try run(["train", "--resume", "parts", "--max-steps", "9"], in: folder).status == 0)
            let models = ["whole", "parts"].map { folder.appending(path: "\($0)/models") }
            let names = try models.map { try FileManager.default.contentsOfDirectory(atPath: $0.path).sorted() }
            let last = try #require(names[0].last)
            #expect(last.hasSuffix("_generator.safetensors"))
            #expect(try Data(contentsOf: models[0].appending(path: last)) == Data(contentsOf: models[1].appending(path: last)))

            let info = try run(["info", "whole"], in: folder).output
            #expect(info.contains("between fire, sketch, été") && info.contains("discriminator: of 3 domains, 4 halvings"), "\(info)")

            let one = try run(["translate", "data/test/fire", "--model", "whole", "--to", "été", "--output", "one"], in: folder)
            #expect(one.status == 0 && one.output.hasPrefix("Translated 2 of 2 images to été: "), "\(one)")
            let grid = try run(
                ["translate", "data/test/fire/000.png", "--model", "whole", "--to", "all", "--output", "grid.png"], in: folder)
            #expect(grid.output.hasPrefix("Translated 1 of 1 image to fire, sketch, été: "), "\(grid)")
            let sheet = try PixelImage(contentsOf: folder.appending(path: "grid.png"))
            #expect(sheet.size == ImageSize(height: 16, width: 4 * 20 + 3 * 4))
            // The image first, and the last domain at the end.
            let size = ImageSize(height: 16, width: 20)
            #expect(sheet.cropped(x: 0, y: 0, size: size) == (try PixelImage(contentsOf: folder.appending(path: "data/test/fire/000.png"))))
            #expect(sheet.cropped(x: 72, y: 0, size: size) == (try PixelImage(contentsOf: folder.appending(path: "one/000.png"))))

            let evaluated = try run(["evaluate", "whole", "--data", "data", "--paired"], in: folder)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            #expect(evaluated.output.components(separatedBy: "translations against the true images").count == 7, "\(evaluated.output)")
            #expect(evaluated.output.contains("été to sketch: 2 images") && evaluated.output.contains("cycle-l1"))
        }
    }

    @Test func whatDoesNotFitIsSaidWithWhatThereIs() throws {
        try withData { folder in
            func error(_ arguments: [String]) throws -> String {
                let result = try run(arguments, in: folder)
                #expect(result.status == 1 || result.status == 64, "\(arguments)")
                return result.errors
            }
            let train = ["train", "data", "--run", "run", "--max-steps", "1"] + Self.train
            #expect(try error(train + ["--domain-names", "fire"]).contains("2 to 50 folders in train"))
            #expect(try error(train + ["--domain-names", "fire,smoke"]).contains("train/smoke"))
            #expect(try error(train + ["--flip", "A=false"]).contains("one for all with objective stargan"))
            #expect(try error(train + ["--norm", "batch"]).contains("instance with objective stargan"))
            #expect(try error(train + ["--pool-size", "5"]).contains("stargan"))
            try FileManager.default.createDirectory(at: folder.appending(path: "data/train/empty"), withIntermediateDirectories: true)
            #expect(try error(train).contains("data/train/empty"))
            // The way without a penalty trains, too.
            let plain = ["--domain-names", "sketch,fire", "--gan-mode", "lsgan", "--spectral-norm"]
            #expect(try run(train + plain, in: folder).status == 0)
            #expect(try error(["translate", "data/test/fire", "--model", "run", "--output", "out"]).contains("--to: fire, sketch"))
            let unknown = try error(["translate", "data/test/fire", "--model", "run", "--to", "ash", "--output", "out"])
            #expect(unknown.contains("--to ash: this model translates between fire, sketch"), "\(unknown)")
            try FileManager.default.removeItem(at: folder.appending(path: "data/train/sketch"))
            let gone = try error(["train", "--resume", "run", "--max-steps", "2"])
            #expect(gone.contains("data/train/sketch") && gone.contains("fire"), "\(gone)")
            let flat = try error(["train", "data/train/fire", "--run", "flat", "--objective", "stargan"])
            #expect(flat.contains("fire/train"), "\(flat)")
        }
    }
}
