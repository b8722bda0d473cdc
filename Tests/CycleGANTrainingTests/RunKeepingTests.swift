import Foundation
import Settings
import Support
import TestSupport
import Testing

@testable import CycleGANTraining

/// What a run folder keeps of checkpoints and models.
@Suite struct RunKeepingTests {
    private func write(_ text: String, to url: URL) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    @Test func theClockWaitsForThePeriodAndForAHundredTimesTheCost() {
        var clock = SavingClock()
        let start = ContinuousClock.now
        #expect(!clock.isDue(after: 0, at: start + .seconds(1_000_000)))
        #expect(!clock.isDue(after: 600, at: start + .seconds(590)) && clock.isDue(after: 600, at: start + .seconds(601)))
        clock.measure { Thread.sleep(forTimeInterval: 0.05) }
        let saved = ContinuousClock.now
        #expect(!clock.isDue(after: 1, at: saved + .seconds(4.9)))
        #expect(clock.isDue(after: 1, at: saved + .seconds(60)))
        #expect(clock.isDue(after: 600, at: saved + .seconds(601)))
    }

    @Test func theCheckpointBeforeIsKept() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder)
            try run.keepPreviousCheckpoint()
            #expect(!run.previousCheckpoint.exists)
            for number in 1...3 {
                try run.keepPreviousCheckpoint()
                try AtomicFile.createFolder(run.latestCheckpoint.deletingLastPathComponent())
                try AtomicFile.write(Data("latest \(number)".utf8), to: run.latestCheckpoint)
            }
            #expect(try String(contentsOf: run.latestCheckpoint, encoding: .utf8) == "latest 3")
            #expect(try String(contentsOf: run.previousCheckpoint, encoding: .utf8) == "latest 2")
            // The same file under both names, as after a process that was killed in between.
            try run.keepPreviousCheckpoint()
            try run.keepPreviousCheckpoint()
            #expect(try String(contentsOf: run.previousCheckpoint, encoding: .utf8) == "latest 3")
            let names = try FileManager.default.contentsOfDirectory(atPath: run.latestCheckpoint.deletingLastPathComponent().path)
            #expect(names.sorted() == ["latest.safetensors", "previous.safetensors"])
        }
    }

    @Test func oldModelsGo() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder)
            let labels = ["epoch-0005", "epoch-0010", "epoch-9995", "epoch-10000", "step-00000012", "step-00000345", "best"]
            for label in labels { try write("", to: run.models.appending(path: "\(label)_generatorAB.safetensors")) }
            try run.keepModels(2)
            let left = try FileManager.default.contentsOfDirectory(atPath: run.models.path).map { $0.prefix { $0 != "_" } }
            #expect(left.sorted() == ["best", "epoch-10000", "epoch-9995", "step-00000345"])
        }
    }

    @Test func aFolderWithoutCheckpointCanBeCleared() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder)
            try write("seed: 1", to: run.configuration)
            try write("{}", to: run.metrics)
            try write("", to: run.samples.appending(path: "layout.json"))
            try write("mine", to: folder.appending(path: "notes.txt"))
            try write("sheet", to: run.samples.appending(path: "step-00000100.jpg"))
            try write("mine", to: run.samples.appending(path: "keep.jpg"))
            // A folder of somebody else, in which no run has ever been.
            #expect(!run.isWithoutCheckpoint)
            try write("", to: run.lock)
            #expect(run.isWithoutCheckpoint)
            for file in [run.bestCheckpoint, run.models.appending(path: "mine.pt")] {
                try write("state", to: file)
                #expect(!run.isWithoutCheckpoint)
                try FileManager.default.removeItem(at: file)
            }
            try write("no settings: [", to: run.configuration)
            #expect(!run.isWithoutCheckpoint)
            try run.clear()
            #expect(!run.metrics.exists && run.configuration.exists)
            #expect(try FileManager.default.contentsOfDirectory(atPath: run.samples.path) == ["keep.jpg"])
            #expect(try String(contentsOf: folder.appending(path: "notes.txt"), encoding: .utf8) == "mine")
        }
    }

    /// A disk that is not mounted must not make a run look as if it had never been saved.
    @Test func checkpointsElsewhereCount() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder)
            try write("seed: 1", to: run.configuration)
            try write("", to: run.lock)
            #expect(run.isWithoutCheckpoint)
            let checkpoints = run.latestCheckpoint.deletingLastPathComponent()
            try FileManager.default.createSymbolicLink(atPath: checkpoints.path, withDestinationPath: "/nowhere")
            #expect(!run.isWithoutCheckpoint)
        }
    }

    @Test func errorsSayWhatToDo() {
        let changes = [SettingChange(key: "ngf", before: "64", now: "32"), SettingChange(key: "ema", before: nil, now: "0.9")]
        #expect(
            "\(RunError.otherSettings("runs/a", changes))"
                == "runs/a was started with other settings: ngf was 64 and is 32, ema was not given and is 0.9; give those of the start, "
                + "or choose another folder")
        #expect(
            "\(RunError.damagedCheckpoint(reason: "latest is damaged", previous: "previous"))"
                == "latest is damaged; copy previous to its place to go on from the checkpoint before")
    }
}
