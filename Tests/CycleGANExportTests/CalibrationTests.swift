import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANExport

/// Exports whose activations have 8 bits.
struct CalibrationTests {
    static var pictures: [PixelImage] {
        [(48, 64), (96, 80)].map { height, width in
            PixelImage(
                tensor: ModelExport.madeUp(channels: 3, ImageSize(height: height, width: width)), domain: DomainConfiguration())
        }
    }

    /// (x / scale + zero) and back is x within half a step.
    @Test func rangesBecomeScales() {
        let scale = ActivationScale(-1...4)
        #expect(scale.scale == 5 / 255 && scale.zero == 51)
        let positive = ActivationScale(0...2)
        #expect(positive.zero == 0)
    }

    @Test func rangesAreThoseOfTheMaps() throws {
        let network = Sequential([Conv2d(inputChannels: 1, outputChannels: 1, kernelSize: 1), ReLU()])
        let convolution = try #require(network.layers[0] as? Conv2d)
        withoutGradients { convolution.weight.fill(-2) }
        let inputs = [Tensor([Float(-1), 3], shape: [1, 1, 1, 2]), Tensor([Float(1), 5], shape: [1, 1, 1, 2])]
        let found = Calibration(network, inputs: inputs)
        // Means of -1 and 1, of 3 and 5; of -6 and -10, of 2 and -2. Zero always belongs to them.
        #expect(found[Graph.Value(index: 0)] == 0...4)
        #expect(found[Graph.Value(index: 1)] == -8...1e-6)
        #expect(found[Graph.Value(index: 2)] == nil)
    }

    /// Nearly the same comes out, and all convolutions work on whole numbers: between QuantizeLinear and DequantizeLinear on both sides.
    @Test func activationsBecomeWholeNumbers() throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            var options = ExportOptions()
            options.precision = .int8
            let url = folder.appending(path: "whole.onnx")
            let result = try ModelExport(file, options: options, calibration: Self.pictures).writeONNX(to: url)
            let plain = try ModelExport(file, options: options).writeONNX(to: folder.appending(path: "plain.onnx"))
            let (psnr, best) = (try #require(result.psnr), try #require(plain.psnr))
            #expect(psnr > 25 && psnr < best)
            let graph = try ONNXFile(contentsOf: url).model.graph
            let makers = Dictionary(graph.node.map { ($0.output[0], $0.opType) }) { first, _ in first }
            let convolutions = graph.node.filter { $0.opType == "Conv" }
            #expect(convolutions.count == 6)
            for node in convolutions {
                #expect(node.input.allSatisfy { makers[$0] == "DequantizeLinear" })
                let readers = graph.node.filter { $0.input.contains(node.output[0]) }
                #expect(readers.map(\.opType) == ["QuantizeLinear"])
            }
        }
    }

    /// The same in Core ML, between `quantize` and `dequantize`; for iOS 17 and later.
    @Test func activationsBecomeWholeNumbersInCoreML() throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            var options = ExportOptions()
            (options.precision, options.takesPictures) = (.int8, true)
            let url = folder.appending(path: "whole.mlpackage")
            let result = try ModelExport(file, options: options, calibration: Self.pictures).writeCoreML(to: url)
            let plain = try ModelExport(file, options: options).writeCoreML(to: folder.appending(path: "plain.mlpackage"))
            let (psnr, best) = (try #require(result.psnr), try #require(plain.psnr))
            #expect(psnr > 25 && psnr < best)
            let model = try CoreMLPackage(contentsOf: url, name: "").model
            #expect(model.specificationVersion == 8)
            let operations = try #require(model.program.functions["main"]?.blockSpecializations["CoreML7"]?.operations)
            let makers = Dictionary(operations.map { ($0.outputs[0].name, $0.type) }) { first, _ in first }
            let convolutions = operations.filter { $0.type == "conv" }
            #expect(convolutions.count == 6)
            for operation in convolutions {
                #expect(operation.inputs["x"].flatMap { makers[$0.arguments[0].name] } == "dequantize")
                let readers = operations.filter { other in
                    other.inputs.values.contains { $0.arguments.contains { $0.name == operation.outputs[0].name } }
                }
                #expect(readers.map(\.type) == ["quantize"])
            }
        }
    }

    @Test func onlyWholeNumbersAreCalibrated() throws {
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            var options = ExportOptions()
            options.precision = .f16
            #expect(throws: ExportError.self) { try ModelExport(file, options: options, calibration: Self.pictures) }
        }
    }
}
