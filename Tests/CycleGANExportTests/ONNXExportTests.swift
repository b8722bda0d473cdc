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

/// Every kind of generator as an ONNX file that does what it does.
struct ONNXExportTests {
    static func configuration(_ change: (inout GeneratorConfiguration) -> Void) -> GeneratorConfiguration {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4)
        change(&configuration)
        return configuration
    }

    /// What can be set in a generator, one after the other.
    static let kinds: [(name: String, configuration: GeneratorConfiguration)] = [
        ("plain", configuration { _ in }),
        ("batch", configuration { $0.normalization = .batch }),
        ("batch by image", configuration { ($0.normalization, $0.normalizesByImage) = (.batch, true) }),
        ("affine", configuration { $0.normalization = .affineInstance }),
        ("none", configuration { $0.normalization = .none }),
        ("resize", configuration { $0.upsampling = .resize }),
        ("pixel shuffle", configuration { $0.upsampling = .pixelshuffle }),
        ("antialiased", configuration { ($0.antialias, $0.antialiasUpsampling) = (true, true) }),
        ("attention", configuration { $0.attentionScales = [4, 2] }),
        ("zeros", configuration { $0.zeroPadding = [.ends, .blocks, .upsampling] }),
        ("dropout", configuration { $0.usesDropout = true }),
        ("told", configuration { $0.conditions = 3 }),
        ("planes", configuration { ($0.conditions, $0.conditioning, $0.normalization) = (3, .planes, .affineInstance) }),
        ("strength", configuration { ($0.conditions, $0.hasStrength) = (1, true) }),
        ("mobile", configuration { $0.architecture = .mobile(blocks: 2) }),
        ("U-Net", GeneratorConfiguration(architecture: .unet(downsamplings: 5), filters: 4, normalization: .batch)),
    ]

    static func file(_ configuration: GeneratorConfiguration, masking: GeneratorMasking? = nil, in folder: URL) throws
        -> GeneratorFile
    {
        let channels = configuration.inputChannels - (masking == nil ? 0 : 1)
        let domain = DomainConfiguration(channels: channels)
        let translation = Translation(from: .a, to: .b, condition: configuration.conditions > 1 ? 1 : nil)
        let description = GeneratorDescription(
            translation, configuration: configuration, input: domain, output: DomainConfiguration(channels: configuration.outputChannels),
            masking: masking)
        let network = configuration.makeGenerator(initialization: .kaiming, random: TorchRandom(seed: 3))
        // γ of attention, biases, scales and statistics of norms start at special numbers.
        for (name, tensor) in network.namedTensors where tensor.rank == 1 {
            withoutGradients { tensor.copy(from: tensor + (name.hasSuffix("bias") ? 0.05 : 0.3)) }
        }
        // Attention that looks at more than one place.
        for (name, tensor) in network.namedTensors where name.hasSuffix("query.weight") {
            withoutGradients { tensor.copy(from: tensor * 0.2) }
        }
        var state = network.stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "generator.safetensors")
        try state.write(to: url)
        return try GeneratorFile(url, translation: translation)
    }

    @Test(arguments: kinds) func everyGeneratorIsWrittenAndChecked(_ kind: (name: String, configuration: GeneratorConfiguration)) throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(kind.configuration, in: folder)
            for isPortable in [false, true] {
                var options = ExportOptions()
                options.isPortable = isPortable
                let url = folder.appending(path: "\(isPortable).onnx")
                let result = try ModelExport(file, options: options).writeONNX(to: url)
                #expect(try #require(result.largestDifference) < 1e-4, "\(kind.name)")
                #expect(result.files == [url] && result.bytes > 1000)
            }
        }
    }

    @Test(arguments: [GeneratorMasking.input, .composite]) func masksAreInputs(_ masking: GeneratorMasking) throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(Self.configuration { $0.inputChannels = 4 }, masking: masking, in: folder)
            let url = folder.appending(path: "masked.onnx")
            let result = try ModelExport(file).writeONNX(to: url)
            #expect(try #require(result.largestDifference) < 1e-4)
            #expect(try ONNXFile(contentsOf: url).model.graph.input.map(\.name) == ["image", "mask"])
        }
    }

    @Test func lowerPrecisionMakesSmallerFiles() throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(Self.configuration { $0.filters = 16 }, in: folder)
            let sizes = try [ExportPrecision.f32, .f16, .int8].map { precision in
                var options = ExportOptions()
                options.precision = precision
                let result = try ModelExport(file, options: options).writeONNX(to: folder.appending(path: "\(precision).onnx"))
                #expect(try #require(result.psnr) > (precision == .int8 ? 30 : 60), "\(precision)")
                return result.bytes
            }
            #expect(Double(sizes[1]) < 0.55 * Double(sizes[0]) && Double(sizes[2]) < 0.32 * Double(sizes[0]), "\(sizes)")
        }
    }

    @Test func picturesGoInAndComeOut() throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(Self.configuration { _ in }, in: folder)
            var options = ExportOptions()
            (options.takesPictures, options.size) = (true, ImageSize(height: 32, width: 48))
            let url = folder.appending(path: "pictures.onnx")
            try writeSyntheticImages(["shown": 1], to: folder)
            let picture = try PixelImage(contentsOf: folder.appending(path: "shown/000.png"))
            let result = try ModelExport(file, options: options).writeONNX(to: url, picture: picture)
            #expect(try #require(result.largestDifference) <= 1)
            let port = try #require(ONNXFile(contentsOf: url).model.graph.input.first)
            #expect(port.type.tensorType.elemType == 2 && port.type.tensorType.shape.dim.map(\.dimValue) == [0, 32, 48, 3])
            options.size = ImageSize(height: 30, width: 48)
            let error = #expect(throws: ExportError.self) { try ModelExport(file, options: options) }
            #expect("\(try #require(error))".contains("multiples of 4"))
        }
    }

    @Test func weightsOfLargeModelsLieBeside() throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(Self.configuration { _ in }, in: folder)
            let graph = try GeneratorExport(description: file.description, options: ExportOptions()).graph(of: file.generator)
            let url = folder.appending(path: "large.onnx")
            let files = try ONNXFile(graph, metadata: ["a": "b"]).write(to: url, largestMessage: 1000)
            #expect(files.map(\.lastPathComponent) == ["large.onnx", "large.onnx.data"])
            let read = try ONNXFile(contentsOf: url).model.graph
            #expect(read.node == graph.node && read.initializer.map(\.rawData) == graph.initializer.map(\.rawData))
            #expect(try ModelExport(file).verify(url, picture: nil).largest < 1e-4)
            try FileManager.default.removeItem(at: files[1])
            #expect(throws: ExportError.self) { try ONNXFile(contentsOf: url) }
        }
    }

    /// A file that was changed after it was written, and one that is none.
    @Test func aTamperedFileIsFoundOut() throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(Self.configuration { _ in }, in: folder)
            let (url, export) = (folder.appending(path: "model.onnx"), try ModelExport(file))
            _ = try export.writeONNX(to: url)
            var model = try ONNXFile(contentsOf: url).model
            let index = try #require(model.graph.initializer.firstIndex { $0.dims.count == 4 })
            model.graph.initializer[index].rawData[3] ^= 0x40
            try (model.serializedBytes() as Data).write(to: url)
            let error = #expect(throws: ExportError.self) { try export.verify(url, picture: nil) }
            #expect("\(try #require(error))".contains("does not do what the model does"))
            model.graph.node[2].opType = "Nonsense"
            try (model.serializedBytes() as Data).write(to: url)
            #expect(throws: ExportError.self) { try export.verify(url, picture: nil) }
            try Data("nothing".utf8).write(to: url)
            #expect(throws: ExportError.self) { try export.verify(url, picture: nil) }
        }
    }

    /// A layer that does not say what it does is named by its place.
    @Test func anUnknownLayerIsNamed() throws {
        final class Mystery: Module, Layer {
            func callAsFunction(_ input: Tensor) -> Tensor { input * 2 }
        }
        let network = Sequential([Conv2d(inputChannels: 3, outputChannels: 3, kernelSize: 3), Mystery()])
        let builder = ONNXBuilder(name: "network", precision: .f32)
        var operations = ONNXOperations(builder: builder, isPortable: false)
        let error = #expect(throws: ExportError.self) { try operations.append(Graph(of: network), input: "image") }
        #expect("\(try #require(error))".hasPrefix("the layer 1 cannot be written as ONNX: "), "\(String(describing: error))")
    }

    /// A file that must not be there leaves the one that was there, and nothing beside it.
    @Test func aFileThatFailsReplacesNothing() throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(Self.configuration { _ in }, in: folder)
            let (url, graph) = (
                folder.appending(path: "model.onnx"),
                try GeneratorExport(description: file.description, options: ExportOptions()).graph(of: file.generator)
            )
            try Data("before".utf8).write(to: url)
            struct Refused: Error {}
            #expect(throws: Refused.self) {
                try ONNXFile(graph, metadata: [:]).write(to: url, largestMessage: 1000) { new in
                    #expect(try ONNXFile(contentsOf: new).model.graph.node == graph.node)
                    throw Refused()
                }
            }
            #expect(try Data(contentsOf: url) == Data("before".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["generator.safetensors", "model.onnx"])
        }
    }
}
