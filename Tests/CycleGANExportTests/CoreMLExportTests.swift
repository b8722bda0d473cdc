import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANExport

/// Every kind of generator as a Core ML package that does what it does.
struct CoreMLExportTests {
    typealias Kind = (name: String, configuration: GeneratorConfiguration)

    private static func options(_ precision: ExportPrecision, pictures: Bool = true, size: ImageSize? = nil) -> ExportOptions {
        var options = ExportOptions()
        (options.precision, options.takesPictures, options.size) = (precision, pictures, size)
        return options
    }

    @Test(arguments: ONNXExportTests.kinds) func everyGeneratorIsWrittenAndChecked(_ kind: Kind) throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(kind.configuration, in: folder)
            for size in [nil, ImageSize(height: 32, width: 64)] {
                var options = Self.options(.f32, pictures: false, size: size)
                options.isPortable = size != nil
                let url = folder.appending(path: "exact.mlpackage")
                let exact = try ModelExport(file, options: options).writeCoreML(to: url)
                #expect(try #require(exact.largestDifference) < 1e-4, "\(kind.name)")
                #expect(exact.files == [url] && exact.bytes > 1000)
            }
            let halves = try ModelExport(file, options: Self.options(.f16)).writeCoreML(to: folder.appending(path: "halves.mlpackage"))
            #expect(try #require(halves.largestDifference) <= 2 && #require(halves.psnr) > 50, "\(kind.name)")
        }
    }

    @Test(arguments: [GeneratorMasking.input, .composite], [true, false])
    func masksAreInputs(_ masking: GeneratorMasking, arePictures: Bool) throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { $0.inputChannels = 4 }, masking: masking, in: folder)
            let url = folder.appending(path: "masked.mlpackage")
            let result = try ModelExport(file, options: Self.options(.f32, pictures: arePictures)).writeCoreML(to: url)
            #expect(try #require(result.largestDifference) <= (arePictures ? 1 : 1e-4))
            let inputs = try CoreMLPackage(contentsOf: url, name: "").model.description_p.input
            #expect(inputs.map(\.name) == ["image", "mask"])
            // Two inputs of several sizes are not possible before iOS 18.
            #expect(inputs.map(\.type.image.width) == (arePictures ? [256, 256] : [0, 0]) && inputs[0].type.image.sizes == nil)
            #expect(inputs[1].type.image.colors == (arePictures ? .gray : .none))
            #expect(inputs[1].type.array.shape == (arePictures ? [] : [1, 1, 256, 256]))
        }
    }

    @Test func lowerPrecisionMakesSmallerFiles() throws {
        try withTemporaryFolder { folder in
            let configuration = ONNXExportTests.configuration { ($0.filters, $0.architecture) = (24, .resnet(blocks: 2)) }
            let file = try ONNXExportTests.file(configuration, in: folder)
            let sizes = try ExportPrecision.allCases.map { precision in
                let url = folder.appending(path: "\(precision).mlpackage")
                // Sixteen numbers are too few for a network that has learned nothing.
                let result = try ModelExport(file, options: Self.options(precision)).writeCoreML(to: url, verifies: precision != .palette4)
                let least: [ExportPrecision: Double] = [.int8: 30, .palette6: 22]
                if let psnr = result.psnr { #expect(psnr > least[precision] ?? 50, "\(precision)") }
                return Double(try Data(contentsOf: url.appending(path: CoreMLPackage.weightPath)).count)
            }
            for (size, share) in zip(sizes, [1, 0.5, 0.25, 6.0 / 32, 0.125]) { #expect(size < (share + 0.03) * sizes[0], "\(sizes)") }
        }
    }

    /// What the parts of a package must be, by the format.
    @Test func aPackageIsWhatTheFormatSays() throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            let url = folder.appending(path: "model.mlpackage")
            var options = Self.options(.f16)
            options.author = "Ann"
            _ = try ModelExport(file, options: options).writeCoreML(to: url)
            let manifest = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: url.appending(path: "Manifest.json"))) as? [String: Any])
            let items = try #require(manifest["itemInfoEntries"] as? [String: [String: String]])
            #expect(manifest["fileFormatVersion"] as? String == "1.0.0")
            #expect(items[try #require(manifest["rootModelIdentifier"] as? String)]?["path"] == "com.apple.CoreML/model.mlmodel")
            #expect(Set(items.values.compactMap { $0["path"] }) == ["com.apple.CoreML/model.mlmodel", "com.apple.CoreML/weights"])

            let model = try CoreMLPackage(contentsOf: url, name: "").model
            #expect(model.specificationVersion == 7 && model.program.functions["main"]?.opset == "CoreML6")
            let (input, output) = (model.description_p.input[0].type.image, model.description_p.output[0].type.image)
            #expect([input.width, input.height] == [256, 256] && input.colors == .rgb && output.colors == .rgb)
            #expect(input.enumerated.sizes.count == 8 && input.enumerated.sizes[2].height == 384 && input.enumerated.sizes[2].width == 512)
            #expect(output.range.width.lower == 1 && output.range.height.upper == -1)
            let metadata = model.description_p.metadata
            #expect(metadata.author == "Ann" && metadata.shortDescription == "Translates A to B.")
            #expect(metadata.userDefined["translation"] == "A to B" && metadata.userDefined["generator"]?.contains("resnet") == true)

            let blob = try Data(contentsOf: url.appending(path: CoreMLPackage.weightPath))
            func number(_ at: Int) -> UInt32 { blob.withUnsafeBytes { $0.load(fromByteOffset: at, as: UInt32.self) } }
            // The header; then of the first weight, 4x3x7x7 of float16, the record: mark, type, bytes, place.
            #expect(number(4) == 2 && number(64) == 0xDEAD_BEEF && number(68) == 1 && number(72) == 2 * 588 && number(80) == 128)
            // The next record begins at a multiple of 64 behind the 1176 bytes.
            #expect(number(128 + 1216) == 0xDEAD_BEEF)
        }
    }

    /// Packages that were changed after they were written.
    @Test func aTamperedPackageIsFoundOut() throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            let (url, export) = (folder.appending(path: "model.mlpackage"), try ModelExport(file, options: Self.options(.f16)))
            _ = try export.writeCoreML(to: url)
            let good = try CoreMLPackage(contentsOf: url, name: "")
            func problem(_ change: (inout CoreMLModel, inout Data) throws -> Void) throws -> String {
                var (model, weights) = (good.model, good.weights)
                try change(&model, &weights)
                try CoreMLPackage(model: model, weights: weights).write(into: url)
                let error = #expect(throws: ExportError.self) {
                    try export.verify(MILInterpreter(CoreMLPackage(contentsOf: url, name: "x"), file: "x"), .coreML, nil, "x")
                }
                return "\(try #require(error))"
            }
            func change(_ model: inout CoreMLModel, _ type: String, _ change: (inout MILOperation) throws -> Void) throws {
                var block = try #require(model.program.functions["main"]?.blockSpecializations["CoreML6"])
                let index = try #require(block.operations.firstIndex { $0.type == type })
                try change(&block.operations[index])
                model.program.functions["main"]?.blockSpecializations["CoreML6"] = block
            }
            // The exponent of a weight.
            #expect(try problem { $1[129 + 40] ^= 0x40 }.contains("does not do what the model does"))
            #expect(try problem { $1.removeLast(100) }.contains("end behind the file"))
            #expect(try problem { $1[64] = 0 }.contains("have no record"))
            #expect(try problem { $1[68] = 2 }.contains("of another type"))
            #expect(try problem { $1 = Data() }.contains("version 2"))
            #expect(try problem { model, _ in try change(&model, "relu") { $0.type = "nonsense" } }.contains("nonsense"))
            #expect(try problem { model, _ in try change(&model, "relu") { $0.inputs = [:] } }.contains("relu"))
            let other = try problem { model, _ in
                try change(&model, "conv") { $0.outputs[0].type.tensorType.dimensions[1].constant.size = 5 }
            }
            #expect(other.contains("the program says something else"))
            #expect(try problem { model, _ in model.program = MILProgram() }.contains("no main function"))
            try Data("{}".utf8).write(to: url.appending(path: "Manifest.json"))
            #expect(throws: ExportError.self) { try CoreMLPackage(contentsOf: url, name: "x") }
        }
    }

    @Test func foldersAreReplacedAsAWholeOrNotAtAll() throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            let export = try ModelExport(file, options: Self.options(.f16, size: ImageSize(32)))
            let url = folder.appending(path: "model.mlpackage")
            func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
            for _ in 0..<2 {
                _ = try export.writeCoreML(to: url)
                #expect(try names() == ["generator.safetensors", "model.mlpackage"])
            }
            let first = try Data(contentsOf: url.appending(path: CoreMLPackage.modelPath))
            _ = try export.writeCoreML(to: url, verifies: false)
            #expect(try Data(contentsOf: url.appending(path: CoreMLPackage.modelPath)) == first)
            // What is no package stays.
            let other = folder.appending(path: "own.mlpackage")
            try FileManager.default.createDirectory(at: other.appending(path: "mine"), withIntermediateDirectories: true)
            #expect(throws: FileError.self) { try export.writeCoreML(to: other) }
            #expect(throws: FileError.self) { try export.writeCoreML(to: folder.appending(path: "none/model.mlpackage")) }
            // A difference leaves the old one.
            let weight = try #require(file.generator.namedParameters.first?.tensor)
            let package = try CoreMLExport(description: file.description, options: export.options).package(
                of: file.generator, metadata: CoreMLMetadata())
            withoutGradients { weight.copy(from: weight + Double.nan) }
            let error = #expect(throws: ExportError.self) { try export.writeCoreML(to: url) }
            #expect("\(try #require(error))".contains("not finite"))
            #expect(try Data(contentsOf: url.appending(path: CoreMLPackage.weightPath)) == package.weights)
            #expect(try names() == ["generator.safetensors", "model.mlpackage", "own.mlpackage"])
        }
    }

    /// A layer that says nothing of what it does.
    private final class Strange: Module, Layer {
        func callAsFunction(_ input: Tensor) -> Tensor { input }
    }

    @Test func whatCannotBeWrittenIsSaid() throws {
        let description = GeneratorDescription(
            .aToB, configuration: GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4), input: DomainConfiguration(),
            output: DomainConfiguration())
        let export = CoreMLExport(description: description, options: Self.options(.int8))
        #expect(throws: ExportError.unknownLayer(name: "1", operation: "Strange", format: "Core ML")) {
            try export.package(of: Sequential([ReLU(), Strange()]), metadata: CoreMLMetadata())
        }
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            let error = #expect(throws: ExportError.self) {
                try ModelExport(file, options: Self.options(.palette4, pictures: false)).writeONNX(to: folder.appending(path: "a.onnx"))
            }
            #expect("\(try #require(error))".contains("found the precision palette4; allowed: f32, f16, int8 in ONNX"))
        }
    }

    /// Sizes are multiples of the network's stride.
    @Test(arguments: [(5, [256, 512, 512, 384, 768, 1024, 1024, 768]), (8, [256, 512, 768, 1024, 1024, 768]), (9, [512, 1024])])
    func sizesFitTheNetwork(_ downsamplings: Int, _ widths: [Int]) {
        let configuration = GeneratorConfiguration(architecture: .unet(downsamplings: downsamplings), filters: 4)
        let description = GeneratorDescription(
            .aToB, configuration: configuration, input: DomainConfiguration(), output: DomainConfiguration())
        #expect(CoreMLExport(description: description, options: ExportOptions()).sizes.map(\.width) == widths)
    }
}
