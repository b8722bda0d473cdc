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

/// Exported files in ONNX Runtime, after `onnx.checker`: all in one Python.
@Suite(.enabled(if: PythonPeers.areThere, PythonPeers.reason)) struct PeerExportTests {
    /// Files with what they are to give, in a folder.
    private final class Cases {
        let folder: URL
        private(set) var limits: [String: Double] = [:]

        init(_ folder: URL) { self.folder = folder }

        func url(_ name: String) -> URL { folder.appending(path: "\(name).onnx") }

        func add(_ name: String, limit: Double, _ cases: [(inputs: [String: Tensor], outputs: [String: Tensor])]) throws {
            limits[name] = limit
            for (number, ports) in cases.enumerated() {
                let tensors =
                    ports.inputs.map { ("input.\($0.key)", $0.value.contiguous()) }
                    + ports.outputs.map { ("output.\($0.key)", $0.value.contiguous()) }
                try StateDict(tensors).write(to: folder.appending(path: "\(name).\(number + 1).safetensors"))
            }
        }

        /// Runs all of them.
        func check() throws {
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "scripts/check_onnx.py")
            let result = try PythonPeers.run([script.path, folder.path], in: folder)
            #expect(result.status == 0, "\(result.output)")
            var missing = Set(limits.keys)
            for line in result.output.split(separator: "\n") {
                let parts = line.split(separator: "\t").map(String.init)
                guard parts.count == 3, let limit = limits[parts[0]], let difference = Double(parts[2]) else { continue }
                missing.remove(parts[0])
                #expect(difference <= limit, "\(parts[0]): differs by \(difference)")
            }
            #expect(missing.isEmpty, "\(missing.sorted()): \(result.output)")
        }
    }

    /// Images in -1...1 whose values are levels of 8 bits.
    private static func images(_ count: Int, _ channels: Int, _ height: Int, _ width: Int) -> Tensor {
        let images = (0..<count).map {
            ModelExport.madeUp(channels: channels, ImageSize(height: height, width: width)) * (1 - 0.3 * Double($0))
        }
        return ((Tensor.concatenated(images, dimension: 0) + 1) * 127.5).rounded() / 127.5 - 1
    }

    private static func levels(_ images: Tensor) -> Tensor {
        ((images + 1) * 127.5).rounded().clamped(to: 0...255).to(.uint8).permuted([0, 2, 3, 1]).contiguous()
    }

    /// Adds a generator with a batch of two images, each told something else, and a single one of another size where there may be one.
    private func add(
        _ name: String, _ file: GeneratorFile, _ options: ExportOptions = ExportOptions(), calibration: [PixelImage] = [], to cases: Cases
    ) throws {
        _ = try ModelExport(file, options: options, calibration: calibration).writeONNX(to: cases.url(name), verifies: false)
        let (description, configuration) = (file.description, file.description.configuration)
        let channels = description.images(of: file.translation.from).channels
        let sizes = options.size.map { [(2, $0.height, $0.width)] } ?? [(2, 32, 64), (1, 96, 32)]
        let interpreter = try ONNXInterpreter(ONNXFile(contentsOf: cases.url(name)).model, file: name)
        let all = try sizes.map { count, height, width in
            let image = Self.images(count, channels, height, width)
            var inputs = ["image": options.takesPictures ? Self.levels(image) : image]
            let mask = description.masking.map { _ in
                Tensor((0..<count * height * width).map { $0 % 3 == 0 ? 1 : 0 as Float }, shape: [count, 1, height, width])
            }
            inputs["mask"] = mask
            let told = configuration.conditions
            let numbers = (0..<count * told).map { index -> Float in
                configuration.hasStrength ? 0.25 + 0.5 * Float(index) : index % told == (index / told + 1) % told ? 1 : 0
            }
            let condition = told > 0 ? Tensor(numbers, shape: [count, told]) : nil
            inputs["condition"] = condition
            if options.precision == .int8 { return (inputs, try withoutGradients { try interpreter(inputs) }) }
            let made = withoutGradients { description.translate(image, mask: mask, condition: condition, with: file.generator) }
            return (inputs, ["translation": options.takesPictures ? Self.levels(made) : made])
        }
        // Whole numbers that are rounded the other way go on from layer to layer.
        let limit = options.takesPictures ? 1 : options.precision == .f16 ? 5e-3 : calibration.isEmpty ? 1e-4 : 0.05
        try cases.add(name, limit: limit, all)
    }

    @Test func generatorsDoWhatTheyDoHere() throws {
        try withTemporaryFolder { folder in
            let cases = Cases(folder)
            for (name, configuration) in ONNXExportTests.kinds {
                let file = try ONNXExportTests.file(configuration, in: folder)
                try add(name, file, to: cases)
                var portable = ExportOptions()
                portable.isPortable = true
                if configuration.zeroPadding.isEmpty { try add("\(name) portable", file, portable, to: cases) }
            }
            for masking in [GeneratorMasking.input, .composite] {
                let configuration = ONNXExportTests.configuration { $0.inputChannels = 4 }
                try add("mask \(masking)", ONNXExportTests.file(configuration, masking: masking, in: folder), to: cases)
            }
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            func addPlain(_ name: String, _ change: (inout ExportOptions) -> Void) throws {
                var options = ExportOptions()
                change(&options)
                try add(name, file, options, to: cases)
            }
            try addPlain("f16") { $0.precision = .f16 }
            try addPlain("int8") { $0.precision = .int8 }
            let pictures = [(40, 48), (64, 32)].map { height, width in
                PixelImage(tensor: Self.images(1, 3, height, width), domain: DomainConfiguration())
            }
            for (name, change) in [("plain", { _ in }), ("mobile", { $0.architecture = .mobile(blocks: 2) })]
                as [(String, (inout GeneratorConfiguration) -> Void)]
            {
                var options = ExportOptions()
                options.precision = .int8
                let whole = try ONNXExportTests.file(ONNXExportTests.configuration(change), in: folder)
                try add("\(name) of whole numbers", whole, options, calibration: pictures, to: cases)
            }
            try addPlain("pictures") { $0.takesPictures = true }
            try addPlain("pictures portable") { ($0.takesPictures, $0.isPortable) = (true, true) }
            try addPlain("one size") { $0.size = ImageSize(height: 48, width: 32) }
            try addPlain("pictures of one size") { ($0.takesPictures, $0.size) = (true, ImageSize(height: 48, width: 32)) }
            let whole = try GeneratorExport(description: file.description, options: ExportOptions()).graph(of: file.generator)
            _ = try ONNXFile(whole, metadata: ["a": "b"]).write(to: cases.url("weights beside"), largestMessage: 1000)
            let image = Self.images(1, 3, 32, 32)
            try cases.add("weights beside", limit: 1e-4, [(["image": image], ["translation": withoutGradients { file.generator(image) }])])
            try cases.check()
        }
    }

    @Test func discriminatorsDoWhatTheyDoHere() throws {
        try withTemporaryFolder { folder in
            let cases = Cases(folder)
            for (name, configuration) in DiscriminatorExportTests.kinds {
                for precision in [ExportPrecision.f32, .f16] {
                    let file = try DiscriminatorExportTests.file(configuration, in: folder)
                    var options = ExportOptions()
                    (options.precision, options.takesPictures) = (precision, precision == .f16 && configuration.inputChannels == 3)
                    let (export, name) = (try DiscriminatorExport(file, options: options), "\(name) \(precision)")
                    _ = try export.writeONNX(to: cases.url(name), verifies: false)
                    let sides = configuration.domains > 0 ? [(32, 32)] : [(64, 80), (97, 64)]
                    try cases.add(
                        name, limit: precision == .f32 ? 1e-4 : 2e-2,
                        sides.map { height, width in
                            let image = Self.images(2, configuration.inputChannels, height, width)
                            return (["image": options.takesPictures ? Self.levels(image) : image], export.expected(image))
                        })
                }
            }
            try cases.check()
        }
    }
}
