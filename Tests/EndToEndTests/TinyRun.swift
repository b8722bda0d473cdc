import Foundation
import TestSupport
import Testing

/// A run of a few seconds.
enum TinyRun {
    /// A tiny run whose epochs are 5 steps long and whose pools fill after 3 steps.
    static func arguments(_ data: URL, run: URL, _ more: [String] = []) -> [String] {
        [
            "train", data.path, "--run", run.path, "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--discriminator-layers", "1",
            "--load-size", "20", "--crop-size", "16", "--pool-size", "3", "--dropout", "--device", "cpu", "--log-every", "1",
            "--sample-every", "1000", "--learning-rate-policy", "plateau",
        ] + more
    }

    static func makeData(in folder: URL) throws -> URL {
        let data = folder.appending(path: "data")
        try writeSyntheticImages(["trainA": 5, "trainB": 4], to: data, width: 24, height: 20)
        return data
    }

    /// A run of one step, `run`, with its images of 24x20 pixels in `data`, both in a folder of their own.
    static func trained(_ more: [String] = [], _ body: (_ folder: URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let result = try CommandRunner.run(
                arguments(try makeData(in: folder), run: folder.appending(path: "run"), ["--max-steps", "1"] + more), in: folder)
            try #require(result.status == 0, "\(result.errors)")
            try body(folder)
        }
    }

    static func checkpoint(_ run: URL) -> URL { run.appending(path: "checkpoints/latest.safetensors") }
}
