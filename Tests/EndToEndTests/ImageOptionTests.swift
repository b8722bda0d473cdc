import Foundation
import Imaging
import TestSupport
import Testing

/// What flags say of values and bands, from training to translation.
@Suite(.serialized) struct ImageOptionTests {
    private func deep(_ folder: URL, _ name: String, _ type: SampleType, offset: Int = 0) throws {
        let levels = (0..<24 * 20).map { Float(80 + $0 * 97 % 4000 + offset) }
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let image = PixelImage(
            width: 24, height: 20, bands: 1, format: .float32, storedAs: .float64, bytes: levels.withUnsafeBytes { Array($0) })
        // The numbers as 16-bit samples, or as floats.
        try (type == .uint16 ? image.holding(.uint16) : image).write(to: file)
    }

    private func run(_ arguments: [String], in folder: URL) throws -> CommandRunner.Result { try CommandRunner.run(arguments, in: folder) }

    @Test func theSameNumbersInAnyTypeTrainAndTranslateAlike() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            for index in 0..<3 {
                try deep(data, "trainA/\(index).tif", index == 1 ? .float32 : .uint16, offset: index)
                try deep(data, "trainB/\(index).tif", .uint16, offset: 2 * index)
            }
            let runFolder = folder.appending(path: "run")
            let flags = [
                "--channels", "1", "--bit-depth", "16", "--range", "A=percentile:0,99", "--window", "B=2000,2000", "--max-steps", "1",
            ]
            let trained = try run(TinyRun.arguments(data, run: runFolder, flags), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            #expect(trained.errors.contains("the range of A is 80..."), "\(trained.errors)")
            #expect(trained.errors.contains("3 of 3 images have values outside 1000...3000, which are clamped"), "\(trained.errors)")
            let config = try String(contentsOf: runFolder.appending(path: "config.yaml"), encoding: .utf8)
            #expect(config.contains("[1000, 3000]") && !config.contains("percentile"), "\(config)")
            // It goes on without measuring again.
            let resumed = try run(["train", "--resume", runFolder.path, "--max-steps", "2"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            var results: [PixelImage] = []
            for (name, type) in [("a", SampleType.uint16), ("b", .float32)] {
                try deep(folder, "\(name).tif", type)
                let output = folder.appending(path: "out-\(name).tif")
                let result = try run(
                    [
                        "translate", folder.appending(path: "\(name).tif").path, "--model", runFolder.path, "--direction", "AtoB",
                        "--output",
                        output.path,
                    ], in: folder)
                #expect(result.status == 0, "\(result.errors)")
                results.append(try PixelImage(contentsOf: output))
            }
            #expect(results[0].format == .uint16 && results[0] == results[1])
            // Eight bits cannot hold what the model takes.
            try PixelImage.synthetic(variant: 1, width: 24, height: 20, bands: 1).write(to: folder.appending(path: "c.png"))
            let refused = try run(
                [
                    "translate", folder.appending(path: "c.png").path, "--model", runFolder.path, "--direction", "AtoB", "--output",
                    folder.appending(path: "c-out.tif").path,
                ], in: folder)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("give files of such numbers, or give --range 0,255"), "\(refused.errors)")
        }
    }

    @Test func aForeignModelIsToldWhatTheNumbersMean() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let runFolder = folder.appending(path: "run")
            let trained = try run(TinyRun.arguments(data, run: runFolder, ["--max-steps", "1", "--channels", "1"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            try deep(folder, "dark.tif", .uint16)
            func translate(_ input: String, _ flags: [String]) throws -> CommandRunner.Result {
                try run(
                    [
                        "translate", folder.appending(path: input).path, "--model", runFolder.path, "--direction", "AtoB", "--output",
                        folder.appending(path: "out.tif").path,
                    ] + flags, in: folder)
            }
            let dark = try translate("dark.tif", [])
            #expect(dark.status == 0)
            #expect(
                dark.errors.contains("1 of 1 image uses less than a tenth of 0...65535, such as dark.tif: values 80...")
                    && dark.errors.contains("give --range 0,4095"), "\(dark.errors)")
            #expect(try translate("dark.tif", ["--range", "A=0,4095"]).errors.contains("warning") == false)
            try deep(folder, "float.tif", .float32)
            let number = try translate("float.tif", [])
            #expect(number.status == 1 && number.errors.contains("and nothing says which of them are black and white"), "\(number.errors)")
            #expect(try translate("float.tif", ["--window", "A=2000,4000"]).status == 0)
            #expect(try translate("float.tif", ["--range", "percentile:1,99"]).status == 0)
            // Bands.
            try PixelImage.synthetic(variant: 2, width: 24, height: 20, bands: 4).write(to: folder.appending(path: "four.tif"))
            let four = try translate("four.tif", [])
            #expect(four.status == 1 && four.errors.contains("has 4 bands, and its domain takes 1; choose --bands 1"), "\(four.errors)")
            #expect(try translate("four.tif", ["--bands", "3"]).status == 0)
            for (flags, words) in [
                (["--range", "5"], "--range: found 5"), (["--window", "1,0"], "--window: found 1,0"),
                (["--bands", "0"], "--bands: found 0"),
                (["--range", "C=0,1"], "--range C=0,1: the model translates"),
            ] {
                let result = try translate("dark.tif", flags)
                #expect(result.status == 64 && result.errors.contains(words), "\(result)")
            }
        }
    }
}
