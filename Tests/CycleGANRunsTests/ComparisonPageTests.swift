import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANRuns

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The page of images and translations: in one file, for many of them.
@Suite struct ComparisonPageTests {
    private func translator(_ folder: URL, _ images: DomainConfiguration = DomainConfiguration()) throws -> Translator {
        let configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: images.channels, outputChannels: images.channels, filters: 2)
        let description = GeneratorDescription(.aToB, configuration: configuration, input: images, output: images)
        var state = configuration.makeGenerator(random: TorchRandom(seed: 1)).stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "net.safetensors")
        try state.write(to: url)
        return Translator(try GeneratorFile(url), device: .cpu)
    }

    /// The pictures in a page, in order.
    private func pictures(_ html: String) throws -> [PixelImage] {
        try html.matches(of: /src="data:image\/[a-z]+;base64,([^"]+)"/).map { match in
            try PixelImage(encoded: try #require(Data(base64Encoded: String(match.1))), name: "picture")
        }
    }

    @Test func manyPairsFitAndTheRestIsCounted() throws {
        try withTemporaryFolder { folder in
            var page = ComparisonPage(try translator(folder))
            let (image, other) = (
                PixelImage.synthetic(variant: 1, width: 8, height: 6), PixelImage.synthetic(variant: 2, width: 8, height: 6)
            )
            let files = [folder.appending(path: "a<b>.png"), folder.appending(path: "o.png")]
            try image.write(to: files[0])
            try other.write(to: files[1])
            for _ in 0..<503 { try page.add(TranslationJob(input: files[0], output: files[1], mask: nil)) }
            let html = page.html(date: Date(timeIntervalSince1970: 0))
            let parser = XMLParser(data: Data(html.utf8))
            #expect(parser.parse(), "\(String(describing: parser.parserError))")
            #expect(html.matches(of: /<input type="range"/).count == 500 && html.contains("3 more pairs are not shown: a page holds 500"))
            #expect(html.contains("aria-label=\"a&lt;b&gt;.png: how much") && html.contains("<h1>A to B"))
            let shown = try pictures(html)
            #expect(shown.count == 1000 && shown[0] == image && shown[1] == other)
            // Nothing comes from elsewhere.
            #expect(html.matches(of: /(src|href|url)\s*[=(]/).count == 1000 && html.matches(of: /https?:/).count == 1)
        }
    }

    @Test func largePicturesAreScaledAndBounded() throws {
        try withTemporaryFolder { folder in
            var page = ComparisonPage(try translator(folder))
            // Noise, which no format makes small.
            let bytes = (0..<1400 * 700 * 3).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
            let (input, output) = (folder.appending(path: "i.png"), folder.appending(path: "o.png"))
            try PixelImage(width: 1400, height: 700, bands: 3, bytes: bytes).write(to: input)
            try PixelImage.synthetic(variant: 2, width: 1400, height: 700).write(to: output)
            try page.add(TranslationJob(input: input, output: output, mask: nil))
            let html = page.html(date: .now)
            let sides = try pictures(html).map { max($0.width, $0.height) }
            #expect(
                sides.count == 2 && sides.allSatisfy { $0 <= 640 && $0 >= 48 } && html.utf8.count < 190_000, "\(sides) \(html.utf8.count)")
        }
    }

    @Test func valuesOfARangeAreShownFromBlackToWhite() throws {
        try withTemporaryFolder { folder in
            let images = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...4080))
            var page = ComparisonPage(try translator(folder, images))
            let levels = (0..<256).map { UInt16($0 * 16) }
            let file = folder.appending(path: "deep.tif")
            try PixelImage(width: 16, height: 16, bands: 1, format: .uint16, bytes: levels.withUnsafeBytes { [UInt8]($0) }).write(to: file)
            try page.add(TranslationJob(input: file, output: file, mask: nil))
            let expected = (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] }
            #expect(try pictures(page.html(date: .now)).map(\.bytes) == [expected, expected])
        }
    }
}
