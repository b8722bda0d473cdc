import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@Suite struct ConvertCommandTests {
    private let generator = GeneratorConfiguration(architecture: .resnet(blocks: 6), filters: 2)

    /// A foreign file becomes one that says what it is; info shows it, and translations stay the same.
    @Test func aForeignFileIsGivenWhatItLacks() throws {
        try withTemporaryFolder { folder in
            let state = StateDict(generator.makeGenerator().stateDict().map { ("state_dict.netG.\($0.name)", $0.tensor) })
            try state.write(to: folder.appending(path: "foreign.pth"))
            try Data("The licence\nin full".utf8).write(to: folder.appending(path: "LICENCE"))
            let converted = try CommandRunner.run(
                [
                    "convert", "foreign.pth", "--output", "own.pth", "--layout", "reference", "--domain-names", "horse,zebra", "--note",
                    "a try", "--licence", "LICENCE",
                ], in: folder, workingFolder: folder)
            #expect(converted.status == 0, "\(converted)")
            #expect(converted.output.contains("Model: \(folder.appending(path: "own.pth").path) (resnet6, horse to zebra)"), "\(converted)")
            #expect(converted.output.contains("Load it with: --netG resnet_6blocks --ngf 2 --norm instance"), "\(converted)")
            #expect(converted.errors.contains("took the network at 'state_dict.netG'"), "\(converted)")

            let info = try CommandRunner.run(["info", "own.pth"], in: folder, workingFolder: folder).output
            #expect(info.contains("horse to zebra") && info.contains("note: a try") && info.contains("licence: The licence\n"), "\(info)")
            let ranged = try CommandRunner.run(
                ["convert", "own.pth", "--output", "deep.safetensors", "--range", "horse=0,4095"], in: folder, workingFolder: folder)
            #expect(ranged.status == 0, "\(ranged)")
            let deep = try CommandRunner.run(["info", "deep.safetensors"], in: folder, workingFolder: folder).output
            #expect(deep.contains("values 0...4095 -> 0...255") && deep.contains("note: a try"), "\(deep)")
            let image = PixelImage(width: 16, height: 12, bands: 3, bytes: (0..<16 * 12 * 3).map { UInt8(($0 * 37) % 256) })
            try image.write(to: folder.appending(path: "a.png"))
            var results: [PixelImage] = []
            for model in ["foreign.pth", "own.pth"] {
                let done = try CommandRunner.run(
                    ["translate", "a.png", "--model", model, "--output", "\(model).png"], in: folder, workingFolder: folder)
                #expect(done.status == 0, "\(done)")
                results.append(try PixelImage(contentsOf: folder.appending(path: "\(model).png")))
            }
            #expect(results[0] == results[1] && results[0] != image)
        }
    }

    /// What cannot be done ends with a message, and with no file.
    @Test func whatCannotBeConvertedIsSaid() throws {
        try withTemporaryFolder { folder in
            var plain = generator
            plain.upsampling = .resize
            try plain.makeGenerator().stateDict().write(to: folder.appending(path: "g.safetensors"))
            let rejected: [(arguments: [String], status: Int32, text: String)] = [
                (["--output", "o.pth", "--layout", "reference"], 1, "upsampling: found resize; allowed: deconv with the layout reference"),
                (["--output", "o.onnx"], 1, "unknown extension 'onnx'; use .safetensors, or .pth or .pt for PyTorch"),
                (["--output", "g.safetensors"], 1, "is the model itself and would be overwritten"),
                (["--output", "o.pth", "--domain-names", "one"], 64, "expected two different names"),
                (["--output", "o.pth", "--range", "percentile:1,99"], 64, "give two numbers, such as A=0,4095"),
                (["--output", "o.pth", "--network", "none"], 1, "none of its networks is called 'none'"),
            ]
            for (arguments, status, text) in rejected {
                let result = try CommandRunner.run(["convert", "g.safetensors"] + arguments, in: folder, workingFolder: folder)
                #expect(result.status == status && result.errors.contains(text), "\(result)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix("o.") })
        }
    }

    /// Files that only look like weights are called what they are.
    @Test func whatIsNoWeightsIsCalledByName() throws {
        try withTemporaryFolder { folder in
            let files = [
                ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a Git LFS pointer, not weights; get the file"),
                ("\n<!DOCTYPE html><html></html>", "a web page, not weights"), ("hello", "begins with the text \"hello\""),
            ]
            for (content, text) in files {
                try Data(content.utf8).write(to: folder.appending(path: "net.pth"))
                let result = try CommandRunner.run(["info", "net.pth"], in: folder, workingFolder: folder)
                #expect(result.status == 1 && result.errors.contains(text), "\(result)")
            }
        }
    }

    /// Two saved sets of statistics need no network; the distance of two normal distributions in one dimension is (m1 - m2)² + (s1 - s2)².
    @Test func statisticsAreComparedWithoutWeights() throws {
        try withTemporaryFolder { folder in
            for (name, mean, variance) in [("a", 1.0, 4.0), ("b", 3.0, 25.0)] {
                let contents = StateDict([("mu", Tensor([mean], shape: [1])), ("sigma", Tensor([variance], shape: [1, 1]))])
                try contents.write(to: folder.appending(path: "\(name).safetensors"))
            }
            let result = try CommandRunner.run(
                ["metrics", "fid", "a.safetensors", "b.safetensors"], in: folder, environment: ["XDG_CACHE_HOME": folder.path],
                workingFolder: folder)
            #expect(result.status == 0 && result.output.hasPrefix("FID: 13.0000"), "\(result)")
        }
    }

    /// A file of published StarGAN does not name its domains.
    @Test func domainsOfAPublishedFileGetNames() throws {
        try withTemporaryFolder { folder in
            var star = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2, normalization: .affineInstance)
            (star.conditions, star.conditioning, star.zeroPadding, star.samplingKernelSize) = (3, .planes, [.ends, .blocks], 4)
            (star.convolutionBias, star.hasFinalBias) = (false, false)
            let state = star.makeGenerator(random: TorchRandom(seed: 3)).stateDict()
            let published = StateDict(
                state.map { ($0.name.replacing("model.", with: "main.").replacing("conv_block", with: "main"), $0.tensor) })
            let (file, named) = (folder.appending(path: "G.pth"), folder.appending(path: "named.safetensors"))
            try published.write(to: file)
            try PixelImage.synthetic(variant: 1, width: 16, height: 16).write(to: folder.appending(path: "face.png"))
            func run(_ arguments: String...) throws -> CommandRunner.Result {
                try CommandRunner.run(arguments, in: folder, workingFolder: folder)
            }
            let converted = try run("convert", "G.pth", "--output", "named.safetensors", "--domain-names", "black,blond,brown")
            #expect(converted.output == "Model: \(named.path) (resnet1, between black, blond, brown)\n", "\(converted)")
            let info = try run("info", "named.safetensors").output
            #expect(info.contains("told one of 3 by planes") && info.contains("between black, blond, brown"), "\(info)")
            #expect(try run("translate", "face.png", "--model", "G.pth", "--to", "1", "--output", "one.png").status == 0)
            let result = try run("translate", "face.png", "--model", "named.safetensors", "--to", "blond", "--output", "blond.png")
            #expect(result.output.contains("to blond"), "\(result)")
            let pictures = try ["one.png", "blond.png"].map { try PixelImage(contentsOf: folder.appending(path: $0)) }
            #expect(pictures[0] == pictures[1])
            let few = try run("convert", "G.pth", "--output", "few.safetensors", "--domain-names", "black,blond")
            #expect(few.status == 1 && few.errors.contains("3 domains, 0, 1, 2, and 2 names"), "\(few)")
        }
    }
}
