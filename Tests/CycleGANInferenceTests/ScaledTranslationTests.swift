import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANInference

@Suite struct ScaledTranslationTests {
    private func size(_ width: Int, _ height: Int) -> ImageSize { ImageSize(height: height, width: width) }

    private func translator(
        _ folder: URL, scale: TrainingScale? = nil, masking: GeneratorMasking? = nil, channels: Int = 3
    ) throws -> Translator {
        let configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: channels + (masking == nil ? 0 : 1), outputChannels: channels, filters: 2)
        let images = DomainConfiguration(channels: channels)
        var description = GeneratorDescription(.aToB, configuration: configuration, input: images, output: images, masking: masking)
        description.scales = scale.map { [.a: $0] }
        var state = configuration.makeGenerator(random: TorchRandom(seed: 4)).stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "net.safetensors")
        try state.write(to: url)
        return Translator(try GeneratorFile(url), device: .cpu)
    }

    @Test func textsAreRead() {
        #expect(InputScaling("original") == .original && InputScaling("training") == .training)
        #expect(InputScaling("256") == .longerSide(256) && InputScaling("256x256") == .exact(ImageSize(256)))
        // Flags have the height first, people read the width first.
        #expect(InputScaling("128x256") == .exact(size(256, 128)) && InputScaling("128x256")?.words == "256x128 (width x height)")
        for text in ["", "0", "x", "256x", "-3", "65537", "Training"] { #expect(InputScaling(text) == nil, "\(text)") }
        for text in ["original", "training", "256", "128x256", "256x256"] { #expect(InputScaling(text)?.description == text) }
    }

    @Test func theLongerSideIsScaledAndTheShapeIsKept() {
        #expect(InputScaling.longerSide(100).size(of: size(640, 480), scale: nil) == size(100, 75))
        #expect(InputScaling.longerSide(100).size(of: size(30, 50), scale: nil) == size(60, 100))
        #expect(InputScaling.longerSide(4).size(of: size(1000, 1), scale: nil) == size(4, 1))
        #expect(InputScaling.exact(size(7, 9)).size(of: size(640, 480), scale: nil) == size(7, 9))
        #expect(InputScaling.training.size(of: size(640, 480), scale: TrainingScale(.size, size(20, 10))) == size(20, 10))
        #expect(InputScaling.training.size(of: size(640, 480), scale: nil) == size(640, 480))
    }

    @Test(arguments: [false, true]) func aScaledTranslationIsThatOfTheScaledImage(restoresSize: Bool) throws {
        try withTemporaryFolder { folder in
            let translator = try translator(folder)
            let image = PixelImage.synthetic(variant: 1, width: 30, height: 20)
            let scaled = try translator.translate(image.resized(to: size(12, 8)))
            func scaling(_ side: Int) -> TranslationScaling { TranslationScaling(.longerSide(side), restoresSize: restoresSize) }
            let result = try translator.translate(TranslationRequest(image), scaling: scaling(12))
            #expect(result == (restoresSize ? scaled.resized(to: image.size) : scaled))
            #expect(try translator.translate(TranslationRequest(image), scaling: scaling(30)) == translator.translate(image))
        }
    }

    @Test(arguments: [PixelImage.Format.uint16, .float32]) func scalingKeepsTheDepth(format: PixelImage.Format) throws {
        try withTemporaryFolder { folder in
            let translator = try translator(folder, channels: 1)
            // One level everywhere: scaling does not change it.
            let level: [UInt8] =
                switch format {
                case .uint8: [7]
                case .uint16: withUnsafeBytes(of: UInt16(4321)) { Array($0) }
                case .float32: withUnsafeBytes(of: Float(0.4321)) { Array($0) }
                }
            func image(_ width: Int, _ height: Int) -> PixelImage {
                let bytes = (0..<width * height).flatMap { _ in level }
                return PixelImage(width: width, height: height, bands: 1, format: format, bytes: bytes)
            }
            let result = try translator.translate(TranslationRequest(image(16, 24)), scaling: TranslationScaling(.exact(size(8, 12))))
            #expect(result.format == format && result.size == size(8, 12))
            #expect(try result == translator.translate(image(8, 12)))
        }
    }

    @Test func pixelsOutsideTheMaskAreTheImagesOwnAfterRestoring() throws {
        try withTemporaryFolder { folder in
            let translator = try translator(folder, masking: .composite)
            let image = PixelImage.synthetic(variant: 3, width: 32, height: 24)
            let mask = PixelImage.ellipse(variant: 1, width: 32, height: 24)
            let result = try translator.translate(
                TranslationRequest(image, mask: mask), scaling: TranslationScaling(.longerSide(16), restoresSize: true))
            let changed = image.bytes.indices.filter { image.bytes[$0] != result.bytes[$0] }
            #expect(!changed.isEmpty && changed.allSatisfy { mask.bytes[$0 / 3] == 255 })
            let small = try translator.translate(TranslationRequest(image, mask: mask), scaling: TranslationScaling(.longerSide(16)))
            #expect(small.size == size(16, 12))
        }
    }

    @Test func aFileWithoutTheScaleOfItsTrainingSaysSo() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "net.safetensors")
            _ = try translator(folder)
            let error = #expect(throws: ModelFileError.self) { try GeneratorFile(url).check(.training) }
            #expect(
                error?.description
                    == "\(url.path): this file does not say at which size its generator was trained; give a size in pixels")
            try GeneratorFile(url).check(.longerSide(64))
            let scaled = try translator(folder, scale: TrainingScale(.size, size(12, 8)))
            try GeneratorFile(url).check(.training)
            let image = PixelImage.synthetic(variant: 0, width: 64, height: 64)
            #expect(try scaled.translate(TranslationRequest(image), scaling: TranslationScaling(.training)).size == size(12, 8))
            #expect(throws: ModelFileError.self) {
                let thin = TranslationRequest(.synthetic(variant: 0, width: 2, height: 1))
                return try scaled.translate(thin, scaling: TranslationScaling(.exact(ImageSize(height: 1, width: 70_000))))
            }
        }
    }

    @Test func aRunWithoutACheckpointSaysSo() throws {
        try withTemporaryFolder { folder in
            try Data("data: x\n".utf8).write(to: folder.appending(path: "config.yaml"))
            let error = #expect(throws: ModelFileError.self) { try GeneratorFile.file(at: folder) }
            #expect(error?.description.hasPrefix("\(folder.path): this run has no checkpoint yet; wait until") == true)
        }
    }
}
