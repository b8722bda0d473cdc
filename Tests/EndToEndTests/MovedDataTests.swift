import Foundation
import Support
import TestSupport
import Testing

/// A run goes on after its images were moved.
@Suite(.serialized) struct MovedDataTests {
    @Test func aRunGoesOnWhereItsImagesAreNow() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let (run, moved) = (folder.appending(path: "run"), folder.appending(path: "moved"))
            // A table of known pairs moves with the images.
            let pairs = data.appending(path: "pairs.csv")
            try Data("trainA/000.png,trainB/001.png\ntrainA/002.png,trainB/000.png\n".utf8).write(to: pairs)
            let started = try CommandRunner.run(
                TinyRun.arguments(data, run: run, ["--max-steps", "1", "--pairs", pairs.path]), in: folder)
            #expect(started.status == 0, "\(started.errors)")
            let names = try String(contentsOf: run.appending(path: "images.txt"), encoding: .utf8).split(separator: "\n")
            #expect(names.count == 9 && names.first == "trainA/000.png" && names.last == "trainB/003.png")

            try FileManager.default.moveItem(at: data, to: moved)
            func resume(_ more: [String]) throws -> CommandRunner.Result {
                try CommandRunner.run(["train", "--resume", run.path] + more, in: folder)
            }
            let gone = try resume(["--max-steps", "2"])
            #expect(
                gone.status == 1
                    && gone.errors.contains(
                        "\(data.path): there is no such folder; the run was started with the images in it; put it back, or say")
                    && gone.errors.contains("--resume \(run.path) --data NEW"), "\(gone.errors)")

            let other = folder.appending(path: "other")
            try FileManager.default.copyItem(at: moved, to: other)
            try FileManager.default.moveItem(at: other.appending(path: "trainA/001.png"), to: other.appending(path: "trainA/new.png"))
            let refused = try resume(["--data", other.path, "--max-steps", "2"])
            #expect(refused.status == 1 && refused.errors.contains("missing: trainA/001.png; new: trainA/new.png"), "\(refused.errors)")

            let resumed = try resume(["--data", moved.path, "--max-steps", "2"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            let settings = try String(contentsOf: run.appending(path: "config.yaml"), encoding: .utf8)
            #expect(settings.contains("data: \(moved.path)") && settings.contains("pairs: \(moved.path)/pairs.csv"), "\(settings)")
            // From now on without the flag.
            let again = try resume(["--max-steps", "3"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(try resume(["--data", ""]).status == 64)
            #expect(try CommandRunner.run(["train", "--data", moved.path, "--run", "x"], in: folder).status == 64)
        }
    }
}
