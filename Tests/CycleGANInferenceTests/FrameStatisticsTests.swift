import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANInference

/// Statistics of norms that go from frame to frame.
@Suite struct FrameStatisticsTests {
    private func translator(_ normalization: Normalization = .instance, in folder: URL) throws -> Translator {
        let network = GeneratorConfiguration(
            architecture: .resnet(blocks: 2), inputChannels: 3, outputChannels: 3, filters: 8, normalization: normalization
        ).makeGenerator(random: TorchRandom(seed: 4))
        let url = folder.appending(path: "net.safetensors")
        try network.stateDict().write(to: url)
        return Translator(try GeneratorFile(url), device: .cpu)
    }

    private func dark(_ image: PixelImage) -> PixelImage {
        PixelImage(width: image.width, height: image.height, bands: 3, bytes: image.bytes.map { $0 / 3 })
    }

    /// The largest difference of samples.
    private func difference(_ first: PixelImage, _ second: PixelImage) -> Int {
        zip(first.bytes, second.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }

    @Test func theFirstFrameIsAnImage() throws {
        try withTemporaryFolder { folder in
            let translator = try translator(in: folder)
            let image = PixelImage.synthetic(variant: 1, width: 52, height: 44)
            let whole = try translator.translate(image)
            for norms in [TemporalNorms.smooth(0.8), .lock] {
                try translator.beginFrames(norms)
                // Twice the same: what is held is what is measured.
                for _ in 0..<2 { #expect(try difference(translator.translate(image), whole) <= 1) }
            }
            try translator.beginFrames(.off)
            #expect(try translator.translate(image) == whole)
        }
    }

    /// Instance norms take brightness and contrast out of an image; by the first frame's statistics they stay.
    @Test func lockedAndSmoothedFramesKeepWhatChanges() throws {
        try withTemporaryFolder { folder in
            let translator = try translator(in: folder)
            let image = PixelImage.synthetic(variant: 1, width: 52, height: 44)
            let (first, alone) = (try translator.translate(image), try translator.translate(dark(image)))
            func second(_ norms: TemporalNorms) throws -> PixelImage {
                try translator.beginFrames(norms)
                _ = try translator.translate(image)
                return try translator.translate(dark(image))
            }
            let locked = try second(.lock)
            #expect(difference(locked, alone) > 10 && difference(locked, first) > 10)
            #expect(try difference(second(.smooth(0)), alone) <= 1)
            // Between the two.
            let smoothed = try second(.smooth(0.7))
            #expect(difference(smoothed, alone) > 3 && difference(smoothed, locked) > 3)
            // Smoothing forgets: after many dark frames they are as alone.
            try translator.beginFrames(.smooth(0.5))
            _ = try translator.translate(image)
            var last = first
            for _ in 0..<20 { last = try translator.translate(dark(image)) }
            #expect(difference(last, alone) <= 1)
        }
    }

    @Test func framesOfAnotherSizeBeginAnew() throws {
        try withTemporaryFolder { folder in
            let translator = try translator(in: folder)
            let (large, small) = (
                PixelImage.synthetic(variant: 1, width: 52, height: 44), PixelImage.synthetic(variant: 2, width: 40, height: 40)
            )
            let alone = try translator.translate(small)
            try translator.beginFrames(.lock)
            _ = try translator.translate(large)
            #expect(try difference(translator.translate(small), alone) <= 1)
        }
    }

    @Test func normsThatDoNotLookAtImagesHaveNothingToKeep() throws {
        try withTemporaryFolder { folder in
            let translator = try translator(.batch, in: folder)
            #expect(throws: ModelFileError.self) { try translator.beginFrames(.lock) }
            try translator.beginFrames(.off)
        }
    }
}
