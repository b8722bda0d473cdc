import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANInference

/// A model that says nothing of values and bands, and someone who does.
@Suite struct AdjustedTranslationTests {
    private func translator(_ folder: URL, channels: Int = 1, _ adjustments: [Domain: ImageAdjustment] = [:]) throws -> Translator {
        let network = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: channels, outputChannels: channels, filters: 2
        ).makeGenerator(random: TorchRandom(seed: 4))
        let url = folder.appending(path: "net-\(channels).safetensors")
        try network.stateDict().write(to: url)
        let translator = Translator(try GeneratorFile(url), device: .cpu)
        try translator.adjust(adjustments)
        return translator
    }

    /// 8x8 pixels.
    private func image<Sample>(_ samples: [Sample], _ format: PixelImage.Format, _ type: SampleType? = nil) -> PixelImage {
        PixelImage(
            width: 8, height: 8, bands: samples.count / 64, format: format, storedAs: type, bytes: samples.withUnsafeBytes { Array($0) })
    }

    private let fifths: [UInt16] = (0..<64).map { UInt16($0 * 7 % 6) }

    @Test func numbersOfTwelveBitsAreTheirSharesOfWhite() throws {
        try withTemporaryFolder { folder in
            let twelve = image(fifths.map { $0 * 819 }, .uint16)
            let full = image(fifths.map { $0 * 13107 }, .uint16)
            let wanted = try translator(folder).translate(full)
            #expect(wanted.format == .uint16)
            let input = ImageAdjustment(range: .fixed(ValueRange(0...4095)))
            let adjusted = try translator(folder, [.a: input])
            #expect(try adjusted.translate(twelve) == wanted)
            // The numbers in any other type; results of floats are shares of 1.
            #expect(try adjusted.translate(image(fifths.map { Float($0) * 819 }, .float32, .int16)).levels16 == wanted.levels16)
            let float = try adjusted.translate(image(fifths.map { Float($0) * 819 }, .float32))
            #expect(float.format == .float32)
            // In both domains: what comes out are numbers of the range.
            let both = try translator(folder, [.a: input, .b: input]).translate(twelve)
            #expect(both.format == .uint16)
            for (number, share) in zip(both.levels16, wanted.levels16) {
                let expected = Double(share) * 4095 / 65535
                #expect(abs(Double(number) - expected) <= 0.51)
            }
        }
    }

    @Test func transparencyIsLeftToTheDomainUnlessPercentilesStretchTheColours() throws {
        try withTemporaryFolder { folder in
            // Ink on nothing: its colour is black everywhere, its opacity alone shows it.
            var bytes: [UInt8] = []
            for pixel in 0..<64 { bytes += [pixel % 3 == 0 ? 200 : 0, UInt8(pixel % 2 * 255)] }
            let drawing = PixelImage(width: 8, height: 8, bands: 2, hasAlpha: true, bytes: bytes)
            #expect(try translator(folder).stretched(drawing) == drawing)
            let percentiles = try translator(folder, [.a: ImageAdjustment(range: .percentile(low: 0, high: 100))])
            #expect(percentiles.stretched(drawing).bands == 1 && percentiles.stretched(drawing).sampleLevels.max() == 1)
            // What cannot be of the domain stays what it is, to be refused.
            let bands = image([UInt8](repeating: 9, count: 320), .uint8)
            #expect(percentiles.stretched(bands) == bands)
        }
    }

    @Test func percentilesAreThoseOfEachImage() throws {
        try withTemporaryFolder { folder in
            // 0 and 100 per cent are the extremes.
            let stretched = try translator(folder, [.a: ImageAdjustment(range: .percentile(low: 0, high: 100))])
            let wanted = try translator(folder).translate(image(fifths.map { $0 * 13107 }, .uint16))
            for (offset, factor) in [(0, 819), (500, 100), (1, 13000)] as [(UInt16, UInt16)] {
                #expect(try stretched.translate(image(fifths.map { $0 * factor + offset }, .uint16)) == wanted)
            }
        }
    }

    @Test func windowsBelowZeroGiveFloats() throws {
        try withTemporaryFolder { folder in
            let window = ImageAdjustment(range: RangeChoice("window:40,400"))
            let translator = try translator(folder, [.a: window, .b: window])
            let result = try translator.translate(image(fifths.map { Float($0) * 200 - 500 }, .float32, .int16))
            #expect(result.format == .float32)
            let values = result.bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            #expect(values.allSatisfy { (-160...240).contains($0) } && values.contains { $0 < 0 })
        }
    }

    @Test func numbersWithoutARangeAreRefused() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ImageError.self) {
                try translator(folder).translate(image(fifths.map { Float($0) * 819 }, .float32, .int16), name: "x.tif")
            }
            #expect(error == .numbersWithoutRange(path: "x.tif", type: .int16, least: 0, greatest: 4095))
        }
    }

    @Test func bandsAreThoseOfFiles() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "bands.tif")
            let levels = (0..<64 * 4).map { UInt8($0 * 37 % 256) }
            try image(levels, .uint8).write(to: file)
            let translator = try translator(folder, channels: 3, [.a: ImageAdjustment(bands: [4, 3, 2])])
            var picked: [UInt8] = []
            for pixel in 0..<64 { for band in [3, 2, 1] { picked.append(levels[pixel * 4 + band]) } }
            #expect(try translator.translate(contentsOf: file) == translator.translate(image(picked, .uint8)))
            #expect(throws: ImageError.self) { try self.translator(folder, channels: 3, [.a: ImageAdjustment(bands: [1])]) }
        }
    }
}

extension PixelImage {
    fileprivate var levels16: [UInt16] { bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) } }
}
