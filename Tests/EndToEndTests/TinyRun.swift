import Foundation
import TestSupport

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

    static func checkpoint(_ run: URL) -> URL { run.appending(path: "checkpoints/latest.safetensors") }
}
