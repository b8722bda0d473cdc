import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANInference

/// What comes back of an image, and where it is farthest from it.
@Suite struct CycleErrorTests {
    private func file(_ folder: URL, _ translation: Translation, seed: UInt64, masking: GeneratorMasking? = nil) throws -> GeneratorFile {
        let configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: masking == nil ? 3 : 4, filters: 2)
        let description = GeneratorDescription(
            translation, configuration: configuration, input: DomainConfiguration(), output: DomainConfiguration(), masking: masking)
        var state = configuration.makeGenerator(random: TorchRandom(seed: seed)).stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "net\(seed).safetensors")
        try state.write(to: url)
        return try GeneratorFile(url)
    }

    @Test func theErrorIsThatOfTheNetworksOneAfterTheOther() throws {
        try withTemporaryFolder { folder in
            let files = (try file(folder, .aToB, seed: 1), try file(folder, .bToA, seed: 2))
            let (there, back) = (Translator(files.0, device: .cpu), Translator(files.1, device: .cpu))
            let image = PixelImage.synthetic(variant: 3, width: 24, height: 16)
            let pixels = image.tensor(for: DomainConfiguration())
            let cycled = withoutGradients { files.1.generator(files.0.generator(pixels)) }
            // In 0...1, channel by channel.
            let shares = [pixels, cycled].map { $0.array(of: Float.self).map { (Double($0) + 1) / 2 } }
            let differences = zip(shares[0], shares[1]).map { (before: Double, after: Double) -> Double in abs(before - after) }
            let expected = (0..<384).map { (pixel: Int) -> Double in
                (differences[pixel] + differences[384 + pixel] + differences[768 + pixel]) / 3
            }
            let error = try there.cycleError(of: image, back: back)
            #expect(error.size == image.size && zip(error.values, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 })
            #expect(abs(error.mean - expected.reduce(0, +) / 384) < 1e-6 && abs(error.maximum - (expected.max() ?? 0)) < 1e-6)
            // What a finish makes of a translation changes nothing, nor does the depth of the image.
            var finish = TranslationFinish()
            finish.blend = 0.5
            try there.setFinish(finish)
            #expect(try there.cycleError(of: image, back: back).values == error.values)
            let deep = PixelImage(
                width: 24, height: 16, bands: 3, format: .uint16, bytes: image.bytes.flatMap { [$0, $0] })
            let same = try there.cycleError(of: deep, back: back).values
            #expect(zip(same, error.values).allSatisfy { abs($0 - $1) < 1e-5 })

            let small = try there.cycleError(of: image, back: back, scaling: .longerSide(12))
            #expect(small.size == ImageSize(height: 8, width: 12))
            let restored = try there.cycleError(of: image, back: back, scaling: .longerSide(12), restoresSize: true)
            #expect(restored.size == image.size && abs(restored.mean - small.mean) < 0.02 && restored.values.allSatisfy { $0 >= 0 })
        }
    }

    @Test func masksGoBothWays() throws {
        try withTemporaryFolder { folder in
            let there = Translator(try file(folder, .aToB, seed: 1, masking: .composite), device: .cpu)
            let back = Translator(try file(folder, .bToA, seed: 2, masking: .composite), device: .cpu)
            let (image, mask) = (
                PixelImage.synthetic(variant: 3, width: 16, height: 16), PixelImage.ellipse(variant: 1, width: 16, height: 16)
            )
            let error = try there.cycleError(of: image, mask: mask, back: back)
            #expect(error.values.indices.allSatisfy { mask.bytes[$0] != 0 || error.values[$0] == 0 } && error.maximum > 0)
            #expect(throws: ModelFileError.self) { try there.cycleError(of: image, back: back) }
        }
    }

    @Test(arguments: [ImageSize(height: 40, width: 33), ImageSize(height: 7, width: 9), ImageSize(1)]) func theWorstRegionIsFound(
        size: ImageSize
    ) {
        let values = (0..<size.width * size.height).map { Float($0 * 7919 % 1009) / 1009 }
        let error = CycleError(values, size: size)
        let (width, height) = (max(1, size.width / 8), max(1, size.height / 8))
        var means: [Double] = []
        for y in 0...size.height - height {
            for x in 0...size.width - width {
                var sum = 0.0
                for row in y..<y + height { for column in x..<x + width { sum += Double(values[row * size.width + column]) } }
                means.append(sum / Double(width * height))
            }
        }
        let worst = error.worstRegion
        #expect(worst.width == width && worst.height == height)
        #expect(abs(worst.mean - (means.max() ?? 0)) < 1e-9)
        #expect(abs(means[worst.y * (size.width - width + 1) + worst.x] - worst.mean) < 1e-9)
    }

    @Test func numbersAreWrittenWithoutThePixels() throws {
        var values = [Float](repeating: 0, count: 1024)
        for index in [5, 6, 37, 38] { values[index] = 0.5 }
        let error = CycleError(values, size: ImageSize(32))
        let object = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(error)) as? [String: Any])
        #expect(Set(object.keys) == ["width", "height", "mean", "maximum", "worstRegion", "heatMapWhite"])
        #expect(object["maximum"] as? Double == 0.5 && object["mean"] as? Double == 2.0 / 1024)
        // The first of the regions of 4 x 4 pixels that hold all four.
        #expect(error.worstRegion == CycleError.Region(x: 3, y: 0, width: 4, height: 4, mean: 2.0 / 16))
    }

    /// 0.30 R + 0.59 G + 0.11 B of Green's colours is the value.
    @Test func heatMapsRiseEvenlyToWhite() {
        let values = (0...255).map { Float($0) / 255 * 0.25 } + [0.3, 1]
        let map = CycleError(values, size: ImageSize(height: 1, width: 258)).heatMap
        #expect(map.bands == 3 && map.format == .uint8)
        #expect(map.bytes.prefix(3) == [0, 0, 0] && map.bytes.suffix(9) == [UInt8](repeating: 255, count: 9)[...])
        for value in 0...255 {
            let levels = map.bytes[3 * value..<3 * value + 3].map { Double($0) }
            let brightness = 0.30 * levels[0] + 0.59 * levels[1] + 0.11 * levels[2]
            #expect(abs(brightness - Double(value)) < 0.6, "\(value): \(levels)")
        }
    }
}
