import Foundation
import TestSupport
import Testing

/// What a new user meets: runs that are killed early, started again, or have little time.
@Suite struct FirstDayTests {
    @Test func aRunWithoutACheckpointStartsOverWithTheSameCommand() throws {
        try withTemporaryFolder { folder in
            let (data, run) = (try TinyRun.makeData(in: folder), folder.appending(path: "run"))
            let command = TinyRun.arguments(data, run: run, ["--epochs", "1000", "--checkpoint-every", "1000"])
            let (process, _, _) = try CommandRunner.start(command, in: folder)
            let log = run.appending(path: "metrics.jsonl")
            try CommandRunner.wait(for: "the first steps") { ((try? Data(contentsOf: log).count) ?? 0) > 0 }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(!FileManager.default.fileExists(atPath: TinyRun.checkpoint(run).path))

            let again = try CommandRunner.run(command + ["--max-steps", "3"], in: folder)
            #expect(again.status == 0 && again.errors.contains("had stopped before its first checkpoint: starting over"), "\(again.errors)")
            #expect(try String(contentsOf: log, encoding: .utf8).contains("\"step\":1,"))
            // Now there is something to lose.
            let third = try CommandRunner.run(command, in: folder)
            #expect(third.status == 1 && third.errors.contains("already holds a run") && third.errors.contains("--resume"))
        }
    }

    @Test func resumeOrStartDoesWhatItSays() throws {
        try withTemporaryFolder { folder in
            let (data, run) = (try TinyRun.makeData(in: folder), folder.appending(path: "run"))
            func train(_ more: [String]) throws -> CommandRunner.Result {
                try CommandRunner.run(TinyRun.arguments(data, run: run, ["--resume-or-start"] + more), in: folder)
            }
            #expect(try train(["--max-steps", "3"]).status == 0)
            let second = try train(["--max-steps", "7"])
            #expect(second.status == 0 && second.errors.contains("Going on after step 3"), "\(second.errors)")
            let other = try train(["--max-steps", "9", "--beta1", "0.7"])
            #expect(
                other.status == 1 && other.errors.contains("was started with other settings: beta1 was 0.5 and is 0.7"), "\(other.errors)")
            let mixed = try CommandRunner.run(["train", "--resume", run.path, "--resume-or-start"], in: folder)
            #expect(mixed.status == 64)
        }
    }

    @Test func aBudgetPlansARunThatEndsDecayed() throws {
        try withTemporaryFolder { folder in
            let (data, run) = (try TinyRun.makeData(in: folder), folder.appending(path: "run"))
            let arguments = TinyRun.arguments(data, run: run).filter { !["--learning-rate-policy", "plateau"].contains($0) }
            let result = try CommandRunner.run(arguments + ["--budget", "8s"], in: folder)
            #expect(result.status == 0 && result.errors.contains("Plan for 0:0"), "\(result.errors)")
            #expect(result.errors.contains("Completed: "))
            let log = try String(contentsOf: run.appending(path: "metrics.jsonl"), encoding: .utf8)
            let rates = log.split(separator: "\n").compactMap { line -> Double? in
                let object = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
                return (object?["learningRates"] as? [String: Double])?["generators"]
            }
            let (first, last) = (try #require(rates.first), try #require(rates.last))
            #expect(last < 0.2 * first)
            for (flags, text) in [
                (["--budget", "soon"], "'soon'"), (["--budget", "1h", "--epochs", "3"], "--budget decides --epochs"),
            ] {
                let refused = try CommandRunner.run(TinyRun.arguments(data, run: folder.appending(path: "none"), flags), in: folder)
                #expect(refused.status == 64 && refused.errors.contains(text), "\(refused.errors)")
            }
            let short = try CommandRunner.run(
                TinyRun.arguments(data, run: folder.appending(path: "none"), ["--budget", "0.01s"]), in: folder)
            #expect(short.status == 1 && short.errors.contains("the time is too short"), "\(short.errors)")
        }
    }

    @Test func aRunSaysAtOnceWhatItWillDo() throws {
        try withTemporaryFolder { folder in
            let (data, run) = (try TinyRun.makeData(in: folder), folder.appending(path: "run"))
            let result = try CommandRunner.run(
                TinyRun.arguments(data, run: run, ["--max-steps", "2", "--domain-names", "photo,monet"]), in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let lines = result.errors.split(separator: "\n")
            let heads = ["Images", "Validation", "Samples", "Networks", "Device", "Schedule", "Memory", "Disk", "Run"]
            #expect(lines.prefix(heads.count).map { String($0.prefix { $0 != ":" }) } == heads)
            for text in [
                "5 of photo (A) of 24x20, 4 of monet (B) of 24x20 pixels (width x height)", "200 epochs of 5 steps (2 in all)",
                "resnet1 of 4 filters",
                "of disk for the run (checkpoints ", "models ",
            ] { #expect(result.errors.contains(text), "\(text): \(result.errors)") }
        }
    }
}
