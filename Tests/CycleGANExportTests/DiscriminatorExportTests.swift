import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANExport

/// Every kind of discriminator as an ONNX file that does what it does.
struct DiscriminatorExportTests {
    static let kinds: [(name: String, configuration: DiscriminatorConfiguration)] = {
        func configuration(_ change: (inout DiscriminatorConfiguration) -> Void) -> DiscriminatorConfiguration {
            var configuration = DiscriminatorConfiguration(filters: 4)
            change(&configuration)
            return configuration
        }
        return [
            ("patch", configuration { _ in }),
            ("small patches", configuration { $0.layerCount = 1 }),
            ("large patches", configuration { $0.layerCount = 4 }),
            ("pixel", configuration { $0.architecture = .pixel }),
            ("batch", configuration { $0.normalization = .batch }),
            ("no norm", configuration { $0.normalization = .none }),
            ("spectral", configuration { ($0.spectralNorm, $0.normalization) = (true, .none) }),
            ("antialiased", configuration { $0.antialias = true }),
            ("pairs", configuration { ($0.inputChannels, $0.normalization) = (6, .batch) }),
            ("domains", configuration { ($0.normalization, $0.layerCount, $0.domains, $0.domainKernel) = (.none, 4, 5, 2) }),
            (
                "spectral domains",
                configuration { ($0.normalization, $0.layerCount, $0.domains, $0.spectralNorm, $0.domainKernel) = (.none, 3, 2, true, 4) }
            ),
        ]
    }()

    /// A checkpoint with a generator and the discriminator, whose norms and spectral norms have seen something.
    static func file(_ configuration: DiscriminatorConfiguration, in folder: URL) throws -> DiscriminatorFile {
        let network = configuration.makeDiscriminator(initialization: .xavier, random: TorchRandom(seed: 5))
        let side = configuration.domains > 0 ? configuration.domainKernel << configuration.layerCount : 64
        _ = withoutGradients { network(ModelExport.madeUp(channels: configuration.inputChannels, ImageSize(side))) }
        var tensors = network.stateDict().map { ("networks.discriminatorB.\($0.name)", $0.tensor) }
        let generator = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2).makeGenerator()
        tensors += generator.stateDict().map { ("networks.generatorAB.\($0.name)", $0.tensor) }
        let url = folder.appending(path: "checkpoint.safetensors")
        try StateDict(tensors).write(to: url)
        return try #require(try DiscriminatorFile(url, network: "discriminatorB"))
    }

    @Test(arguments: kinds) func everyDiscriminatorIsWrittenAndChecked(_ kind: (name: String, configuration: DiscriminatorConfiguration))
        throws
    {
        try withTemporaryFolder { folder in
            let file = try Self.file(kind.configuration, in: folder)
            #expect(file.configuration == kind.configuration && file.path == "networks.discriminatorB")
            let url = folder.appending(path: "d.onnx")
            let result = try DiscriminatorExport(file).writeONNX(to: url)
            #expect(try #require(result.largestDifference) < 1e-4)
            let model = try ONNXFile(contentsOf: url).model
            #expect(model.graph.input.map(\.name) == ["image"])
            #expect(model.graph.output.map(\.name) == (kind.configuration.domains > 0 ? ["patches", "domains"] : ["patches"]))
            let metadata = Dictionary(model.metadataProps.map { ($0.key, $0.value) }) { first, _ in first }
            #expect(metadata["network"] == "networks.discriminatorB")
            let described = try JSONDecoder().decode(
                DiscriminatorConfiguration.self, from: Data(try #require(metadata["discriminator"]).utf8))
            #expect(described == kind.configuration)
        }
    }

    /// One that looks at the whole image has one size; a changed file is found out.
    @Test func whatDoesNotFitIsSaid() throws {
        try withTemporaryFolder { folder in
            let domains = try #require(Self.kinds.first { $0.name == "domains" }).configuration
            var options = ExportOptions()
            options.size = ImageSize(64)
            let wrong = #expect(throws: ExportError.self) { try DiscriminatorExport(Self.file(domains, in: folder), options: options) }
            #expect("\(try #require(wrong))".contains("allowed: 32x32"))
            options.size = ImageSize(8)
            let small = #expect(throws: ExportError.self) {
                try DiscriminatorExport(Self.file(Self.kinds[0].configuration, in: folder), options: options)
            }
            #expect("\(try #require(small))".contains("pixels a side and more"))
            options = ExportOptions()
            options.precision = .palette4
            let palette = #expect(throws: ExportError.self) {
                try DiscriminatorExport(Self.file(Self.kinds[0].configuration, in: folder), options: options)
            }
            #expect("\(try #require(palette))".contains("found the precision palette4; allowed: f32, f16, int8 in ONNX"))
            options = ExportOptions()
            options.takesPictures = true
            let pairs = try #require(Self.kinds.first { $0.name == "pairs" }).configuration
            #expect(throws: ExportError.self) { try DiscriminatorExport(Self.file(pairs, in: folder), options: options) }

            let export = try DiscriminatorExport(Self.file(Self.kinds[0].configuration, in: folder))
            let url = folder.appending(path: "d.onnx")
            _ = try export.writeONNX(to: url)
            var model = try ONNXFile(contentsOf: url).model
            let index = try #require(model.graph.initializer.firstIndex { $0.dims.count == 4 })
            model.graph.initializer[index].rawData[3] ^= 0x40
            try (model.serializedBytes() as Data).write(to: url)
            #expect(throws: ExportError.self) { try export.verify(url, name: "d.onnx") }
        }
    }
}
