import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

/// Generators as other people save them, against what PyTorch makes of the same file; see scripts/make_foreign.py.
@Suite struct ForeignWeightsTests {
    static func file(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appending(path: name)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let file: String
        var output: String? = nil
        var use = GeneratorUse()
        var normalization = Normalization.instance
        var testDescription: String { output ?? file }
    }

    static let cases = [
        Case(file: "resnet-batch-old", normalization: .batch),
        Case(file: "unet-batch-old", normalization: .batch),
        Case(file: "resnet-batch-bias", normalization: .batch),
        Case(file: "resnet-affine", normalization: .affineInstance),
        Case(file: "resnet-affine-nobias", normalization: .affineInstance),
        Case(file: "resnet-affine-tracked", normalization: .batch),
        Case(
            file: "resnet-affine-tracked", output: "resnet-affine-tracked.image", use: GeneratorUse(statistics: .image),
            normalization: .batch),
        Case(file: "resnet-leftover"),
        Case(
            file: "resnet-leftover", output: "resnet-leftover.running", use: GeneratorUse(statistics: .running), normalization: .batch),
        Case(file: "cut-blur-up"), Case(file: "cut-blur-down"), Case(file: "cut-batch", normalization: .batch),
        Case(file: "cut-none", normalization: .none),
        Case(file: "main-res"), Case(file: "zero-blocks"), Case(file: "zero-blocks-dropout"), Case(file: "zero-ends"),
        Case(file: "upsample-block"),
        Case(file: "stargan", normalization: .affineInstance),
        Case(file: "stargan", output: "stargan.running", use: GeneratorUse(statistics: .running), normalization: .batch),
        Case(file: "pix2pix", normalization: .batch),
        Case(file: "pix2pix", output: "pix2pix.image", use: GeneratorUse(statistics: .image), normalization: .batch),
        Case(
            file: "pix2pix", output: "pix2pix.dropout", use: GeneratorUse(statistics: .image, dropoutSeed: 5), normalization: .batch),
        Case(file: "wrapped"),
        Case(file: "several", output: "several.G_BA", use: GeneratorUse(network: "G_BA")),
        Case(file: "several", output: "wrapped", use: GeneratorUse(network: "G_AB")),
    ]

    @Test(arguments: cases) func outputEqualsPyTorchs(_ item: Case) throws {
        let outputs = try StateDict.read(from: Self.file("outputs.safetensors"))
        let file = try GeneratorFile(Self.file("\(item.file).pth"), use: item.use)
        #expect(file.description.configuration.normalization == item.normalization)
        var input = try #require(outputs["input"])
        if case .resnet = file.description.configuration.architecture {
            input = input.narrowed(dimension: 2, start: 0, length: 16).narrowed(dimension: 3, start: 0, length: 20)
        }
        let expected = try #require(outputs[item.output ?? item.file])
        let output = withoutGradients { file.generator(input) }
        expectClose(output, expected, relative: 1e-4, absolute: 1e-4, item.testDescription)
        // PyTorch's answer is not a constant that anything would be close to.
        let mean: Double = expected.mean().item()
        let variance: Double = (expected - mean).square().mean().item()
        #expect(variance > 1e-3)
    }

    /// Every image of a folder gets the same dropout, whatever came before it.
    @Test func dropoutIsDrawnAnewForEachImage() throws {
        let input = try #require(StateDict.read(from: Self.file("outputs.safetensors"))["input"])
        let domain = try GeneratorFile(Self.file("pix2pix.pth")).description.images(of: .a)
        let image = PixelImage(tensor: input, domain: domain)
        func translator(_ seed: UInt64?) throws -> Translator {
            Translator(try GeneratorFile(Self.file("pix2pix.pth"), use: GeneratorUse(statistics: .image, dropoutSeed: seed)), device: .cpu)
        }
        let seeded = try translator(5)
        let first = try seeded.translate(image)
        #expect(try seeded.translate(image) == first)
        #expect(try translator(6).translate(image) != first)
        #expect(try translator(nil).translate(image) != first)
    }

    private static func message(_ name: String, _ use: GeneratorUse = GeneratorUse()) throws -> String {
        let url = try file("\(name).pth")
        do {
            _ = try GeneratorFile(url, use: use)
        } catch {
            return "\(error)"
        }
        return ""
    }

    @Test func severalNetworksAreNamedToChooseFrom() throws {
        #expect(try Self.message("several").contains("it holds the generators 'G_AB', 'G_BA'; say which one is meant"))
        #expect(try Self.message("several", GeneratorUse(network: "D_B")).contains("'D_B' is a discriminator; give a generator"))
        #expect(try Self.message("several", GeneratorUse(network: "G")).contains("called 'G'; it holds 'G_AB', 'G_BA', 'D_B'"))
        let wrapped = try GeneratorFile(Self.file("wrapped.pth"))
        #expect(wrapped.notices().first?.hasSuffix("took the network at 'state_dict.netG.module'") == true)
        let chosen = try GeneratorFile(Self.file("several.pth"), use: GeneratorUse(network: "G_BA"))
        #expect(chosen.notices().first?.hasSuffix("took 'G_BA' of the networks in it: 'G_AB', 'G_BA', 'D_B'") == true)
    }

    @Test func unknownNetworksAreSaidToBeUnknown() throws {
        let nearly = try Self.message("nearly")
        #expect(nearly.contains("the nearest known network is a resnet2 generator with 2 filters"), "\(nearly)")
        #expect(nearly.contains("missing model.4.bias; unexpected model.30.weight"), "\(nearly)")
        let judge = try Self.message("judge-3x3")
        #expect(judge.contains("5 convolutions (3x3), norms with scales and running statistics, 3 -> 1 channels"), "\(judge)")
        #expect(try Self.message("classifier").contains("known are ResNet and U-Net generators"))
        #expect(try Self.message("resnet-affine", GeneratorUse(statistics: .running)).contains("no running statistics"))
        #expect(try Self.message("resnet-affine", GeneratorUse(dropoutSeed: 1)).contains("made without dropout"))
    }

    @Test func notesSayWhatIsNotUsed() throws {
        func notes(_ name: String, _ use: GeneratorUse = GeneratorUse()) throws -> String {
            try GeneratorFile(Self.file("\(name).pth"), use: use).notices().joined()
        }
        #expect(
            try notes("resnet-leftover").contains("are not used, as by the code that such files come from; they can be used all the same"))
        #expect(try notes("resnet-leftover", GeneratorUse(statistics: .image)).isEmpty)
        #expect(try notes("pix2pix").contains("pix2pix's own test does otherwise"))
        #expect(try notes("pix2pix", GeneratorUse(statistics: .image)).isEmpty)
        #expect(try notes("resnet-batch-old").isEmpty)
    }
}
