import Checkpoints
import CycleGANMetrics
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing

/// `cyclegan baseline`, and baselines beside a model in `cyclegan evaluate`.
@Suite(.serialized) struct BaselineCommandTests {
    private func run(_ arguments: [String], in folder: URL) throws -> CommandRunner.Result {
        try CommandRunner.run(arguments, in: folder, cache: folder.appending(path: "cache"))
    }

    private func baseline(_ method: String, _ input: URL, style: URL, output: URL, _ more: [String] = [], in folder: URL) throws
        -> CommandRunner.Result
    {
        try run(["baseline", method, input.path, "--style", style.path, "--output", output.path] + more, in: folder)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(arguments: ["reinhard", "histogram"]) func aFolderGetsAStyle(method: String) throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["photos": 2, "paintings": 3], to: folder, width: 24, height: 20)
            let (photos, style) = (folder.appending(path: "photos"), folder.appending(path: "paintings"))
            // Only read, and of another shape, and transparent.
            let colours = PixelImage.synthetic(variant: 3, width: 9, height: 30)
            var bytes: [UInt8] = []
            for pixel in 0..<270 { bytes += colours.bytes[3 * pixel..<3 * pixel + 3] + [UInt8(pixel % 200 + 20)] }
            let clear = PixelImage(width: 9, height: 30, bands: 4, hasAlpha: true, bytes: bytes)
            try clear.write(to: photos.appending(path: "clear.png"))
            let output = folder.appending(path: "out")
            let result = try baseline(method, photos, style: style, output: output, in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == "3 of 3 images by \(method) in the style of 3 images in \(style.path): \(output.path)\n")
            let made = try PixelImage(contentsOf: output.appending(path: "clear.png"))
            #expect(made.hasAlpha && made.size == clear.size)
            let opaque = stride(from: 3, to: bytes.count, by: 4).filter { made.bytes[$0] != clear.bytes[$0] }
            #expect(opaque == [])
            #expect(try PixelImage(contentsOf: output.appending(path: "001.png")).size == ImageSize(height: 20, width: 24))

            // The style of an image itself changes nothing.
            let (own, same) = (photos.appending(path: "001.png"), folder.appending(path: "same.png"))
            let one = try baseline(method, own, style: own, output: same, ["--json"], in: folder)
            #expect(one.status == 0, "\(one.errors)")
            #expect(try PixelImage(contentsOf: same) == PixelImage(contentsOf: own))
            let record = try object(one.output)
            #expect(record["method"] as? String == method && record["direction"] == nil && record["output"] as? String == same.path)

            // Outside a mask the image is as it was.
            let mask = folder.appending(path: "mask.png")
            try PixelImage.ellipse(variant: 0, width: 24, height: 20).write(to: mask)
            let masked = folder.appending(path: "masked.png")
            #expect(try baseline(method, own, style: style, output: masked, ["--masks", mask.path], in: folder).status == 0)
            let (before, after) = (try PixelImage(contentsOf: own).bytes, try PixelImage(contentsOf: masked).bytes)
            let region = try PixelImage(contentsOf: mask).bytes
            let changed = before.indices.filter { before[$0] != after[$0] }
            #expect(!changed.isEmpty && changed.allSatisfy { region[$0 / 3] == 255 })

