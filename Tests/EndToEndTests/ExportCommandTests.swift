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
            // What the command printed lies there too.
            #expect(Set(names.filter { !$0.hasSuffix(".txt") }) == ["a.mlpackage", "model.safetensors", "pictures"])
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

    /// A run has discriminators, under the names that `info` lists.
    @Test func aDiscriminatorIsWritten() throws {
        try withTemporaryFolder { folder in
            let generator = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2).makeGenerator()
            let discriminator = DiscriminatorConfiguration(filters: 4, layerCount: 1).makeDiscriminator()
            try StateDict(
                generator.stateDict().map { ("networks.generatorAB.\($0.name)", $0.tensor) }
                    + discriminator.stateDict().map { ("networks.discriminatorB.\($0.name)", $0.tensor) }
            ).write(to: folder.appending(path: "c.safetensors"))
            try discriminator.stateDict().write(to: folder.appending(path: "latest_net_D_A.pth"))
            func export(_ arguments: String...) throws -> CommandRunner.Result {
                try CommandRunner.run(["export"] + arguments, in: folder, workingFolder: folder)
            }
            let named = try export("c.safetensors", "--network", "discriminatorB", "--output", "d.onnx")
            #expect(named.status == 0 && named.output.hasPrefix("Exported networks.discriminatorB: differs by at most "), "\(named)")
            let alone = try export("latest_net_D_A.pth", "--output", "e.onnx", "--precision", "int8", "--images")
            #expect(alone.status == 0 && alone.output.hasPrefix("Exported a discriminator: differs"), "\(alone)")
            let wrong = try export("latest_net_D_A.pth", "--output", "f.onnx", "--direction", "AtoB")
            #expect(wrong.status == 64 && wrong.errors.contains("a discriminator translates nothing"), "\(wrong)")
            let none = try export("c.safetensors", "--network", "discriminatorC", "--output", "f.onnx")
            #expect(none.status == 1 && none.errors.contains("none of its networks is called 'discriminatorC'"), "\(none)")
        }
    }

    @Test func aFolderForAHubIsWritten() throws {
        try withModel { folder, export in
            try Data("Ask me\nfirst".utf8).write(to: folder.appending(path: "terms.txt"))
            let made = try export([
                "--all", "--direction", "AtoB", "--output", "hub", "--licence", "terms.txt", "--picture", "pictures/000.png", "--portable",
            ])
            #expect(made.status == 0 && made.errors.isEmpty && made.output.contains("model-int8.onnx: differs by at most"), "\(made)")
            #expect(try String(contentsOf: folder.appending(path: "hub/LICENSE.txt"), encoding: .utf8) == "Ask me\nfirst\n")
            let cases: [([String], Int32, String)] = [
                (["--all", "--direction", "AtoB", "--output", "hub"], 1, "hub: cannot write: File exists"),
                (["--all", "--output", "new"], 64, "choose one with --direction"),
                (["--all", "--direction", "AtoB", "--output", "new", "--precision", "f16"], 64, "--all writes every format and precision"),
                (["--direction", "AtoB", "--output", "a.onnx", "--licence", "MIT"], 64, "--licence goes with --all"),
            ]
            for (arguments, status, expected) in cases {
                let result = try export(arguments)
                #expect(result.status == status && result.errors.contains(expected), "\(arguments): \(result)")
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix("new") && !$0.hasPrefix(".") })
        }
    }

    /// On a disk that is full, or that cannot be written to, there is an error that says so, and nothing else.
    @Test(arguments: ["size=16k", "ro"], [["a.onnx"], ["hub", "--all"]]) func aDiskThatTakesNothingKeepsNothing(
        mount: String, output: [String]
    ) throws {
        try withModel { folder, _ in
            let disk = folder.appending(path: "disk")
            try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: false)
            let script = """
                mount -t tmpfs -o "$3" none "$2" || exit 125; output=$4; shift 4
                "$0" export model.safetensors --direction AtoB --output "disk/$output" "$@"; status=$?
                [ -z "$(ls -A disk)" ] || exit 124; exit $status
                """
            let shell = URL(filePath: "/usr/bin/unshare")
            guard FileManager.default.isExecutableFile(atPath: shell.path) else { return }
            let result = try PythonPeers.run(
                shell, ["-r", "-m", "/bin/sh", "-c", script, CommandRunner.executable.path, "", disk.path, mount] + output, in: folder)
            // Not every machine lets a user mount anything.
            if result.output.contains("mount:") || result.output.contains("unshare:") { return }
            #expect(result.status == 1, "\(result)")
            let expected =
                mount == "ro"
                ? "Read-only file system; choose a folder on a writable disk" : "No space left on device; free some disk space"
            #expect(result.output.contains(expected) && result.output.contains("disk/\(output[0])"), "\(result.output)")
        }
    }

    @Test func aFolderIsNoFile() throws {
        try withModel { folder, export in
            try FileManager.default.createDirectory(at: folder.appending(path: "a.onnx"), withIntermediateDirectories: false)
            let result = try export(["--direction", "AtoB", "--output", "a.onnx"])
            #expect(result.status == 1 && result.errors.contains("Is a directory; give the path of a file, not of a folder"), "\(result)")
        }
    }
}
