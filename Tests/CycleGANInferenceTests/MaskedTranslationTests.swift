import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANInference

@Suite struct MaskedTranslationTests {
    private func file(
        _ folder: URL, masking: GeneratorMasking?, input: DomainConfiguration = DomainConfiguration(),
        output: DomainConfiguration = DomainConfiguration()
    ) throws -> GeneratorFile {
        let configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: input.channels + (masking == nil ? 0 : 1), outputChannels: output.channels,
            filters: 2)
        let description = GeneratorDescription(
            .aToB, configuration: configuration, input: input, output: output, masking: masking)
        var state = configuration.makeGenerator(random: TorchRandom(seed: 4)).stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "net.safetensors")
        try state.write(to: url)
        return try GeneratorFile(url)
    }

    /// Every level of the format, here and there above and below the range of float images, too.
    private func noise(_ format: PixelImage.Format, width: Int = 30, height: Int = 17) -> PixelImage {
        let count = width * height * 3
        let bytes: [UInt8] =
            switch format {
            case .uint8: (0..<count).map { UInt8($0 * 37 % 256) }
            case .uint16: (0..<count).map { UInt16($0 * 40503 % 65536) }.withUnsafeBytes { [UInt8]($0) }
            case .float32:
                (0..<count).map { (index: Int) -> Float in
                    index % 200 == 7 ? Float(index % 3) * 2 - 1.5 : Float(index * 37 % 1000) / 999
                }.withUnsafeBytes { [UInt8]($0) }
            }
        return PixelImage(width: width, height: height, bands: 3, format: format, bytes: bytes)
    }

    private func pixels(_ image: PixelImage) -> [ArraySlice<UInt8>] {
        let length = image.bytes.count / (image.width * image.height)
        return stride(from: 0, to: image.bytes.count, by: length).map { image.bytes[$0..<$0 + length] }
    }

    @Test(arguments: PixelImage.Format.allCases) func pixelsOutsideTheMaskAreTheInputs(_ format: PixelImage.Format) throws {
        try withTemporaryFolder { folder in
            let translator = Translator(try file(folder, masking: .composite), device: .cpu)
            let (image, mask) = (noise(format), PixelImage.ellipse(variant: 1, width: 30, height: 17))
            let result = try translator.translate(image, mask: mask)
            #expect(result.format == format && result.size == image.size)
            let (before, after) = (pixels(image), pixels(result))
            let changed = before.indices.filter { before[$0] != after[$0] }
            #expect(changed.allSatisfy { mask.bytes[$0] == 255 })
            // A network that has learnt nothing hits a pixel of the input by chance alone.
            #expect(changed.count > mask.bytes.filter { $0 == 255 }.count * 9 / 10)
        }
    }

    @Test func depthsThatDifferAreConverted() throws {
        try withTemporaryFolder { folder in
            let translator = Translator(
                try file(folder, masking: .composite, output: DomainConfiguration(bitDepth: .sixteen)), device: .cpu)
            let image = noise(.uint8)
            let result = try translator.translate(
                image, mask: PixelImage(width: 30, height: 17, bands: 1, bytes: Array(repeating: 0, count: 510)))
            #expect(result == (try image.converted(to: DomainConfiguration(bitDepth: .sixteen))))
            // What the image has beyond the input's depth is kept, too.
            let deep = noise(.uint16)
            #expect(
                try translator.translate(deep, mask: PixelImage(width: 30, height: 17, bands: 1, bytes: Array(repeating: 0, count: 510)))
                    == deep)
        }
    }

    @Test func valueRangesThatDifferAreMapped() throws {
        try withTemporaryFolder { folder in
            let input = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...1000))
            let output = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...2000))
            let translator = Translator(try file(folder, masking: .composite, input: input, output: output), device: .cpu)
            let levels: [UInt16] = (0..<64).map { UInt16($0 * 15) }
            let image = PixelImage(width: 8, height: 8, bands: 1, format: .uint16, bytes: levels.withUnsafeBytes { [UInt8]($0) })
            let result = try translator.translate(
                image, mask: PixelImage(width: 8, height: 8, bands: 1, bytes: Array(repeating: 0, count: 64)))
            #expect(result.bytes == levels.map { $0 * 2 }.withUnsafeBytes { [UInt8]($0) })
        }
    }

    @Test func theMaskIsAChannelOfTheInput() throws {
        try withTemporaryFolder { folder in
            let file = try file(folder, masking: .input)
            let image = PixelImage.synthetic(variant: 2, width: 16, height: 12)
            let mask = PixelImage.ellipse(variant: 0, width: 16, height: 12)
            let input = Tensor.concatenated([image.tensor(for: DomainConfiguration()), mask.tensor(for: .mask)], dimension: 1)
            let direct = PixelImage(tensor: withoutGradients { file.generator(input) }, domain: DomainConfiguration())
            #expect(try Translator(file, device: .cpu).translate(image, mask: mask) == direct)
        }
    }

    @Test func missingAndUnfitMasksAreErrors() throws {
        try withTemporaryFolder { folder in
            let image = PixelImage.synthetic(variant: 1, width: 16, height: 16)
            let masked = Translator(try file(folder, masking: .input), device: .cpu)
            let missing = #expect(throws: ModelFileError.self) { try masked.translate(image) }
            #expect(missing?.description.contains("net.safetensors: this generator was trained with masks, and none are given") == true)
            let (imageFile, maskFile) = (folder.appending(path: "i.png"), folder.appending(path: "m.png"))
            try image.write(to: imageFile)
            try PixelImage.ellipse(variant: 1, width: 15, height: 16).write(to: maskFile)
            #expect(
                throws: ImageError.maskSizeDiffers(
                    mask: maskFile.path, maskSize: ImageSize(height: 16, width: 15), image: imageFile.path, imageSize: image.size)
            ) { try masked.translate(contentsOf: imageFile, mask: maskFile) }
            #expect(throws: ModelFileError.self) {
                try file(folder, masking: .composite, output: DomainConfiguration(channels: 1))
            }
        }
    }
}
