import CycleGANMetrics
import Foundation
import Imaging
import TestSupport
import Testing

/// `cyclegan evaluate`, and validation with networks of their own while training.
@Suite(.serialized) struct EvaluateCommandTests {
    private func train(_ folder: URL, _ more: [String]) throws -> CommandRunner.Result {
        try CommandRunner.run(
            [
                "train", folder.appending(path: "data").path, "--run", folder.appending(path: "run").path, "--generator", "resnet1",
                "--ngf",
                "4", "--ndf", "4", "--discriminator-layers", "1", "--load-size", "20", "--crop-size", "16", "--device", "cpu",
                "--no-tensorboard",
            ] + more, in: folder, cache: folder.appending(path: "cache"))
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func names(_ direction: [String: Any]) throws -> [String] {
        try #require(direction["metrics"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    }

    @Test func measuresARunWithoutWeights() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writeSyntheticImages(["trainA": 3, "trainB": 3, "testA": 4, "testB": 4], to: data, width: 24, height: 20)
            #expect(try train(folder, ["--max-steps", "2"]).status == 0)
            // The same names on both sides.
            let files = try FileManager.default.contentsOfDirectory(atPath: data.appending(path: "testA").path)
            try FileManager.default.removeItem(at: data.appending(path: "testB"))
            try FileManager.default.createDirectory(at: data.appending(path: "testB"), withIntermediateDirectories: true)
            for (index, file) in files.enumerated() {
                try PixelImage.synthetic(variant: index + 9, width: 24, height: 20).write(to: data.appending(path: "testB/\(file)"))
            }
            let palette = folder.appending(path: "palette.txt")
            try Data("# name,red,green,blue\ndark,64,64,64\nlight,192,192,192\n".utf8).write(to: palette)
            func evaluate(_ more: [String]) throws -> CommandRunner.Result {
                try CommandRunner.run(
                    ["evaluate", folder.appending(path: "run").path, "--data", data.path] + more, in: folder,
                    cache: folder.appending(path: "cache"))
            }
            let result = try evaluate(["--paired", "--palette", palette.path, "--json"])
            #expect(result.status == 0, "\(result.errors)")
            let report = try object(result.output)
            #expect((report["notes"] as? [String])?.count == 2)
            let directions = try #require(report["directions"] as? [[String: Any]])
            #expect(directions.compactMap { $0["direction"] as? String } == ["AtoB", "BtoA"])
            let common = ["cycle-l1", "cycle-ssim", "structure-ssim", "paired-ssim", "paired-psnr", "paired-l1"]
            #expect(try names(directions[0]) == common + ["pixel-accuracy", "class-accuracy", "mean-iou"])
            #expect(try names(directions[1]) == common)
            #expect(directions[0]["semantic"] != nil && directions[0]["images"] as? Int == 4)

            let output = folder.appending(path: "run/evaluation")
            let page = try String(contentsOf: output.appending(path: "report.html"), encoding: .utf8)
            #expect(page.contains("<b>cycle-ssim</b>") && page.contains("data:image/png;base64,"))
            let saved = try object(String(contentsOf: output.appending(path: "evaluation.json"), encoding: .utf8))
            #expect(NSDictionary(dictionary: saved) == NSDictionary(dictionary: report))
            let lines = try String(contentsOf: output.appending(path: "images.csv"), encoding: .utf8).components(separatedBy: "\r\n")
            #expect(
                lines.count == 11
                    && lines[0] == "direction,image," + (common + ["pixel-accuracy", "class-accuracy", "mean-iou"]).joined(separator: ","))

            // The paired values are those of the metrics commands on translated files.
            let fakes = folder.appending(path: "fakes").path
            let translated = try CommandRunner.run(
                [
                    "translate", data.appending(path: "testA").path, "--model", folder.appending(path: "run").path, "--direction", "AtoB",
                    "--output", fakes,
                ], in: folder)
            #expect(translated.status == 0)
            for metric in ["ssim", "psnr", "l1"] {
                let compared = try CommandRunner.run(["metrics", metric, fakes, data.appending(path: "testB").path, "--json"], in: folder)
                let wanted = try #require(try object(compared.output)["value"] as? Double)
                let rows = try #require(directions[0]["metrics"] as? [[String: Any]])
                let found = try #require(rows.first { $0["name"] as? String == "paired-\(metric)" }?["value"] as? Double)
                #expect(abs(found - wanted) <= 1e-9 * abs(wanted), "\(metric)")
            }

            #expect(try evaluate(["--palette", palette.path]).status == 64)
            try FileManager.default.moveItem(
                at: data.appending(path: "testB/\(files[0])"), to: data.appending(path: "testB/other.png"))
            let unpaired = try evaluate(["--paired", "--output", folder.appending(path: "nothing").path])
            #expect(unpaired.status == 1 && unpaired.errors.contains(files[0]) && unpaired.errors.contains("other.png"))
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "nothing").path))
        }
    }

    @Test func aPix2PixModelIsComparedWithTheOtherHalves() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writePairs(0..<2, .halves, to: data)
            try writePairs(0..<3, .halves, to: data, split: .test)
            let trained = try train(folder, ["--objective", "pix2pix", "--max-steps", "1"])
            #expect(trained.status == 0, "\(trained.errors)")
            func evaluate(_ more: [String]) throws -> CommandRunner.Result {
                try CommandRunner.run(
                    ["evaluate", folder.appending(path: "run").path, "--data", data.path, "--json"] + more, in: folder,
                    cache: folder.appending(path: "cache"))
            }
            for (flags, expected) in [
                ([], ["structure-ssim", "paired-ssim", "paired-psnr", "paired-l1"]), (["--no-paired"], ["structure-ssim"]),
            ] as [([String], [String])] {
                let result = try evaluate(flags)
                #expect(result.status == 0, "\(result.errors)")
                let directions = try #require(try object(result.output)["directions"] as? [[String: Any]])
                #expect(directions.count == 1 && directions[0]["images"] as? Int == 3)
                #expect(try names(directions[0]) == expected)
            }
            #expect(try evaluate(["--no-paired", "--palette", "none.txt"]).status == 64)
        }
    }

    /// The numbers of `evaluate` and `metrics` are equal once their ranges are, and both say what these are.
    @Test func valuesOfSixteenBitsHaveOneRangeInBothCommands() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            for (index, name) in ["trainA", "trainB", "testA", "testB"].enumerated() {
                try FileManager.default.createDirectory(at: data.appending(path: name), withIntermediateDirectories: true)
                for number in 0..<2 {
                    let levels = PixelImage.synthetic(variant: 3 * index + number, width: 24, height: 20, bands: 1).bytes
                    let bytes = levels.map { UInt16($0) * 140 }.withUnsafeBytes { [UInt8]($0) }
                    try PixelImage(width: 24, height: 20, bands: 1, format: .uint16, bytes: bytes)
                        .write(to: data.appending(path: "\(name)/00\(number).png"))
                }
            }
            let options = ["--bit-depth", "16", "--channels", "1", "--range", "0...36000", "--domain-names", "noisy,clean"]
            let trained = try train(folder, options + ["--max-steps", "1"])
            #expect(trained.status == 0, "\(trained.errors)")
            let run = folder.appending(path: "run").path
            func evaluate(_ more: [String]) throws -> CommandRunner.Result {
                let result = try CommandRunner.run(
                    ["evaluate", run, "--data", data.path, "--paired", "--direction", "AtoB"] + more, in: folder,
                    cache: folder.appending(path: "cache"))
                #expect(result.status == 0, "\(result.errors)")
                return result
            }
            for scaling in [[], ["--size", "training"], ["--size", "12"]] {
                let direction = try #require((object(evaluate(scaling + ["--json"]).output)["directions"] as? [[String: Any]])?.first)
                #expect(direction["from"] as? String == "A")
                #expect(direction["domainNames"] as? [String: String] == ["A": "noisy", "B": "clean"])
                let rows = try #require(direction["metrics"] as? [[String: Any]])
                #expect(rows.allSatisfy { $0["dataRange"] as? Double == 36000 }, "\(rows)")
                // 20x20 is the load size; 12 · 20 / 24 = 10.
                let expected = scaling.isEmpty ? [24, 20] : scaling[1] == "training" ? [20, 20] : [12, 10]
                let largest = try #require((direction["sizes"] as? [String: [String: Int]])?["largest"])
                #expect([largest["width"], largest["height"]] == expected)

                let (fakes, truths) = (folder.appending(path: "fakes"), folder.appending(path: "truths"))
                let translated = try CommandRunner.run(
                    [
                        "translate", data.appending(path: "testA").path, "--model", run, "--to", "clean", "--output", fakes.path,
                    ] + scaling, in: folder)
                #expect(translated.status == 0, "\(translated.errors)")
                try? FileManager.default.createDirectory(at: truths, withIntermediateDirectories: true)
                for number in 0..<2 {
                    let truth = try PixelImage(contentsOf: data.appending(path: "testB/00\(number).png"))
                    try truth.resized(to: ImageSize(height: expected[1], width: expected[0])).write(
                        to: truths.appending(path: "00\(number).png"))
                }
                func measure(_ metric: String, _ more: [String]) throws -> [String: Any] {
                    let result = try CommandRunner.run(["metrics", metric, fakes.path, truths.path, "--json"] + more, in: folder)
                    #expect(result.status == 0, "\(result.errors)")
                    return try object(result.output)
                }
                for metric in ["ssim", "psnr", "l1"] {
                    let found = try #require(rows.first { $0["name"] as? String == "paired-\(metric)" }?["value"] as? Double)
                    for range in ["0...36000", "36000"] {
                        let measured = try measure(metric, ["--range", range])
                        let wanted = try #require(measured["value"] as? Double)
                        #expect(abs(found - wanted) <= 1e-9 * abs(wanted), "\(metric) \(scaling)")
                        #expect(measured["dataRange"] as? Double == 36000)
                    }
                }
                // The whole range of 16 bits makes the same error look smaller by the square of the ratio.
                let whole = try measure("psnr", [])
                let psnr = try #require(rows.first { $0["name"] as? String == "paired-psnr" }?["value"] as? Double)
                let difference = try #require(whole["value"] as? Double) - psnr
                #expect(abs(difference - 20 * log10(65535.0 / 36000)) < 1e-9 && whole["dataRange"] as? Double == 65535)
            }
            let text = try evaluate(["--size", "12"]).output
            #expect(
                text.hasPrefix("noisy to clean: 2 images, 2 real images; measured at 12x10 (width x height), scaled to 12\n"), "\(text)")
            #expect(text.contains(", range 36000\n"), "\(text)")
            let page = try String(contentsOf: folder.appending(path: "run/evaluation/report.html"), encoding: .utf8)
            #expect(page.contains("noisy to clean") && page.contains("range 36000") && page.contains("12x10 (width x height)"))
            let ssim = try CommandRunner.run(
                ["metrics", "ssim", folder.appending(path: "fakes").path, folder.appending(path: "truths").path], in: folder)
            #expect(ssim.output.contains("  range 65535; measured at 12x10 (width x height)\n"), "\(ssim)")
            for range in ["0", "5...5", "x", "1...2...3", "-4"] {
                #expect(try CommandRunner.run(["metrics", "ssim", run, run, "--range=\(range)"], in: folder).status == 64, "\(range)")
            }
        }
    }

    @Test func distributionsChooseTheBestModel() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(
                ["trainA": 2, "trainB": 2, "valA": 3, "valB": 4, "testA": 3, "testB": 3], to: folder.appending(path: "data"), width: 24,
                height: 20)
            let weights = folder.appending(path: "inception.pth")
            try seededWeights(MetricNetwork.inception.tensors, seed: 3).write(to: weights)
            let cache = folder.appending(path: "cache")
            #expect(try CommandRunner.run(["metrics", "weights", "import", weights.path], in: folder, cache: cache).status == 0)
            let tag = try contentKey(of: weights).prefix(8)
            let options = ["--validation-metrics", "kid,fid", "--best-metric", "kid-\(tag)", "--early-stopping-metric", "fid-\(tag)B"]
            let result = try train(folder, options + ["--early-stopping", "50", "--epochs", "2", "--decay-epochs", "0"])
            #expect(
                result.status == 0 && result.output.contains("best kid-\(tag)") || result.errors.contains("best kid-\(tag)"),
                "\(result.errors)")
            let lines = try String(contentsOf: folder.appending(path: "run/metrics.jsonl"), encoding: .utf8).split(separator: "\n")
            let validations = try lines.map { try object(String($0)) }.filter { $0["event"] as? String == "validated" }
            #expect(validations.count == 2)
            for validation in validations {
                let metrics = try #require(validation["metrics"] as? [String: Double])
                for name in ["kid", "fid"] {
                    let (a, b) = (try #require(metrics["\(name)-\(tag)A"]), try #require(metrics["\(name)-\(tag)B"]))
                    #expect(abs(try #require(metrics["\(name)-\(tag)"]) - (a + b) / 2) < 1e-9 * (abs(a) + abs(b)))
                }
            }
            // The real images' features of both domains, for the next time.
            #expect(try FileManager.default.contentsOfDirectory(atPath: cache.appending(path: "features").path).count == 2)

            let evaluated = try CommandRunner.run(
                [
                    "evaluate", folder.appending(path: "run").path, "--data", folder.appending(path: "data").path, "--direction", "BtoA",
                    "--json",
                ],
                in: folder, cache: cache)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            let directions = try #require(try object(evaluated.output)["directions"] as? [[String: Any]])
            #expect(directions.count == 1)
            #expect(try names(directions[0]).prefix(3) == ["fid-\(tag)", "kid-\(tag)", "nearest-real-\(tag)"])
            #expect((directions[0]["notes"] as? [String])?.contains { $0.contains("at least 4") } == true)
        }
    }

    @Test func missingValidationImagesAreSaidBeforeTraining() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["trainA": 2, "trainB": 2], to: folder.appending(path: "data"), width: 24, height: 20)
            let result = try train(folder, ["--validation-metrics", "kid"])
            #expect(result.status == 1 && result.errors.contains("validationMetrics") && result.errors.contains("valA"))
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "run").path))
            #expect(try train(folder, ["--validation-metrics", "kid,kid"]).status == 64)
            let unknown = try train(folder, ["--best-metric", "kidB"])
            #expect(
                unknown.status == 1 && unknown.errors.contains("bestMetric: found kidB; allowed: ")
                    && unknown.errors.contains("; kidB only with validationMetrics kid"), "\(unknown.errors)")
            let misspelt = try train(folder, ["--best-metric", "cycel"])
            #expect(misspelt.status == 1 && misspelt.errors.contains("found cycel; did you mean cycle? allowed: "), "\(misspelt.errors)")
        }
    }
}
