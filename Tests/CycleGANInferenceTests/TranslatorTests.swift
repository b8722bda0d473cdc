import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANInference

@Suite struct TranslatorTests {
    private func file(_ folder: URL, channels: (Int, Int) = (3, 3), name: String = "net.safetensors") throws -> URL {
        let network = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: channels.0, outputChannels: channels.1, filters: 2
        ).makeGenerator(random: TorchRandom(seed: 4))
        let url = folder.appending(path: name)
        try network.stateDict().write(to: url)
        return url
    }

    @Test(arguments: [(1, 1), (1, 9), (2, 5), (7, 3), (8, 8), (17, 30)]) func mirroringAndCuttingBackKeepsTheSize(
        _ height: Int, _ width: Int
    ) throws {
        try withTemporaryFolder { folder in
            let translator = Translator(try GeneratorFile(file(folder)), device: .cpu)
            let image = PixelImage.synthetic(variant: 1, width: width, height: height)
            let result = try translator.translate(image)
            #expect((result.width, result.height, result.bands) == (width, height, 3))
            #expect(try translator.translate(image) == result)
        }
    }

    @Test func mirroringRepeatsWhereTheImageIsSmallerThanThePad() {
        let row = Tensor([1, 2, 3] as [Float], shape: [1, 1, 1, 3])
        let wide = Translator.mirror(row, from: (1, 3), to: (1, 9))
        #expect(wide.array(of: Float.self) == [1, 2, 3, 2, 1, 2, 3, 2, 1])
        #expect(Translator.mirror(row, from: (1, 3), to: (3, 3)).array(of: Float.self) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    }

    @Test func anImageOfTheStridesSizeIsTheNetworksOwnOutput() throws {
        try withTemporaryFolder { folder in
            let file = try GeneratorFile(file(folder))
            let translator = Translator(file, device: .cpu)
            let image = PixelImage.synthetic(variant: 2, width: 16, height: 12)
            let direct = withoutGradients { file.generator(image.tensor(for: translator.inputDomain)) }
            #expect(try translator.translate(image) == PixelImage(tensor: direct, domain: translator.outputDomain))
        }
    }

    @Test func depthAndChannelsFollowTheImageAndTheNetwork() throws {
        try withTemporaryFolder { folder in
            let translator = Translator(try GeneratorFile(file(folder, channels: (1, 4))), device: .cpu)
            let deep = PixelImage(width: 8, height: 8, bands: 1, format: .uint16, bytes: [UInt8](repeating: 77, count: 128))
            let result = try translator.translate(deep)
            #expect((result.format, result.bands) == (.uint16, 4))
        }
    }

    /// (what stands in the file, what replaces it, the words of the message).
    @Test(arguments: [
        ("\"filters\":2", "\"filters\":-4", "filters: found -4; allowed: 1 to 2048"),
        ("\"filters\":2", "\"filters\":100000", "filters: found 100000; allowed: 1 to 2048"),
        ("\"inputChannels\":3", "\"inputChannels\":0", "input channels: found 0; allowed: 1 to 4096"),
        ("\"inputChannels\":3", "\"inputChannels\":1", "channels of domain A: found 3; allowed: 1"),
        ("resnet1", "unet16", "description of the generator is damaged"),
        ("\"filters\":2", "\"filters\":2048", "a resnet1 with 2048 filters, of at least 1207959552 numbers, and it holds "),
        ("resnet1", "resnet100", "a resnet100 with 2 filters, of at least 115200 numbers, and it holds "),
    ])
    func impossibleDescriptionsAreErrors(_ old: String, _ new: String, _ words: String) throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "described.safetensors")
            let configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2)
            let description = GeneratorDescription(
                .aToB, configuration: configuration, input: DomainConfiguration(), output: DomainConfiguration())
            let text = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
            try #require(text.contains(old))
            var state = configuration.makeGenerator().stateDict()
            state.metadata["generator"] = text
            try state.write(to: url)
            #expect(try GeneratorFile(url).description == description)
            state.metadata["generator"] = text.replacing(old, with: new)
            try state.write(to: url)
            let error = #expect(throws: ModelFileError.self) { try GeneratorFile(url) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            #expect(error?.file == url.path)
        }
    }

    /// No network has fewer numbers than are asked for before it is built.
    @Test(arguments: [
        GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2),
        GeneratorConfiguration(architecture: .resnet(blocks: 9), filters: 3, normalization: .batch),
        GeneratorConfiguration(architecture: .unet(downsamplings: 5), filters: 2),
        GeneratorConfiguration(architecture: .unet(downsamplings: 8), inputChannels: 1, filters: 1),
    ])
    func honestFilesAreLargeEnough(configuration: GeneratorConfiguration) {
        #expect(configuration.makeGenerator().stateDict().parameterCount() >= configuration.leastWeightCount)
    }

    @Test func filesSayWhatIsWrongWithThem() throws {
        try withTemporaryFolder { folder in
            let discriminator = folder.appending(path: "d.safetensors")
            try DiscriminatorConfiguration(filters: 2).makeDiscriminator().stateDict().write(to: discriminator)
            let empty = folder.appending(path: "empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            let text = folder.appending(path: "text.pth")
            try Data("hello".utf8).write(to: text)
            for (url, words) in [
                (discriminator, "holds a discriminator"), (empty, "checkpoints/latest.safetensors"),
                (folder.appending(path: "absent"), "does not exist"), (text, "text.pth"),
            ] {
                #expect(throws: (any Error).self) { try GeneratorFile(url) }
                do { _ = try GeneratorFile(url) } catch { #expect("\(error)".contains(words), "\(error)") }
            }
        }
    }
}
