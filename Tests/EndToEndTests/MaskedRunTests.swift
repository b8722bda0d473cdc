import Foundation
import Imaging
import TestSupport
import Testing

@Suite(.serialized) struct MaskedRunTests {
    private func arguments(_ data: URL, run: URL, _ more: [String]) -> [String] {
        [
            "train", data.path, "--run", run.path, "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--discriminator-layers", "1",
            "--load-size", "20", "--crop-size", "16", "--pool-size", "3", "--device", "cpu", "--log-every", "1", "--sample-every", "1000",
        ] + more
    }

    private let masking = ["--masks", "--composite", "--mask-discriminator", "--mask-cycle"]

    private func withData(_ body: (_ folder: URL, _ data: URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            let counts = ["trainA": 4, "trainB": 3]
            try writeSyntheticImages(counts, to: data, width: 24, height: 20)
            try writeMasks(for: counts, to: data, width: 24, height: 20)
            try body(folder, data)
        }
    }

    private func checkpoint(_ run: URL) throws -> Data { try Data(contentsOf: run.appending(path: "checkpoints/latest.safetensors")) }

    @Test func aRunWithMasksGoesOnExactlyAndShowsThem() throws {
        try withData { folder, data in
            let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            let augmentation = masking + ["--full-size-samples", "--rotation", "10", "--color-jitter", "0.2,0.2,0.2,0.05"]
            let first = try CommandRunner.run(arguments(data, run: whole, augmentation + ["--max-steps", "10"]), in: folder)
            #expect(first.status == 0, "\(first.errors)")
            // By then the pools are full.
            try CommandRunner.run(arguments(data, run: parts, augmentation + ["--max-steps", "6"]), in: folder)
            let resumed = try CommandRunner.run(["train", "--resume", parts.path, "--max-steps", "10"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try checkpoint(parts) == checkpoint(whole))

            // Samples of 16 x 16 pixels in columns of 128 with gutters of 4, below the title and the captions of each translation: the image,
            // its mask, the translation, the way back, the identity.
            let sheet = try PixelImage(contentsOf: whole.appending(path: "samples/step-00000000.png"))
            #expect(sheet.size == ImageSize(height: 26 + 2 * (20 + 4 * 20), width: 4 + 5 * 132))
            func picture(_ column: Int) -> [UInt8] { sheet.cropped(x: 4 + column * 132, y: 46, size: ImageSize(16)).bytes }
            let (real, mask, fake) = (picture(0), picture(1), picture(2))
            #expect(Set(mask) == [0, 255])
            #expect(mask.indices.allSatisfy { mask[$0] == 255 || fake[$0] == real[$0] })
            #expect(mask.indices.contains { mask[$0] == 255 && fake[$0] != real[$0] })

            let info = try CommandRunner.run(["info", whole.path], in: folder)
            #expect(
                info.output.contains("generatorAB: resnet1, 4 -> 3 channels, 4 filters, instance norm, A to B, masks (outside them the"))
            #expect(info.output.contains("discriminatorA: patch, 1 layer, 4 -> 1 channels"))
        }
    }

    @Test func aMissingFolderOfMasksStopsTheRun() throws {
        try withData { folder, data in
            try FileManager.default.removeItem(at: data.appending(path: "trainB_mask"))
            let result = try CommandRunner.run(arguments(data, run: folder.appending(path: "run"), masking), in: folder)
            #expect(result.status == 1)
            #expect(result.errors.contains("\(data.path)/trainB_mask: there is no such folder; with masks, it holds one for each image"))
        }
    }

    @Test func translationsTakeMasksAndKeepWhatIsOutside() throws {
        try withData { folder, data in
            let (run, output) = (folder.appending(path: "run"), folder.appending(path: "output"))
            try CommandRunner.run(arguments(data, run: run, ["--masks", "--composite", "--max-steps", "2"]), in: folder)
            let (images, masks) = (data.appending(path: "trainA"), data.appending(path: "trainA_mask"))
            func translate(_ input: URL, _ more: [String], to output: URL? = nil) throws -> CommandRunner.Result {
                let target = output ?? folder.appending(path: "output")
                return try CommandRunner.run(
                    ["translate", input.path, "--model", run.path, "--direction", "AtoB", "--output", target.path] + more, in: folder)
            }
            try FileManager.default.removeItem(at: masks.appending(path: "002.png"))
            let most = try translate(images, ["--masks", masks.path])
            #expect(most.status == 1)
            #expect(most.output.contains("Translated 3 of 4 images"))
            #expect(most.errors.contains("trainA/002.png: has no mask: \(masks.path) holds no 002 with an image extension"))
            for name in ["000", "001", "003"] {
                let before = try PixelImage(contentsOf: images.appending(path: name + ".png")).bytes
                let after = try PixelImage(contentsOf: output.appending(path: name + ".png")).bytes
                let mask = try PixelImage(contentsOf: masks.appending(path: name + ".png")).bytes
                let changed = before.indices.filter { before[$0] != after[$0] }
                #expect(!changed.isEmpty && changed.allSatisfy { mask[$0 / 3] == 255 })
            }
            let image = images.appending(path: "001.png")
            let single = try translate(image, ["--masks", masks.appending(path: "001.png").path], to: folder.appending(path: "one.png"))
            #expect(single.status == 0, "\(single.errors)")
            #expect(
                try PixelImage(contentsOf: folder.appending(path: "one.png")) == PixelImage(contentsOf: output.appending(path: "001.png")))

            /// (input, flags, output, words of the message).
            let calls: [(URL, [String], URL?, String)] = [
                (images, [], nil, "this generator was trained with masks, and none are given; add --masks"),
                (images, ["--masks", folder.path + "/absent"], nil, "absent does not exist; expected a folder of masks or one mask file"),
                (images, ["--masks", masks.path + "/000.png"], nil, "000.png for 4 images; give a folder of masks"),
                (images, ["--masks", masks.path], masks, "is an input or a mask and would be overwritten"),
            ]
            for (input, flags, output, words) in calls {
                let result = try translate(input, flags, to: output)
                #expect(result.status == 1)
                #expect(result.errors.contains(words), "\(result.errors)")
            }
        }
    }
}
