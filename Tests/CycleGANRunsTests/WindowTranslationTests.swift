import CycleGANModels
import Foundation
import Imaging
import Support
import TestSupport
import Testing
import Torch

@testable import CycleGANInference
@testable import CycleGANRuns

/// Files whose images are too large to be held in memory, against the same in memory.
@Suite(.serialized) struct WindowTranslationTests {
    /// Of no size that the network takes as it is.
    private func image(_ format: PixelImage.Format, hasAlpha: Bool = false) -> PixelImage {
        let image = PixelImage.synthetic(variant: 3, width: 43, height: 31, bands: hasAlpha ? 4 : 3)
        let colours = image.resized(to: ImageSize(height: 903, width: 1206))
        let samples = colours.bytes.enumerated().flatMap { index, level -> [UInt8] in
            switch format {
            case .uint8: [level]
            case .uint16: [UInt8(index * 7 & 0xFF), level]
            case .float32: withUnsafeBytes(of: Float(level) / 255) { [UInt8]($0) }
            }
        }
        return PixelImage(
            width: colours.width, height: colours.height, bands: colours.bands, format: format, hasAlpha: hasAlpha, bytes: samples)
    }

    private func record(_ input: URL, _ output: URL, _ translator: Translator, room: Int) throws -> TranslationRecord {
        translator.largeImages.memory = ProcessMemory.current + room
        return try translator.record(of: input, to: output)
    }

    /// The largest difference of any two samples as a share of white.
    private func difference(_ first: PixelImage, _ second: PixelImage) -> Double {
        guard first.size == second.size, first.format == second.format, first.bands == second.bands else { return .infinity }
        let domain = DomainConfiguration(channels: first.bands, bitDepth: BitDepth(first.format))
        return (first.tensor(for: domain) - second.tensor(for: domain)).abs().max().item() / 2
    }

    private static let small = 100_000_000

    @Test(arguments: ["png", "tif", "float.tif", "jpg", "alpha.png", "lost.jpg", "luma.png"]) func windowsMakeTheSameFile(kind: String)
        throws
    {
        try withTemporaryFolder { folder in
            let translator = try Translator.untrained(in: folder, filters: 16)
            var finish = TranslationFinish()
            if kind == "luma.png" { (finish.kept, finish.blend) = (.luma, 0.5) }
            try translator.setFinish(finish)
            let hasAlpha = ["alpha.png", "lost.jpg"].contains(kind)
            let image = image(kind == "tif" ? .uint16 : kind == "float.tif" ? .float32 : .uint8, hasAlpha: hasAlpha)
            let input = folder.appending(path: kind == "lost.jpg" ? "image.png" : "image.\(kind)")
            try image.write(to: input)
            let (whole, windows) = (folder.appending(path: "whole.\(kind)"), folder.appending(path: "windows.\(kind)"))
            let expected = try record(input, whole, translator, room: 4_000_000_000)
            translator.largeImages.folder = folder
            let made = try record(input, windows, translator, room: Self.small)
            #expect(made.error == nil && made.inputSize == expected.inputSize && made.outputSize == expected.outputSize)
            #expect(made.hasLostAlpha == (kind == "lost.jpg") && expected.hasLostAlpha == made.hasLostAlpha)
            let images = (try PixelImage(contentsOf: whole), try PixelImage(contentsOf: windows))
            #expect(images.0.hasAlpha == images.1.hasAlpha)
            // A level where two numbers lie on both sides of a half; JPEG makes more of it.
            let limit = kind == "tif" || kind == "float.tif" ? 1e-4 : kind.hasSuffix("jpg") ? 12.001 / 255 : 1.001 / 255
            #expect(difference(images.0, images.1) <= limit)
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
            #expect(names == Set(["net.safetensors"] + [input, whole, windows].map(\.lastPathComponent)))
        }
    }

    @Test func problemsLeaveNothing() throws {
        try withTemporaryFolder { folder in
            let (translator, input) = (try Translator.untrained(in: folder, filters: 16), folder.appending(path: "image.png"))
            try image(.uint8).write(to: input)
            let output = folder.appending(path: "out/image.png")
            translator.largeImages.folder = folder.appending(path: "none")
            let missing = try record(input, output, translator, room: Self.small).error
            #expect(missing?.contains("none: cannot keep pixels in this folder") == true, "\(missing ?? "none")")
            translator.largeImages.folder = folder
            let little = try record(input, output, translator, room: 1_000_000).error
            #expect(little?.contains("even row by row") == true, "\(little ?? "none")")
            let data = try Data(contentsOf: input)
            try data.prefix(data.count / 2).write(to: input)
            let damaged = try record(input, output, translator, room: Self.small).error
            #expect(damaged?.contains("damaged PNG image") == true, "\(damaged ?? "none")")
            #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["net.safetensors", "image.png", "out"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "out").path).isEmpty)
        }
    }

    /// What is found out before the work begins.
    @Test func tooLongSidesAreRefusedFirst() throws {
        try withTemporaryFolder { folder in
            let (translator, input) = (try Translator.untrained(in: folder, filters: 16), folder.appending(path: "long.tif"))
            try PixelImage(width: 66_000, height: 20, bands: 3, bytes: [UInt8](repeating: 9, count: 66_000 * 60)).write(to: input)
            translator.largeImages.progress = { _ in Issue.record("the work began") }
            let error = try record(input, folder.appending(path: "long.jpg"), translator, room: 150_000_000).error
            #expect(
                error?.contains("a JPEG file has at most 65500 pixels at a side, and the image has 66000") == true, "\(error ?? "none")")
        }
    }

    /// Longer sides than an image in memory may have, beside one of 3 pixels: of 3 rows, strips are no smaller than the whole.
    @Test(arguments: [(3, 400_000), (400_000, 3)]) func narrowImages(width: Int, height: Int) throws {
        try withTemporaryFolder { folder in
            let (translator, input) = (try Translator.untrained(in: folder, filters: 16), folder.appending(path: "narrow.tif"))
            let block: [UInt8] = (0..<9_000).map { UInt8($0 / 3 & 0xFF) }
            let bytes = Array(repeatElement(block, count: 400).joined())
            try PixelImage(width: width, height: height, bands: 3, bytes: bytes).write(to: input)
            let output = folder.appending(path: "windows.tif")
            translator.largeImages.folder = folder
            let error = try record(input, output, translator, room: Self.small).error
            if width < height {
                #expect(error == nil, "\(error ?? "none")")
                #expect(try PixelImage(contentsOf: output).size == ImageSize(height: height, width: width))
            } else {
                #expect(error?.contains("are too little to translate 400000x3 (width x height) even row by row") == true)
                #expect(!output.exists)
            }
        }
    }
}
