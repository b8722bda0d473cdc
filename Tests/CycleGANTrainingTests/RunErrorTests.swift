import Foundation
import Support
import TestSupport
import Testing

@testable import CycleGANTraining

/// What stops a run, in words that name no flags, and as values that a command can word as its own.
@Suite struct RunErrorTests {
    @Test func errorsSayWhatToDo() {
        #expect(
            RunError.locked("runs/a").description
                == "runs/a is in use by another training process; wait for it, or choose another folder")
        let failed = RunError.notFinite(what: "loss cycleA", step: 7, files: ["a.png", "b.png"], checkpoint: "latest.safetensors")
        #expect(failed.problem == "loss cycleA became NaN or infinite at step 7, on a.png and b.png")
        #expect(failed.remedies == [.startSlower(checkpoint: "latest.safetensors")])
        #expect(failed.description.hasSuffix("a new run from the last good state, latest.safetensors, with a lower learning rate"))
    }

    @Test func remediesTakeOtherWords() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder)
            #expect(RunError.exists(run).remedies == [.other("delete that folder"), .chooseAnotherRun])
            try FileManager.default.createDirectory(at: folder.appending(path: "checkpoints"), withIntermediateDirectories: true)
            try Data().write(to: run.latestCheckpoint)
            let text = RunError.exists(run).text { $0 == .resume(run: folder.path) ? "go on" : "go elsewhere" }
            #expect(text == "\(folder.path) already holds a run; go on, or go elsewhere")
        }
    }

    @Test func whatCannotBeSavedHasNoRemedy() {
        let error = RunError.vanished("runs/a", rescued: nil, isBetweenSteps: true)
        #expect(error.description == "runs/a was removed or renamed while the run was using it; the state could not be saved")
    }
}