            // Scaled and back, and results that are there are left.
            let small = ["--size", "10", "--restore-size", "--skip-existing"]
            #expect(try baseline(method, own, style: style, output: masked, small, in: folder).output.contains("0 of 1 image"))
            let scaled = folder.appending(path: "scaled.png")
            #expect(try baseline(method, own, style: style, output: scaled, small, in: folder).status == 0)
            #expect(try PixelImage(contentsOf: scaled).size == ImageSize(height: 20, width: 24))
        }
    }

    @Test func depthsAndChannelsAreThoseOfTheImageAndOfTheStyle() throws {
        try withTemporaryFolder { folder in
            let grey = PixelImage.synthetic(variant: 1, width: 24, height: 20, bands: 1)
            let deep = PixelImage(
                width: 24, height: 20, bands: 1, format: .uint16, bytes: grey.bytes.map { UInt16($0) * 200 }.withUnsafeBytes { Array($0) })
            let (input, style) = (folder.appending(path: "deep.png"), folder.appending(path: "style.png"))
            try deep.write(to: input)
            // Two levels, half of the pixels each.
            let two = PixelImage(width: 2, height: 1, bands: 3, bytes: [10, 20, 30, 110, 120, 130])
            try two.write(to: style)
            let output = folder.appending(path: "out.tif")
            let result = try baseline("histogram", input, style: style, output: output, in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let made = try PixelImage(contentsOf: output)
            #expect(made.format == .uint16 && made.bands == 3)
            let levels = made.bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
            // Green's darkest is 20 of 255, its brightest 120.
            let green = stride(from: 1, to: levels.count, by: 3).map { levels[$0] }
            #expect(green.min() == 20 * 257 && green.max() == 120 * 257)

            // Numbers need a range, as everywhere, and stay in it.
            let numbers = folder.appending(path: "numbers.tif")
            let values = grey.bytes.map { Float($0) * 10 - 1000 }
            try PixelImage(width: 24, height: 20, bands: 1, format: .float32, bytes: values.withUnsafeBytes { Array($0) }).write(
                to: numbers)
            let refused = try baseline("reinhard", numbers, style: numbers, output: output, in: folder)
            #expect(refused.status == 1 && refused.errors.contains("--range"), "\(refused.errors)")
            let ranged = ["--range=-1000,1550"]
            let taken = try baseline("reinhard", numbers, style: numbers, output: output, ranged, in: folder)
            #expect(taken.status == 0, "\(taken.errors)")
            let found = try PixelImage(contentsOf: output)
            let back = found.bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            #expect(found.format == .float32 && zip(back, values).allSatisfy { abs($0 - $1) < 0.01 })
            let percentiles = try baseline("reinhard", numbers, style: numbers, output: output, ["--range", "percentile:1,99"], in: folder)
            #expect(percentiles.status == 64)

            // Bands of choice for each side.
            let bands = ["--bands", "A=1,1,1", "--bands", "B=3,2,1"]
            #expect(try baseline("reinhard", input, style: style, output: output, bands, in: folder).status == 0)
            let missing = try baseline("reinhard", input, style: style, output: output, ["--bands", "B=4"], in: folder)
            #expect(missing.status == 1 && missing.errors.contains("band 4"), "\(missing.errors)")
        }
    }

    @Test func gatysNeedsWeightsAndUsesThem() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["photos": 1, "paintings": 3], to: folder, width: 24, height: 20)
            let (photos, style) = (folder.appending(path: "photos"), folder.appending(path: "paintings"))
            let output = folder.appending(path: "out")
            let missing = try baseline("gatys", photos, style: style, output: output, in: folder)
            #expect(missing.status == 1, "\(missing.output)")
            for part in ["VGG16", "cyclegan metrics weights fetch vgg16", "weights import vgg16-397923af.pth", "--vgg"] {
                #expect(missing.errors.contains(part), "\(part): \(missing.errors)")
            }
            let weights = folder.appending(path: "vgg16.pth")
            try seededWeights(MetricNetwork.vgg16.tensors, seed: 5).write(to: weights)
            let result = try baseline(
                "gatys", photos, style: style, output: output, ["--vgg", weights.path, "--gatys-steps", "2"], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("gatys has its style from one of them, \(style.path)/00"), "\(result.errors)")
            let (before, after) = (photos.appending(path: "000.png"), output.appending(path: "000.png"))
            #expect(try PixelImage(contentsOf: before) != PixelImage(contentsOf: after))
            // An imported copy, the same seed: the same picture.
            #expect(try run(["metrics", "weights", "import", weights.path], in: folder).status == 0)
            let again = folder.appending(path: "again.png")
            #expect(try baseline("gatys", before, style: style, output: again, ["--gatys-steps", "2"], in: folder).status == 0)
            #expect(try PixelImage(contentsOf: after) == PixelImage(contentsOf: again))
            let small = folder.appending(path: "small.png")
            try PixelImage.synthetic(variant: 0, width: 7, height: 20).write(to: small)
            let tooSmall = try baseline("gatys", small, style: style, output: again, in: folder)
            #expect(tooSmall.status == 1 && tooSmall.errors.contains("7x20"), "\(tooSmall.errors)")
        }
    }

    @Test func badInputIsNamed() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["photos": 1, "paintings": 3], to: folder, width: 24, height: 20)
            let (photos, style) = (folder.appending(path: "photos"), folder.appending(path: "paintings"))
            let output = folder.appending(path: "out")
            func failure(_ method: String = "reinhard", style: URL, _ more: [String] = []) throws -> CommandRunner.Result {
                let result = try baseline(method, photos, style: style, output: output, more, in: folder)
                #expect(result.status != 0 && !FileManager.default.fileExists(atPath: output.path), "\(result)")
                return result
            }
            let none = try failure(style: folder.appending(path: "none"))
            #expect(none.status == 1 && none.errors.contains("the style: \(folder.path)/none does not exist"), "\(none.errors)")
            let empty = folder.appending(path: "empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            #expect(try failure(style: empty).errors.contains("empty"))
            #expect(try failure("sepia", style: style).status == 64)
            #expect(try failure(style: style, ["--size", "training"]).status == 64)
            #expect(try failure("gatys", style: style, ["--gatys-steps", "0"]).status == 64)
            // A folder of style images is not written into.
            let over = try baseline("reinhard", photos, style: style, output: style, in: folder)
            #expect(over.status == 1 && over.errors.contains("\(style.path)/000.png is an image of the style"), "\(over.errors)")
            let text = folder.appending(path: "text.png")
            try Data("no picture".utf8).write(to: text)
            #expect(try failure(style: text).errors.contains("\(text.path): cannot be used as a style: "))

            // One that is damaged is left out, more than half are too many.
            try Data("no picture".utf8).write(to: style.appending(path: "001.png"))
            let most = try baseline("histogram", photos, style: style, output: output, in: folder)
            #expect(most.status == 0 && most.errors.contains("1 image of the style cannot be used and is left out"), "\(most.errors)")
            try FileManager.default.removeItem(at: output)
            try Data("no picture".utf8).write(to: style.appending(path: "000.png"))
            #expect(try failure("histogram", style: style).errors.contains("2 of 3 images cannot be used as a style"))
        }
    }

    /// A generator of one way, whose images have no reconstructions to be shown like.
    @Test func transparentImagesAreMeasuredOnWhite() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writeSyntheticImages(["testA": 1, "testB": 2], to: data)
            for number in 0..<2 {
                // Black ink of which the opacity alone tells.
                var bytes: [UInt8] = []
                for pixel in 0..<32 * 32 { bytes += [0, 0, 0, UInt8((pixel / 5 + number) % 3 * 127)] }
                try PixelImage(width: 32, height: 32, bands: 4, hasAlpha: true, bytes: bytes)
                    .write(to: data.appending(path: "testA/00\(number).png"))
            }
            let model = folder.appending(path: "net.safetensors")
            try GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2).makeGenerator().stateDict().write(to: model)
            let result = try run(
                ["evaluate", model.path, "--data", data.path, "--direction", "AtoB", "--baselines", "histogram", "--json"], in: folder)
            let direction = try #require((try object(result.output)["directions"] as? [[String: Any]])?.first)
            let rows = try #require((direction["baselines"] as? [String: Any])?["rows"] as? [[String: Any]])
            let unchanged = try #require(rows.first { $0["name"] as? String == "unchanged" }?["metrics"] as? [[String: Any]])
            let structure = try #require(unchanged.first { $0["name"] as? String == "structure-ssim" })
            #expect((structure["value"] as? Double).map { abs($0 - 1) < 1e-6 } == true, "\(structure)")
        }
    }

    @Test func evaluatePutsBaselinesBesideAModel() throws {
        try withTemporaryFolder { folder in
            let (data, model) = (folder.appending(path: "data"), folder.appending(path: "run"))
            try writeSyntheticImages(["trainA": 3, "trainB": 3, "testA": 3, "testB": 3], to: data, width: 24, height: 20)
            let trained = try run(TinyRun.arguments(data, run: model, ["--max-steps", "1"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            func evaluate(_ more: [String]) throws -> CommandRunner.Result {
                try run(["evaluate", model.path, "--data", data.path, "--paired", "--direction", "AtoB"] + more, in: folder)
            }
            let text = try evaluate(["--baselines", "reinhard,histogram"])
            #expect(text.status == 0, "\(text.errors)")
            #expect(
                text.output.contains("beside baselines with the style of 3 training images of B in \(data.path)/trainB\n"), "\(text.output)"
            )
            let table = text.output.components(separatedBy: "beside baselines")[1].split(separator: "\n")
            #expect(table.count >= 6 && table[1].contains("structure-ssim ↑  paired-ssim ↑  paired-psnr ↑  paired-l1 ↓"), "\(table)")
            #expect(table[2...5].map { $0.split(separator: " ")[0] } == ["model", "unchanged", "reinhard", "histogram"])

            let result = try evaluate(["--baselines", "histogram", "--json"])
            let direction = try #require((object(result.output)["directions"] as? [[String: Any]])?.first)
            let comparison = try #require(direction["baselines"] as? [String: Any])
            let rows = try #require(comparison["rows"] as? [[String: Any]])
            #expect(rows.compactMap { $0["name"] as? String } == ["model", "unchanged", "histogram"])
            func value(_ row: Int, _ name: String) throws -> Double {
                let metrics = try #require(rows[row]["metrics"] as? [[String: Any]])
                return try #require(metrics.first { $0["name"] as? String == name }?["value"] as? Double)
            }
            let metrics = try #require(direction["metrics"] as? [[String: Any]])
            #expect(try value(0, "paired-l1") == metrics.first { $0["name"] as? String == "paired-l1" }?["value"] as? Double)
            #expect(try value(1, "structure-ssim") == 1)
            // The files that the command makes, and the images themselves, against the true ones.
            let made = folder.appending(path: "made")
            let styled = try baseline(
                "histogram", data.appending(path: "testA"), style: data.appending(path: "trainB"), output: made, in: folder)
            #expect(styled.status == 0)
            for (row, files) in [(1, data.appending(path: "testA")), (2, made)] {
                for metric in ["ssim", "psnr", "l1"] {
                    let compared = try run(["metrics", metric, files.path, data.appending(path: "testB").path, "--json"], in: folder)
                    let wanted = try #require(try object(compared.output)["value"] as? Double)
                    #expect(abs(try value(row, "paired-\(metric)") - wanted) < 1e-9 * abs(wanted), "\(row) \(metric)")
                }
            }
            let page = try String(contentsOf: model.appending(path: "evaluation/report.html"), encoding: .utf8)
            #expect(page.contains("<h3>Beside baselines</h3>") && page.contains("alt=\"histogram of 001.png\""))

            // Another style, that of the test images, and what cannot be.
            let one = try evaluate(["--baselines", "reinhard", "--style", data.appending(path: "testB/000.png").path])
            #expect(one.output.contains("beside baselines with the style of \(data.path)/testB/000.png\n"), "\(one.output)")
            try FileManager.default.moveItem(at: data.appending(path: "trainB"), to: data.appending(path: "elsewhere"))
            let tests = try evaluate(["--baselines", "reinhard"])
            #expect(tests.output.contains("the style of 3 test images of B in \(data.path)/testB\n"), "\(tests.output) \(tests.errors)")
            let gatys = try evaluate(["--baselines", "reinhard,gatys"])
            #expect(gatys.status == 1 && gatys.errors.contains("cyclegan metrics weights fetch vgg16"), "\(gatys.errors)")
            for bad in [["--baselines", "reinhard,reinhard"], ["--baselines", "sepia"], ["--style", "x"], ["--baselines", ""]] {
                #expect(try evaluate(bad).status == 64, "\(bad)")
            }
        }
    }

    @Test func gatysStandsInTheTableToo() throws {
        try withTemporaryFolder { folder in
            let (data, model) = (folder.appending(path: "data"), folder.appending(path: "run"))
            try writeSyntheticImages(["trainA": 2, "trainB": 2, "testA": 2, "testB": 2], to: data, width: 24, height: 20)
            #expect(try run(TinyRun.arguments(data, run: model, ["--max-steps", "1"]), in: folder).status == 0)
            let weights = folder.appending(path: "vgg16.pth")
            try seededWeights(MetricNetwork.vgg16.tensors, seed: 5).write(to: weights)
            let result = try run(
                [
                    "evaluate", model.path, "--data", data.path, "--baselines", "gatys", "--vgg", weights.path, "--gatys-steps", "2",
                    "--direction", "BtoA",
                ], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("note: gatys has its style from one of them, \(data.path)/trainA/"), "\(result.output)")
            let page = try String(contentsOf: model.appending(path: "evaluation/report.html"), encoding: .utf8)
            #expect(page.contains("alt=\"gatys of 001.png\""))
        }
    }
}
