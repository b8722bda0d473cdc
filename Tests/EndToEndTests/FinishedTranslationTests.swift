import Foundation
import Imaging
import TestSupport
import Testing

/// What `cyclegan translate` makes of images and their translations together, with a model that was trained for nothing of it.
@Suite(.serialized) struct FinishedTranslationTests {
    private typealias Translate = (_ output: String, _ flags: [String]) throws -> CommandRunner.Result

    /// A run without masks and strength, and images of 24x20 pixels in `data/trainA` with masks beside them.
    private func withRun(_ more: [String] = [], _ body: (_ folder: URL, _ translate: Translate) throws -> Void) throws {
        try TinyRun.trained(more) { folder in
            try writeMasks(for: ["trainA": 5], to: folder.appending(path: "data"), width: 24, height: 20)
            try body(folder) { output, flags in
                try CommandRunner.run(
                    ["translate", "data/trainA", "--model", "run", "--direction", "AtoB", "--output", output] + flags, in: folder,
                    workingFolder: folder)
            }
        }
    }

    private func image(_ folder: URL, _ path: String) throws -> PixelImage { try PixelImage(contentsOf: folder.appending(path: path)) }

    @Test func masksAndBlendsNeedNoTraining() throws {
        try withRun { folder, translate in
            func made(_ flags: [String]) throws -> PixelImage {
                let result = try translate("out", flags)
                #expect(result.status == 0, "\(flags): \(result.errors)")
                return try image(folder, "out/001.png")
            }
            let (own, mask) = (try image(folder, "data/trainA/001.png"), try image(folder, "data/trainA_mask/001.png").bytes)
            let whole = try made([])
            let masked = try made(["--masks", "data/trainA_mask"])
            #expect(masked.bytes.indices.allSatisfy { masked.bytes[$0] == (mask[$0 / 3] == 0 ? own : whole).bytes[$0] })
            #expect(masked != own && masked != whole)
            let soft = try made(["--masks", "data/trainA_mask", "--feather", "2", "--size", "16", "--restore-size"])
            #expect(soft.size == own.size && soft != own)
            #expect(soft.bytes.indices.allSatisfy { mask[$0 / 3] != 0 || soft.bytes[$0] == own.bytes[$0] })
            #expect(try made(["--blend-input", "0"]) == own && made(["--blend-input", "1"]) == whole)
            let half = try made(["--blend-input", "0.5"])
            #expect(
                half.bytes.indices.allSatisfy { index in
                    let ends = [own.bytes[index], whole.bytes[index]].sorted()
                    return half.bytes[index] >= ends[0] && half.bytes[index] <= ends[1]
                })
            // Rounding moves each sample by up to half a level.
            let (kept, luma) = (try made(["--keep-luma"]), try made(["--luma-only"]))
            func brightness(_ image: PixelImage) -> [Double] {
                let levels = image.bytes.map { Double($0) }
                return stride(from: 0, to: levels.count, by: 3).map { (index: Int) -> Double in
                    0.299 * levels[index] + 0.587 * levels[index + 1] + 0.114 * levels[index + 2]
                }
            }
            #expect(zip(brightness(kept), brightness(own)).allSatisfy { abs($0 - $1) < 0.51 })
            #expect(zip(brightness(luma), brightness(whole)).allSatisfy { abs($0 - $1) < 0.51 })

            for (flags, words) in [
                (["--feather", "2"], "--feather is of the edges of --masks; give both"),
                (["--masks", "data/trainA_mask", "--feather", "5000"], "--feather: found 5000; allowed"),
                (["--blend-input", "1.5"], "--blend-input: found 1.5; allowed"), (["--luma-only", "--keep-luma"], "not both"),
                (["--blend", "0.5"], "--blend-model and --blend go together"), (["--blend-model", "run"], "go together"),
                (["--blend-model", "run", "--blend", "2"], "--blend: found 2.0; allowed"),
            ] {
                let result = try translate("none", flags)
                #expect(result.status == 64 && result.errors.contains(words), "\(flags): \(result.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "none").path))
        }
    }

    @Test func transparentAndDeepImagesComeBackBitForBit() throws {
        try withRun { folder, translate in
            try FileManager.default.createDirectory(at: folder.appending(path: "in"), withIntermediateDirectories: true)
            let transparent = PixelImage(
                width: 24, height: 20, bands: 4, hasAlpha: true, bytes: (0..<1920).map { UInt8($0 * 53 % 251) })
            let deep = PixelImage(
                width: 24, height: 20, bands: 3, format: .uint16,
                bytes: (0..<1440).map { UInt16($0 * 4421 % 65536) }.withUnsafeBytes { [UInt8]($0) })
            try transparent.write(to: folder.appending(path: "in/a.png"))
            try deep.write(to: folder.appending(path: "in/b.tif"))
            let result = try CommandRunner.run(
                ["translate", "in", "--model", "run", "--direction", "AtoB", "--output", "out", "--blend-input", "0"], in: folder,
                workingFolder: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try image(folder, "out/a.png") == transparent && image(folder, "out/b.tif") == deep)
        }
    }

    @Test func weightsOfTwoModelsAreBlended() throws {
        try withRun { folder, translate in
            func train(_ name: String, _ flags: [String]) throws {
                let result = try CommandRunner.run(
                    TinyRun.arguments(folder.appending(path: "data"), run: folder.appending(path: name), ["--max-steps", "2"] + flags),
                    in: folder)
                try #require(result.status == 0, "\(result.errors)")
            }
            try train("other", ["--seed", "7"])
            func made(_ flags: [String], model: String = "run") throws -> PixelImage {
                let result = try CommandRunner.run(
                    ["translate", "data/trainA", "--model", model, "--direction", "AtoB", "--output", "out"] + flags, in: folder,
                    workingFolder: folder)
                #expect(result.status == 0, "\(flags): \(result.errors)")
                return try image(folder, "out/001.png")
            }
            let (own, other) = (try made([]), try made([], model: "other"))
            let blends = try [0, 0.5, 1].map { try made(["--blend-model", "other", "--blend", "\($0)"]) }
            #expect(own != other && blends[0] == own && blends[2] == other && blends[1] != own && blends[1] != other)
            try train("wide", ["--ngf", "6"])
            let wide = try translate("out", ["--blend-model", "wide", "--blend", "0.5"])
            #expect(wide.status == 1 && wide.errors.contains("filters 6 here and 4 there"), "\(wide.errors)")
        }
    }

    @Test func greyTranslationsHaveNoColoursToKeep() throws {
        try withRun(["--channels", "B=1"]) { folder, translate in
            let result = try translate("out", ["--luma-only"])
            #expect(result.status == 1, "\(result.output)")
            #expect(
                result.errors.contains("are of images of 3 channels, and this generator makes 1; leave out --masks"), "\(result.errors)")
            let masked = try translate("out", ["--masks", "data/trainA_mask"])
            #expect(masked.status == 0, "\(masked.errors)")
            // Outside the image as grey, as Pillow makes it.
            let (own, mask) = (try image(folder, "data/trainA/002.png"), try image(folder, "data/trainA_mask/002.png").bytes)
            let grey = try own.converted(to: DomainConfiguration(channels: 1)).bytes
            let made = try image(folder, "out/002.png").bytes
            #expect(made.count == 480 && made.indices.allSatisfy { mask[$0] != 0 || made[$0] == grey[$0] })
        }
    }
}
