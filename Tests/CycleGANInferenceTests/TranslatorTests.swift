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
            let image = PixelImage.synthetic(variant: 2, width: 16, height: 12)
            let direct = withoutGradients { file.generator(image.tensor(for: file.description.inputDomain)) }
            #expect(
                try Translator(file, device: .cpu).translate(image) == PixelImage(tensor: direct, domain: file.description.outputDomain))
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
