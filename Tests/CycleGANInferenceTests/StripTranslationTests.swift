import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import Support
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANInference

/// Translations of images that do not fit into the memory that is allowed, against those of the whole.
@Suite(.serialized) struct StripTranslationTests {
    private func file(
        _ folder: URL, masking: GeneratorMasking? = nil, _ change: (inout GeneratorConfiguration) -> Void = { _ in }
    ) throws -> GeneratorFile {
        var configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: masking == nil ? 3 : 4, outputChannels: 3, filters: 16)
        change(&configuration)
        let description = GeneratorDescription(
            .aToB, configuration: configuration, input: DomainConfiguration(), output: DomainConfiguration(), masking: masking)
        var state = configuration.makeGenerator(random: TorchRandom(seed: 4)).stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "net.safetensors")
        try state.write(to: url)
        return try GeneratorFile(url)
    }

    /// Of no size that the network takes as it is.
    private func image(_ format: PixelImage.Format) -> PixelImage {
        let (width, height) = (718, 601)
        var random = SplitMix64(seed: 5)
        let bytes = (0..<height * width * 3).flatMap { index -> [UInt8] in
            let wave = sin(Double(index % width) / 19) * cos(Double(index / width / 3) / 31)
            let share = min(1, max(0, 0.5 + 0.4 * wave + 0.1 * (random.uniform() - 0.5)))
            switch format {
            case .uint8: return [UInt8(share * 255)]
            case .uint16: return withUnsafeBytes(of: UInt16(share * 65535)) { [UInt8]($0) }
            case .float32: return withUnsafeBytes(of: Float(share)) { [UInt8]($0) }
            }
        }
        return PixelImage(width: width, height: height, bands: 3, format: format, bytes: bytes)
    }

    /// Of both, the largest difference of any sample as a share of white.
    private func difference(_ first: PixelImage, _ second: PixelImage) -> Double {
        guard first.size == second.size, first.format == second.format, first.storedAs == second.storedAs else { return .infinity }
        let domain = DomainConfiguration(channels: 3, bitDepth: BitDepth(first.format))
        return (first.tensor(for: domain) - second.tensor(for: domain)).abs().max().item() / 2
    }

    /// Translates with so much memory beside what the process holds.
    private func translated(_ translator: Translator, _ image: PixelImage, _ mask: PixelImage?, room: Int, _ folder: URL) throws
        -> PixelImage
    {
        translator.largeImages.memory = ProcessMemory.current + room
        translator.largeImages.folder = folder
        return try translator.translate(image, mask: mask)
    }

    @Test(arguments: zip(PixelImage.Format.allCases, [nil, GeneratorMasking.composite, .input]))
    func stripsMakeTheSameImage(_ format: PixelImage.Format, masking: GeneratorMasking?) throws {
        try withTemporaryFolder { folder in
            let translator = Translator(try file(folder, masking: masking), device: .cpu)
            let image = image(format)
            let mask = masking.map { _ in PixelImage.ellipse(variant: 1, width: image.width, height: image.height) }
            let whole = try translated(translator, image, mask, room: 4_000_000_000, folder)
            let seen = Shares()
            translator.largeImages.progress = { seen.append($0) }
            let strips = try translated(translator, image, mask, room: 44_000_000 + 2 * image.bytes.count, folder)
            // A level where two numbers lie on both sides of a half.
            let level: [PixelImage.Format: Double] = [.uint8: 1.001 / 255, .uint16: 1e-4, .float32: 1e-4]
            #expect(difference(whole, strips) <= level[format] ?? 0)
            #expect(seen.values.count > 8 && seen.values.first?.fileBytes ?? 0 > 0 && seen.values.last?.share ?? 0 > 0.999)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["net.safetensors"])
        }
    }

    @Test func whatTheNetworkIsToldHolds() throws {
        try withTemporaryFolder { folder in
            let file = try file(folder) { ($0.conditions, $0.hasStrength) = (1, true) }
            let translator = Translator(file, device: .cpu)
            let image = image(.uint8)
            try translator.setStrength(0.3)
            let whole = try translated(translator, image, nil, room: 4_000_000_000, folder)
            let strips = try translated(translator, image, nil, room: 44_000_000 + 2 * image.bytes.count, folder)
            #expect(difference(whole, strips) <= 1.001 / 255)
        }
    }

    @Test func tooLittleIsSaid() throws {
        try withTemporaryFolder { folder in
            let (translator, image) = (Translator(try file(folder), device: .cpu), image(.uint8))
            let error = #expect(throws: ModelFileError.self) {
                try translated(translator, image, nil, room: 1_000_000, folder)
            }
            #expect("\(try #require(error))".contains("even row by row"))
            let none = folder.appending(path: "none")
            let missing = #expect(throws: FileError.self) {
                try translated(translator, image, nil, room: 44_000_000 + 2 * image.bytes.count, none)
            }
            #expect("\(try #require(missing))".contains("cannot keep maps in this folder"))
        }
    }

    /// Both networks of a cycle error run on the whole image: what does not fit is refused before, as ever.
    @Test func cycleErrorsTakeTheWholeImage() throws {
        try withTemporaryFolder { folder in
            let translator = Translator(try file(folder), device: .cpu)
            translator.largeImages.memory = 230_000_000
            let error = #expect(throws: ModelFileError.self) { try translator.cycleError(of: image(.uint8), back: translator) }
            #expect("\(try #require(error))".contains("to translate 720x604 (width x height) takes about"))
        }
    }

    /// A disk without room is full before anything is begun.
    @Test func roomOnTheDiskIsCheckedFirst() throws {
        let error = #expect(throws: FileError.self) {
            try ScratchFile(in: FileManager.default.temporaryDirectory, bytes: 1 << 60, content: "maps")
        }
        #expect(try #require(error).isDiskFull && "\(try #require(error))".contains("GB free"))
    }

    /// A preview goes over the image once, without a file; the same as the exact one where no norm has to see the whole image.
    @Test(arguments: [Normalization.instance, .none]) func previewsResembleTheImage(_ normalization: Normalization) throws {
        try withTemporaryFolder { folder in
            let translator = Translator(try file(folder) { $0.normalization = normalization }, device: .cpu)
            let image = image(.uint8).resized(to: ImageSize(height: 400, width: 1300))
            let whole = try translated(translator, image, nil, room: 4_000_000_000, folder)
            let seen = Shares()
            translator.largeImages.progress = { seen.append($0) }
            translator.largeImages.isApproximate = true
            let preview = try translated(translator, image, nil, room: 54_000_000, folder)
            #expect(seen.values.count > 4 && seen.values.allSatisfy { $0.fileBytes == 0 } && seen.values.last?.share == 1)
            let worst = difference(whole, preview)
            let error = zip(whole.bytes, preview.bytes).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) } / Double(whole.bytes.count)
            #expect(normalization == .none ? worst <= 1.001 / 255 : error > 0 && 10 * log10(255 * 255 / error) > 24)
        }
    }

    /// What is not large is translated exactly, and so is what is no larger than the copy would be.
    @Test func smallImagesAreNotPreviewed() throws {
        try withTemporaryFolder { folder in
            let (translator, image) = (Translator(try file(folder), device: .cpu), image(.uint8))
            let whole = try translated(translator, image, nil, room: 4_000_000_000, folder)
            translator.largeImages.isApproximate = true
            #expect(try translated(translator, image, nil, room: 4_000_000_000, folder) == whole)
            let strips = try translated(translator, image, nil, room: 44_000_000 + 2 * image.bytes.count, folder)
            #expect(difference(whole, strips) <= 1.001 / 255)
        }
    }

    @Test func tilesAreOfOneTranslation() throws {
        try withTemporaryFolder { folder in
            let (translator, image, tiles) = (Translator(try file(folder), device: .cpu), image(.uint8), folder.appending(path: "tiles"))
            let state = tiles.appending(path: "state.json")
            translator.largeImages.tiles = tiles
            let room = 44_000_000 + 2 * image.bytes.count
            let strips = try translated(translator, image, nil, room: room, folder)
            let text = try Data(contentsOf: state)
            // Another process, in the last stage.
            #expect(try translated(translator, image, nil, room: room, folder) == strips)
            func refusal(_ translator: Translator, _ image: PixelImage) throws -> String {
                "\(try #require(#expect(throws: ModelFileError.self) { try translated(translator, image, nil, room: room, folder) }))"
            }
            #expect(
                try refusal(translator, image.flippedHorizontally()).contains("the translation that was begun there is of another image"))
            let other = Translator(try file(folder) { $0.filters = 17 }, device: .cpu)
            other.largeImages.tiles = tiles
            #expect(try refusal(other, image).contains("is of another model; give another folder with --resume-tiles"))
            #expect(try Data(contentsOf: state) == text)
            try Data("{}".utf8).write(to: state)
            #expect(try refusal(translator, image).contains("state.json is damaged, or no state of a translation"))
            try translator.largeImages.removeTiles()
            #expect(!tiles.exists)
        }
    }

    /// Attention looks at the whole image: it is refused where that does not fit, and nowhere else.
    @Test func attentionTakesTheWholeImage() throws {
        try withTemporaryFolder { folder in
            let translator = Translator(try file(folder) { $0.attentionScales = [4] }, device: .cpu)
            #expect(!translator.takesStrips(for: ImageSize(1 << 14)))
        }
    }
}

/// What a translator tells of its progress.
private final class Shares: @unchecked Sendable {
    private(set) var values: [LargeImageProgress] = []
    func append(_ value: LargeImageProgress) { values.append(value) }
}
