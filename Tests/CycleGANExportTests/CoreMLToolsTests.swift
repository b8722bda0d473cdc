import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import TestSupport
import Testing
import Torch

@testable import CycleGANExport

/// Packages as coremltools sees them, which checks the types and shapes of every operation; their programs computed by NumPy.
@Suite(.enabled(if: PythonPeers.areThere, PythonPeers.reason)) struct CoreMLToolsTests {
    private struct Case: Encodable {
        struct Array: Encodable {
            var shape: [Int]
            var values: [Float]

            init(_ tensor: Tensor) { (shape, values) = (tensor.shape, tensor.contiguous().array(of: Float.self)) }
        }

        var inputs: [String: Array]
        var output: Array
    }

    /// Writes a package, and beside it inputs and what the generator makes of them.
    private func write(
        _ name: String, _ configuration: GeneratorConfiguration, _ options: ExportOptions, masking: GeneratorMasking? = nil,
        calibration: [PixelImage] = [], in folder: URL
    ) throws {
        let file = try ONNXExportTests.file(configuration, masking: masking, in: folder)
        let export = try ModelExport(file, options: options, calibration: calibration)
        _ = try export.writeCoreML(to: folder.appending(path: "\(name).mlpackage"), verifies: false)
        let stride = configuration.stride
        let size = options.size ?? (masking == nil ? ImageSize(height: max(stride, 12), width: 2 * max(stride, 12)) : ImageSize(256))
        guard size.width <= 128 else { return }
        var random = SplitMix64(seed: 5)
        let channels = file.description.images(of: .a).channels
        let values = (0..<channels * size.height * size.width).map { _ in Float((random.uniform() * 255).rounded()) / 127.5 - 1 }
        let image = Tensor(values, shape: [1, channels, size.height, size.width])
        let form = PictureForm.coreML
        let inputs = export.inputs(image, form)
        var output = withoutGradients { export.expected(image, form) }
        if options.precision.isCompressed {
            // Other weights make another picture: the one of our interpreter.
            let program = try MILInterpreter(CoreMLPackage(contentsOf: folder.appending(path: "\(name).mlpackage"), name: name), file: name)
            output = try #require(withoutGradients { try program(inputs) }["translation"])
        }
        let content = Case(inputs: inputs.mapValues { Case.Array($0) }, output: Case.Array(output))
        try JSONEncoder().encode(content).write(to: folder.appending(path: "\(name).json"))
    }

    @Test func packagesAreWhatCoreMLToolsReads() throws {
        try withTemporaryFolder { folder in
            var limits: [String: Double] = [:]
            for (index, kind) in ONNXExportTests.kinds.enumerated() {
                for (form, isPortable) in [("any", false), ("fixed", true)] {
                    var options = ExportOptions()
                    options.isPortable = isPortable
                    if form == "fixed" { options.size = ImageSize(height: 32, width: 64) }
                    try write("\(index)-\(form)", kind.configuration, options, in: folder)
                    limits["\(index)-\(form)"] = 1e-4
                }
            }
            for precision in ExportPrecision.allCases {
                var options = ExportOptions()
                (options.precision, options.takesPictures, options.size) = (precision, true, ImageSize(height: 24, width: 32))
                for (name, masking) in [("plain", nil), ("masked", GeneratorMasking.composite)] {
                    let configuration = ONNXExportTests.configuration { if masking != nil { $0.inputChannels = 4 } }
                    try write("\(precision)-\(name)", configuration, options, masking: masking, in: folder)
                    // In levels.
                    limits["\(precision)-\(name)"] = precision == .f32 ? 1 : 2
                }
            }
            var whole = ExportOptions()
            (whole.precision, whole.size) = (.int8, ImageSize(height: 32, width: 64))
            try write("whole", ONNXExportTests.configuration { _ in }, whole, calibration: CalibrationTests.pictures, in: folder)
            // A step in one map becomes many in others, so that the mean counts: 0.03 of -1...1 is four steps of the output's own.
            limits["whole"] = 2
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "scripts/check_coreml.py")
            let result = try PythonPeers.run([script.path, folder.path], in: folder)
            #expect(result.status == 0, "\(result.output)")
            // coremltools says on lines of its own what it misses on Linux.
            let lines = result.output.split(separator: "\n").map { $0.split(separator: "\t") }.filter { $0.count > 1 }
            #expect(Set(lines.map { String($0[0]) }) == Set(limits.keys))
            for line in lines {
                let difference = try #require(Double(line[1]), "\(line)")
                #expect(difference <= limits[String(line[0])] ?? 0, "\(line)")
                if line[0] == "whole" { #expect(try #require(Double(line[2])) < 0.03, "\(line)") }
            }
        }
    }
}
