import Checkpoints
import CycleGANInference
import CycleGANModels
import CycleGANRuns
import Foundation
import Imaging
import TestSupport
import Testing
import TorchNN

@Suite struct ModelConversionTests {
    private func write(_ configuration: GeneratorConfiguration, to url: URL) throws -> GeneratorDescription {
        let images = DomainConfiguration(channels: 3, bitDepth: .sixteen, valueRange: ValueRange(0...4095))
        var description = GeneratorDescription(.aToB, configuration: configuration, input: images, output: images)
        description.scales = [.a: TrainingScale(.size, ImageSize(height: 286, width: 286), crop: ImageSize(height: 256, width: 256))]
        var card = ModelCard()
        (card.objective, card.steps, card.epoch, card.note) = ("cyclegan", 1200, 3, "a first try")
        card.best = .init(metric: "cycle", value: 0.25, epoch: 2)
        var state = configuration.makeGenerator().stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        state.metadata[ModelCard.key] = String(decoding: try JSONEncoder().encode(card), as: UTF8.self)
        try state.write(to: url)
        return description
    }

    /// From safetensors to PyTorch and back: the weights, the description and the card stay, and what is added is there.
    @Test func everythingKnownGoesWithEachConversion() throws {
        try withTemporaryFolder { folder in
            let (first, second, third) = ("a.safetensors", "b.pth", "c.safetensors")
            let configuration = GeneratorConfiguration(architecture: .resnet(blocks: 6), filters: 2, usesDropout: true)
            let description = try write(configuration, to: folder.appending(path: first))
            var conversion = ModelConversion(folder.appending(path: first))
            conversion.licence = "CC-BY-4.0"
            conversion.domainNames = ["horse", "zebra"]
            _ = try conversion.write(to: folder.appending(path: second))
            _ = try ModelConversion(folder.appending(path: second)).write(to: folder.appending(path: third))

            let original = try StateDict.read(from: folder.appending(path: first))
            for name in [second, third] {
                let copy = try StateDict.read(from: folder.appending(path: name))
                #expect(copy.names == original.names)
                for (key, tensor) in original { expectClose(try #require(copy[key]), tensor, relative: 0, key) }
                let card = try #require(ModelCard(copy.metadata))
                #expect(card.objective == "cyclegan" && card.steps == 1200 && card.note == "a first try" && card.licence == "CC-BY-4.0")
                #expect(card.best == .init(metric: "cycle", value: 0.25, epoch: 2))
                let found = try GeneratorFile(folder.appending(path: name)).description
                #expect(found.domains == description.domains && found.scales == description.scales)
                #expect(found.configuration == configuration && found.names[.b] == "zebra")
            }
        }
    }

    /// The names and shapes that the published code has for such networks; see the lists in the parity tests.
    @Test func layoutsAreCheckedAndTheirOptionsNamed() throws {
        func flags(_ layout: PublishedLayout, _ change: (inout GeneratorConfiguration) -> Void = { _ in }) throws -> String {
            var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 6), filters: 8)
            change(&configuration)
            return try layout.flags(for: configuration)
        }
        #expect(try flags(.reference) == "--netG resnet_6blocks --ngf 8 --norm instance --input_nc 3 --output_nc 3 --no_dropout")
        #expect(
            try flags(.cut)
                == "--netG resnet_6blocks --ngf 8 --normG instance --input_nc 3 --output_nc 3 --no_dropout true --no_antialias --no_antialias_up"
        )
        #expect(try flags(.cut) { $0.antialiasUpsampling = true }.hasSuffix("--no_dropout true --no_antialias"))
        #expect(try flags(.reference) { $0.usesDropout = true }.hasSuffix("--output_nc 3"))
        #expect(try flags(.cut) { $0.usesDropout = true }.contains("--no_dropout false"))
        let impossible: [(PublishedLayout, String, (inout GeneratorConfiguration) -> Void)] = [
            (.reference, "residual blocks", { $0.architecture = .resnet(blocks: 4) }), (.reference, "antialias", { $0.antialias = true }),
            (.cut, "upsampling", { $0.upsampling = .resize }), (.cut, "attention", { $0.attentionScales = [4] }),
            (.reference, "normalization", { $0.normalization = .affineInstance }), (.reference, "zero padding", { $0.zeroPadding = .ends }),
        ]
        for (layout, name, change) in impossible {
            let error = #expect(throws: NetworkConfigurationError.self) { try flags(layout, change) }
            #expect(error?.description.contains(name) == true && error?.description.contains("layout \(layout.rawValue)") == true)
        }
    }

    @Test func theModelItselfIsNotOverwritten() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "a.safetensors")
            _ = try write(GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2), to: file)
            let before = try Data(contentsOf: file)
            #expect(throws: ModelConversionError.self) { try ModelConversion(file).write(to: file) }
            #expect(try Data(contentsOf: file) == before)
        }
    }
}
