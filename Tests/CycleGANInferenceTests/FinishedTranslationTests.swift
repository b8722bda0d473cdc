import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANInference

/// Translations put together with their images: masks for generators that know none, blends, brightness and colours.
@Suite struct FinishedTranslationTests {
    private func translator(
        _ folder: URL, input: DomainConfiguration = DomainConfiguration(), output: DomainConfiguration = DomainConfiguration(),
        masking: GeneratorMasking? = nil
    ) throws -> Translator {
        let configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: input.channels + (masking == nil ? 0 : 1), outputChannels: output.channels,
            filters: 2)
        let description = GeneratorDescription(.aToB, configuration: configuration, input: input, output: output, masking: masking)
        var state = configuration.makeGenerator(random: TorchRandom(seed: 4)).stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "net.safetensors")
        try state.write(to: url)
        return Translator(try GeneratorFile(url), device: .cpu)
    }

    private func finish(_ kept: TranslationFinish.Kept? = nil, blend: Double = 1, feather: Int? = nil) -> TranslationFinish {
        var finish = TranslationFinish()
        (finish.kept, finish.blend, finish.feather) = (kept, blend, feather)
        return finish
    }

    private static let size = ImageSize(height: 17, width: 30)

    private func noise(_ format: PixelImage.Format, bands: Int = 3, hasAlpha: Bool = false) -> PixelImage {
        let count = Self.size.width * Self.size.height * bands
        let bytes: [UInt8] =
            switch format {
            case .uint8: (0..<count).map { UInt8($0 * 37 % 256) }
            case .uint16: (0..<count).map { UInt16($0 * 40503 % 65536) }.withUnsafeBytes { [UInt8]($0) }
            case .float32: (0..<count).map { Float($0 * 37 % 1000) / 999 }.withUnsafeBytes { [UInt8]($0) }
            }
        return PixelImage(
            width: Self.size.width, height: Self.size.height, bands: bands, format: format, hasAlpha: hasAlpha, bytes: bytes)
    }

    private let mask = PixelImage.ellipse(variant: 1, width: 30, height: 17)

    private func pixels(_ image: PixelImage) -> [ArraySlice<UInt8>] {
        let length = image.bytes.count / (image.width * image.height)
        return stride(from: 0, to: image.bytes.count, by: length).map { image.bytes[$0..<$0 + length] }
    }

    @Test(arguments: PixelImage.Format.allCases) func aHardMaskPutsTheTranslationIntoTheImage(_ format: PixelImage.Format) throws {
        try withTemporaryFolder { folder in
            let (translator, image) = (try translator(folder), noise(format))
            let whole = pixels(try translator.translate(image))
            let masked = try translator.translate(image, mask: mask)
            #expect(masked.format == format)
            for (pixel, found) in pixels(masked).enumerated() {
                #expect(found == (mask.bytes[pixel] == 255 ? whole[pixel] : pixels(image)[pixel]))
            }
            // A feather of 0 is a hard edge.
            try translator.setFinish(finish(feather: 0), hasMasks: true)
            #expect(try translator.translate(image, mask: mask) == masked)
        }
    }

    @Test(arguments: PixelImage.Format.allCases) func softEdgesChangeOnlyWhatLiesAlongThem(_ format: PixelImage.Format) throws {
        try withTemporaryFolder { folder in
            let (translator, image, feather) = (try translator(folder), noise(format), 2)
            let whole = pixels(try translator.translate(image))
            try translator.setFinish(finish(feather: feather), hasMasks: true)
            let made = pixels(try translator.translate(image, mask: mask))
            var zone = 0
            for (pixel, found) in made.enumerated() {
                let (x, y) = (pixel % 30, pixel / 30)
                let isOutside = mask.bytes[pixel] == 0
                let isNear = mask.bytes.indices.contains {
                    mask.bytes[$0] == 0 && hypot(Double($0 % 30 - x), Double($0 / 30 - y)) < Double(feather + 1)
                }
                if isOutside {
                    #expect(found == pixels(image)[pixel])
                } else if !isNear {
                    #expect(found == whole[pixel])
                } else {
                    zone += 1
                }
            }
            #expect(zone > 20 && zone < mask.bytes.filter { $0 == 255 }.count)
        }
    }

    @Test func imagesThatAreScaledAndRestoredKeepWhatIsOutside() throws {
        try withTemporaryFolder { folder in
            let (translator, image) = (try translator(folder), noise(.uint16))
            try translator.setFinish(finish(feather: 3), hasMasks: true)
            let made = try translator.translate(
                TranslationRequest(image, mask: mask), scaling: TranslationScaling(.longerSide(16), restoresSize: true))
            #expect(made.size == image.size && made.format == .uint16)
            let (before, after) = (pixels(image), pixels(made))
            let changed = before.indices.filter { before[$0] != after[$0] }
            #expect(!changed.isEmpty && changed.allSatisfy { mask.bytes[$0] == 255 })
            // Not restored: the small image outside the small mask.
            let small = try translator.translate(TranslationRequest(image, mask: mask), scaling: TranslationScaling(.longerSide(16)))
            let (scaled, region) = (pixels(image.resized(to: small.size)), mask.resized(to: small.size))
            #expect(pixels(small).indices.allSatisfy { region.bytes[$0] > 127 || pixels(small)[$0] == scaled[$0] })
        }
    }

    @Test func storedColoursCountWhereTheOpacityIsKept() throws {
        try withTemporaryFolder { folder in
            let (translator, image) = (try translator(folder), noise(.uint8, bands: 4, hasAlpha: true))
            try translator.setFinish(finish(blend: 0))
            let colours = image.bytes.indices.filter { $0 % 4 != 3 }.map { image.bytes[$0] }
            #expect(try translator.translate(TranslationRequest(image, traits: PictureTraits(keepsOpacity: true))).bytes == colours)
            #expect(try translator.translate(image) == image.converted(to: DomainConfiguration()))
        }
    }

    @Test(arguments: [true, false]) func blendsGoFromTheImageToTheTranslation(isSRGB: Bool) throws {
        try withTemporaryFolder { folder in
            let (translator, image, traits) = (try translator(folder), noise(.uint8), PictureTraits(isSRGB: isSRGB))
            let whole = try translator.translate(image)
            func light(_ level: UInt8) -> Double {
                let share = Double(level) / 255
                return !isSRGB ? share : share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            var last = image.bytes
            for blend in [0, 0.25, 0.5, 0.75, 1] {
                try translator.setFinish(finish(blend: blend))
                let made = try translator.translate(TranslationRequest(image, traits: traits)).bytes
                #expect(blend != 0 || made == image.bytes)
                #expect(blend != 1 || made == whole.bytes)
                for index in made.indices {
                    let (start, end) = (light(image.bytes[index]), light(whole.bytes[index]))
                    // The level whose light is nearest is at most half a level away.
                    let target = start + blend * (end - start)
                    #expect(made[index] == 0 || light(made[index] - 1) < target + 1e-9)
                    #expect(made[index] == 255 || light(made[index] + 1) > target - 1e-9)
                    let rises = whole.bytes[index] >= image.bytes[index]
                    #expect(rises ? made[index] >= last[index] : made[index] <= last[index])
                }
                last = made
            }
        }
    }

    @Test func valuesOfARangeAreMixedAsTheyAre() throws {
        try withTemporaryFolder { folder in
            let images = DomainConfiguration(channels: 1, bitDepth: .float, valueRange: ValueRange(-1000...3000))
            let translator = try translator(folder, input: images, output: images)
            let levels = (0..<510).map { Float($0 * 7 - 900) }
            let image = PixelImage(width: 30, height: 17, bands: 1, format: .float32, bytes: levels.withUnsafeBytes { [UInt8]($0) })
            let whole = try translator.translate(image).sampleLevels
            try translator.setFinish(finish(blend: 0.25))
            let made = try translator.translate(image).sampleLevels
            #expect(levels.indices.allSatisfy { abs(made[$0] - (0.75 * levels[$0] + 0.25 * whole[$0])) < 1e-2 })
            // Values that go beyond the range are the image's, too.
            try translator.setFinish(finish(blend: 0))
            let wide = PixelImage(
                width: 30, height: 17, bands: 1, format: .float32, bytes: levels.map { $0 * 3 }.withUnsafeBytes { [UInt8]($0) })
            #expect(try translator.translate(wide) == wide)
        }
    }

    @Test func rangesThatDifferAreMapped() throws {
        try withTemporaryFolder { folder in
            let input = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...1000))
            let output = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...2000))
            let translator = try translator(folder, input: input, output: output)
            try translator.setFinish(finish(blend: 0))
            let levels: [UInt16] = (0..<64).map { UInt16($0 * 15) }
            let image = PixelImage(width: 8, height: 8, bands: 1, format: .uint16, bytes: levels.withUnsafeBytes { [UInt8]($0) })
            #expect(try translator.translate(image).bytes == levels.map { $0 * 2 }.withUnsafeBytes { [UInt8]($0) })
        }
    }

    @Test func coloursComeFirstThenTheBlendThenTheMask() throws {
        try withTemporaryFolder { folder in
            let (translator, image) = (try translator(folder), PixelImage.synthetic(variant: 2, width: 30, height: 17))
            let whole = try translator.translate(image)
            let range = ValueRange(0...255)
            for (kept, coloured) in [
                (TranslationFinish.Kept.colours, image.withLuma(of: whole, range: range)), (.luma, whole.withLuma(of: image, range: range)),
            ] {
                try translator.setFinish(finish(kept))
                #expect(try translator.translate(image) == coloured)
                try translator.setFinish(finish(kept, blend: 0.5), hasMasks: true)
                let weights = mask.bytes.map { Float($0 == 0 ? 0 : 0.5) }
                #expect(try translator.translate(image, mask: mask) == image.mixed(with: coloured, weights: weights, of: .light))
            }
        }
    }

    @Test func generatorsThatWereTrainedWithMasksSoftenTheirEdgesToo() throws {
        try withTemporaryFolder { folder in
            for masking in [GeneratorMasking.composite, .input] {
                let (translator, image) = (try translator(folder, masking: masking), noise(.uint8))
                let plain = try translator.translate(image, mask: mask)
                try translator.setFinish(finish(feather: 2), hasMasks: true)
                let soft = try translator.translate(image, mask: mask)
                let expected = image.mixed(with: plain, weights: mask.softWeights(feather: 2), of: .light)
                #expect(soft == expected && soft != plain)
            }
        }
    }

    @Test func imagesThatCannotStandInTheirTranslationsAreErrors() throws {
        try withTemporaryFolder { folder in
            let many = try translator(folder, input: DomainConfiguration(channels: 4))
            for (finish, hasMasks) in [(finish(), true), (finish(blend: 0.5), false), (finish(.luma), false)] {
                let error = #expect(throws: ModelFileError.self) { try many.setFinish(finish, hasMasks: hasMasks) }
                #expect(error?.description.contains("net.safetensors: an image of 4 channels and its translation of 3") == true)
            }
            try many.setFinish(finish())
            #expect(throws: ModelFileError.self) { try many.translate(noise(.uint8, bands: 4), mask: mask) }
            // Grey is a colour.
            let grey = try translator(folder, input: DomainConfiguration(channels: 1))
            try grey.setFinish(finish(.luma), hasMasks: true)
            let image = noise(.uint8, bands: 1)
            let made = try grey.translate(image, mask: mask)
            #expect(made.bytes.indices.allSatisfy { mask.bytes[$0 / 3] == 255 || made.bytes[$0] == image.bytes[$0 / 3] })
            let single = try translator(folder, output: DomainConfiguration(channels: 1))
            let error = #expect(throws: ModelFileError.self) { try single.setFinish(finish(.colours)) }
            #expect(error?.description.contains("are of images of 3 channels, and this generator makes 1") == true)
        }
    }
}
