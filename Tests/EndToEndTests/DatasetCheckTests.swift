import Foundation
import TestSupport
import Testing

struct DatasetCheckTests {
    private let small = [
        "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--discriminator-layers", "1", "--load-size", "20", "--crop-size", "16",
        "--device", "cpu", "--epochs", "2", "--decay-epochs", "1",
    ]

    private func withDataset(_ body: (_ folder: URL, _ data: URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writeSyntheticImages(["trainA": 3, "trainB": 2], to: data, width: 24, height: 24)
            try body(folder, data)
        }
    }

    @Test func warningsDoNotChangeTheStatus() throws {
        try withDataset { folder, data in
            let result = try CommandRunner.run(["dataset", "check", data.path] + small, in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.isEmpty)
            #expect(result.output.contains("  warning  trainA has 3 images; 1000 or more are recommended\n"))
            #expect(result.output.contains(" s per step on cpu, "))
            #expect(result.output.contains(" per epoch of 3 steps, "))
            #expect(result.output.hasSuffix("\n0 errors, 2 warnings\n"))
        }
    }

    @Test func jsonHoldsFoldersFindingsAndEstimate() throws {
        try withDataset { folder, data in
            let result = try CommandRunner.run(["dataset", "check", data.path, "--json"] + small, in: folder)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(Set(object.keys) == ["schema", "data", "folders", "findings", "estimate", "errors", "warnings"])
            #expect(object["warnings"] as? Int == 2)
            let estimate = try #require(object["estimate"] as? [String: Any])
            #expect(estimate["stepsPerEpoch"] as? Int == 3)
            #expect(estimate["totalSteps"] as? Int == 9)
            let seconds = try #require(estimate["secondsPerStep"] as? Double)
            #expect(seconds > 0)
            #expect(abs(try #require(estimate["secondsPerRun"] as? Double) - 9 * seconds) < 1e-9 * seconds)
            #if os(Linux)
                #expect(try #require(estimate["peakMemory"] as? Int) > 10_000_000)
            #endif
        }
    }

    @Test func errorsGiveStatusOneAndNoEstimate() throws {
        try withDataset { folder, data in
            for file in ["000.png", "001.png"] { try Data("text".utf8).write(to: data.appending(path: "trainA/\(file)")) }
            let damaged = try CommandRunner.run(["dataset", "check", data.path] + small, in: folder)
            #expect(damaged.status == 1)
            #expect(damaged.output.contains("  error    2 of 3 images of trainA cannot be used"))
            #expect(damaged.output.contains("  note     none while there are errors\n"))

            try FileManager.default.removeItem(at: data.appending(path: "trainB"))
            let missing = try CommandRunner.run(["dataset", "check", data.path, "--no-estimate", "--json"] + small, in: folder)
            #expect(missing.status == 1)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(missing.output.utf8)) as? [String: Any])
            #expect(object["errors"] as? Int == 2)
            #expect(object["estimate"] == nil)
        }
    }

    @Test func pairsAreCheckedForPix2Pix() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writePairs(0..<3, .halves, to: data, width: 24, height: 24)
            let pairs = ["dataset", "check", data.path, "--objective", "pix2pix"] + small
            let good = try CommandRunner.run(pairs, in: folder)
            #expect(good.status == 0, "\(good.errors)")
            #expect(good.output.contains("  train   3 images   24x24   RGB 8 bit\n"))
            #expect(good.output.contains("  ok       every picture of train has two halves\n"))
            #expect(good.output.contains(" per epoch of 3 steps, "))
            let unpaired = try CommandRunner.run(["dataset", "check", data.path] + small, in: folder)
            #expect(unpaired.status == 1)
            #expect(unpaired.output.contains("with both images side by side these are a set of pairs, for objective pix2pix"))

            try writeSyntheticImages(["train": 1], to: data, width: 47, height: 24)
            let odd = try CommandRunner.run(pairs, in: folder)
            #expect(odd.status == 1)
            #expect(
                odd.output.contains("  error    1 of 3 pictures of train of an odd width")
                    && odd.output.contains("train/000.png: 47 pixels wide"))
        }
    }

    @Test func aStepThatCannotBeTakenIsAnError() throws {
        try withDataset { folder, data in
            let result = try CommandRunner.run(["dataset", "check", data.path] + small + ["--device", "cuda:99"], in: folder)
            #expect(result.status == 1)
            #expect(result.output.contains("  error    no training step can be taken: device cuda:99 was asked for"))
        }
    }

    @Test func aBadConfigurationIsRefused() throws {
        try withDataset { folder, data in
            let result = try CommandRunner.run(["dataset", "check", data.path, "--ngf", "0"], in: folder)
            #expect(result.status != 0 && result.errors.contains("ngf"))
        }
    }
}
