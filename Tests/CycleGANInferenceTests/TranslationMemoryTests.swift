import CycleGANModels
import Foundation
import Imaging
import Testing

@testable import CycleGANInference

/// How much memory a translation takes, by hand.
@Suite struct TranslationMemoryTests {
    private func memory(_ architecture: GeneratorArchitecture, filters: Int) -> TranslationMemory {
        let configuration = GeneratorConfiguration(architecture: architecture, inputChannels: 3, outputChannels: 3, filters: filters)
        return TranslationMemory(configuration.graph, input: DomainConfiguration(channels: 3), output: DomainConfiguration(channels: 3))
    }

    @Test func mapsCountFromWhereTheyAreMadeToWhereTheyAreRead() {
        let size = ImageSize(height: 64, width: 96)
        // The norm at the image's own size reads and gives 16 maps. The image with its 3 is read by the first convolution alone, and the
        // image and its translation lie in memory four times: 2 · 16 + 4 · 3 floats a pixel.
        #expect(memory(.resnet(blocks: 6), filters: 16).bytes(for: size) == 200_000_000 + 64 * 96 * 44 * 4)
        #expect(memory(.resnet(blocks: 9), filters: 64).bytes(for: size) == 200_000_000 + 64 * 96 * (128 + 12) * 4)
    }

    /// In strips the maps take none to speak of: image and translation of 3 channels and 8 bits, each twice.
    @Test func stripsHoldImagesAlone() {
        let size = ImageSize(height: 6400, width: 9600)
        #expect(memory(.resnet(blocks: 9), filters: 64).bytesInStrips(for: size) == 200_000_000 + 6400 * 9600 * 12)
    }

    @Test func theEstimateIsNearWhatWasMeasured() {
        // A release build on the CPU: 359 MB and 628 MB at their peak for 1024 and 1600 pixels a side.
        for (side, measured) in [(1024, 359_300_000.0), (1600, 627_900_000)] {
            let estimate = Double(memory(.resnet(blocks: 6), filters: 16).bytes(for: ImageSize(side)))
            #expect((0.8...1.3).contains(estimate / measured), "\(side): \(estimate)")
        }
    }
}
