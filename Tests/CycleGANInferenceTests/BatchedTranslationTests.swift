import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANInference

/// Several images through the network at once.
@Suite struct BatchedTranslationTests {
    private func translator(_ configuration: GeneratorConfiguration, dropout: Bool = false, in folder: URL) throws -> Translator {
        let url = folder.appending(path: "net.safetensors")
        try configuration.makeGenerator(random: TorchRandom(seed: 4)).stateDict().write(to: url)
        var use = GeneratorUse()
        if dropout { use.dropoutSeed = 3 }
        return Translator(try GeneratorFile(url, use: use), device: .cpu)
    }

    @Test(arguments: [GeneratorArchitecture.resnet(blocks: 2), .mobile(blocks: 2), .unet(downsamplings: 5)], [64, 40, 32])
    func imagesTogetherAreAsOneByOne(architecture: GeneratorArchitecture, side: Int) throws {
        try withTemporaryFolder { folder in
            let translator = try translator(
                GeneratorConfiguration(architecture: architecture, inputChannels: 3, outputChannels: 3, filters: 64), in: folder)
            let isFaster = architecture == .resnet(blocks: 2) && side >= 40
            #expect(translator.batchSize(for: ImageSize(height: side, width: side)) == (isFaster ? 4 : 1))
            let images = (0..<5).map { PixelImage.synthetic(variant: $0, width: side, height: side) }
            let together = try translator.translate(images.map { TranslationRequest($0) }).map { try $0.get() }
            #expect(try together == images.map { try translator.translate($0) })
        }
    }

    @Test func sizesMayDifferAndOneFailureIsItsOwn() throws {
        try withTemporaryFolder { folder in
            let translator = try translator(
                GeneratorConfiguration(architecture: .resnet(blocks: 1), inputChannels: 3, outputChannels: 3, filters: 4), in: folder)
            let images = [(48, 40, 3), (48, 40, 3), (40, 48, 3), (40, 48, 5), (40, 48, 3), (48, 40, 3)].enumerated().map {
                PixelImage.synthetic(variant: $0, width: $1.0, height: $1.1, bands: $1.2)
            }
            let results = translator.translate(images.map { TranslationRequest($0) })
            for (index, image) in images.enumerated() {
                if image.bands != 3 {
                    #expect(throws: ImageError.self) { try results[index].get() }
                    continue
                }
                #expect(try results[index].get() == translator.translate(image))
            }
            #expect(translator.translate([]).isEmpty)
        }
    }

    @Test func withASeedForDropoutEachImageIsAlone() throws {
        try withTemporaryFolder { folder in
            var configuration = GeneratorConfiguration(
                architecture: .resnet(blocks: 1), inputChannels: 3, outputChannels: 3, filters: 4)
            configuration.usesDropout = true
            let translator = try translator(configuration, dropout: true, in: folder)
            let image = PixelImage.synthetic(variant: 1, width: 32, height: 32)
            let results = try translator.translate([image, image].map { TranslationRequest($0) }).map { try $0.get() }
            #expect(results[0] == results[1] && translator.batchSize(for: image.size) == 1)
        }
    }
}
