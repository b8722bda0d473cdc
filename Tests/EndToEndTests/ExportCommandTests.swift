import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import TorchNN

/// `cyclegan export`.
struct ExportCommandTests {
    private func withModel(_ body: (URL, ([String]) throws -> CommandRunner.Result) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4)
            let domain = DomainConfiguration()
            var description = GeneratorDescription(.aToB, configuration: configuration, input: domain, output: domain)
            description.translations.append(.bToA)
            var state = configuration.makeGenerator().stateDict()
            state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
            try state.write(to: folder.appending(path: "model.safetensors"))
            try writeSyntheticImages(["pictures": 1], to: folder)
            try body(folder) { try CommandRunner.run(["export", "model.safetensors"] + $0, in: folder, workingFolder: folder) }
        }
    }

    @Test func aModelIsWrittenAndCompared() throws {
        try withModel { folder, export in
            let made = try export(["--direction", "BtoA", "--output", "a.onnx", "--images", "--picture", "pictures/000.png"])
            #expect(made.status == 0 && made.output.hasPrefix("Exported B to A: differs by at most "), "\(made)")
            #expect(made.output.contains("levels") && made.output.hasSuffix("/a.onnx\n"))
            let unchecked = try export(["--direction", "AtoB", "--output", "b.onnx", "--precision", "f16", "--no-verify"])
            #expect(unchecked.output.hasPrefix("Exported A to B: not compared, "), "\(unchecked)")
        }
    }

    @Test func aCoreMLPackageIsWrittenAndCompared() throws {
        try withModel { folder, export in
            let common = ["--direction", "AtoB", "--format", "coreml", "--output", "a.mlpackage"]
            let made = try export(common + ["--precision", "palette6", "--picture", "pictures/000.png", "--author", "Ann"])
            #expect(made.status == 0 && made.output.hasPrefix("Exported A to B: differs by at most "), "\(made)")
            #expect(made.output.contains(" levels, PSNR ") && made.output.hasSuffix("/a.mlpackage\n"))
            let manifest = folder.appending(path: "a.mlpackage/Manifest.json")
            #expect(FileManager.default.fileExists(atPath: manifest.path))
            // One that is there is replaced.
            let numbers = try export(common + ["--no-images", "--size", "32x48", "--portable"])
            #expect(numbers.status == 0 && numbers.output.contains(" of -1...1, PSNR "), "\(numbers)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(names) == ["a.mlpackage", "model.safetensors", "pictures"])
        }
    }

    @Test func whatDoesNotFitIsSaid() throws {
        try withModel { folder, export in
            let cases: [([String], Int32, String)] = [
                (["--output", "a.onnx"], 64, "choose one with --direction"),
                (["--direction", "AtoB", "--output", "a.safetensors"], 64, "expected a file that ends in .onnx"),
                (["--direction", "AtoB", "--output", "a.onnx", "--size", "30"], 1, "allowed: multiples of 4"),
                (["--direction", "AtoB", "--output", "none/a.onnx"], 1, "none"),
                (["--direction", "AtoB", "--output", "a.onnx", "--precision", "int4"], 64, "int4"),
                (["--direction", "AtoB", "--output", "a.onnx", "--precision", "palette4"], 1, "allowed: f32, f16, int8 in ONNX"),
                (["--direction", "AtoB", "--format", "coreml", "--output", "a.onnx"], 64, "expected a file that ends in .mlpackage"),
                (["--direction", "AtoB", "--format", "coreml", "--output", "pictures/000.png/a.mlpackage"], 1, "pictures/000.png"),
            ]
            for (arguments, status, expected) in cases {
                let result = try export(arguments)
                #expect(result.status == status && result.errors.contains(expected), "\(arguments): \(result)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "a.onnx").path))
        }
    }
}
