import Checkpoints
import CycleGANModels
import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANTraining
@testable import TrainingReports

@Suite struct TrainerTests {
    private struct Outcome {
        let summary: RunSummary
        let recorder: Recorder
        let run: RunFolder
        let log: RunLog
    }

    /// Four images of each domain, a batch size of 1: epochs of four steps.
    private func train(
        _ objective: ScriptedObjective, in folder: URL, resuming: Bool = false, validating: Bool = false,
        _ change: (inout TrainingConfiguration) -> Void
    ) throws -> Outcome {
        let data = folder.appending(path: "data")
        if !resuming { try writeSyntheticImages(["trainA": 4, "trainB": 4, "valA": 2, "valB": 2], to: data) }
        var configuration = TrainingConfiguration()
        configuration.data.folder = data.path
        (configuration.domains.loadSize, configuration.data.cropSize) = (PerDomain(ImageSize(24)), ImageSize(24))
        (configuration.optimization.epochs, configuration.optimization.decayEpochs, configuration.optimization.learningRatePolicy) = (
            5, 0, .constant
        )
        (configuration.run.logEvery, configuration.run.checkpointEvery, configuration.run.workers) = (1, 1, 1)
        change(&configuration)
        let run = RunFolder(folder.appending(path: "run"))
        let recorder = Recorder()
        let validator =
            try validating
            ? Validator(
                dataset: configuration.deterministic.dataset(.validation),
                metrics: [PictureMetrics(PictureMetrics.Comparison.reconstructions)], workers: 1) : nil
        let trainer = Trainer(
            objective: objective, configuration: configuration, run: run,
            dataset: try configuration.dataset(.train), samples: [], validator: validator,
            device: .cpu, observers: [recorder, JSONLinesLog(url: run.metrics)])
        if resuming { try trainer.resume() }
        return Outcome(summary: try trainer.train(), recorder: recorder, run: run, log: try RunLog(contentsOf: run.metrics))
    }

    @Test func anEpochsLastStepTakesTheBatchesThatAreLeft() throws {
        try withTemporaryFolder { folder in
            let objective = ScriptedObjective()
            let outcome = try train(objective, in: folder) { ($0.optimization.accumulate, $0.optimization.epochs) = (3, 2) }
            #expect(objective.batchCounts == [3, 1, 3, 1])
            #expect(outcome.summary.step == 4)
            #expect(outcome.log.steps.map(\.epoch) == [1, 1, 2, 2])
        }
    }

    /// The share of all epochs, whether or not all of them are taken, and the same in a run that goes on.
    @Test func theObjectiveKnowsTheShareOfTheRun() throws {
        try withTemporaryFolder { folder in
            let (first, second) = (ScriptedObjective(), ScriptedObjective())
            _ = try train(first, in: folder) { ($0.optimization.epochs, $0.optimization.decayEpochs, $0.run.maxSteps) = (1, 1, 3) }
            #expect(first.progress == [0, 0.125, 0.25])
            _ = try train(second, in: folder, resuming: true) { ($0.optimization.epochs, $0.optimization.decayEpochs) = (1, 1) }
            #expect(second.progress == [0.375, 0.5, 0.625, 0.75, 0.875])
        }
    }

    @Test func stopsWhenTheCycleLossesNoLongerFall() throws {
        try withTemporaryFolder { folder in
            // Falls until step 8, the end of epoch 2.
            let outcome = try train(ScriptedObjective { step, _ in step <= 8 ? 10 - Double(step) : 5 }, in: folder) {
                ($0.optimization.epochs, $0.validation.earlyStopping) = (20, 3)
            }
            #expect(outcome.summary.epoch == 5 && outcome.summary.step == 20)
            let last = try #require(outcome.log.events.last)
            #expect(last.event == .stopped && last.reason == "early-stopping" && last.step == 20)
            #expect(last.message?.contains("cycleA + cycleB has not improved for 3 epochs; the best was 7.000 in epoch 2") == true)
            let text = try String(contentsOf: outcome.run.metrics, encoding: .utf8)
            #expect(text.split(separator: "\n").last?.contains("\"event\":\"stopped\"") == true)
        }
    }

    @Test func earlyStoppingGoesOnFromItsState() throws {
        try withTemporaryFolder { folder in
            let flat = { ScriptedObjective { _, _ in 1.0 } }
            let first = try train(flat(), in: folder) {
                ($0.optimization.epochs, $0.validation.earlyStopping, $0.run.maxSteps) = (20, 3, 8)
            }
            #expect(first.summary.reason == .completed)
            let second = try train(flat(), in: folder, resuming: true) { ($0.optimization.epochs, $0.validation.earlyStopping) = (20, 3) }
            #expect(second.summary.epoch == 4)
            // Stopped already: nothing more is trained, unless the patience grows.
            let third = try train(flat(), in: folder, resuming: true) { ($0.optimization.epochs, $0.validation.earlyStopping) = (20, 3) }
            #expect(third.summary.step == 16)
            let fourth = try train(flat(), in: folder, resuming: true) { ($0.optimization.epochs, $0.validation.earlyStopping) = (20, 5) }
            #expect(fourth.summary.epoch == 6)
            #expect(fourth.log.events.count { $0.event == .stopped } == 1)
        }
    }

    @Test func earlyStoppingCanStartLater() throws {
        try withTemporaryFolder { folder in
            let outcome = try train(ScriptedObjective(), in: folder) {
                ($0.optimization.epochs, $0.validation.earlyStopping, $0.validation.earlyStoppingAfter) = (20, 2, 4)
            }
            #expect(outcome.summary.epoch == 7)
        }
    }

    /// The losses rise from the start, while the validation is best after the third epoch.
    @Test func earlyStoppingFollowsTheValidationThatChoosesTheBest() throws {
        try withTemporaryFolder { folder in
            let objective = ScriptedObjective { step, _ in Double(step) }
            objective.validation = { [4: 0.5, 8: 0.25, 12: 0.125][$0] ?? 0.75 }
            let outcome = try train(objective, in: folder, validating: true) {
                ($0.optimization.epochs, $0.validation.earlyStopping, $0.validation.bestMetric) = (20, 2, "cycleA")
            }
            #expect(outcome.summary.best?.epoch == 3 && outcome.summary.epoch == 5)
            guard case .earlyStopping(let why) = outcome.summary.reason else { return #expect(Bool(false), "\(outcome.summary.reason)") }
            #expect(why.hasPrefix("cycleA has not improved for 2 epochs; the best was ") && why.hasSuffix(" in epoch 3"))
        }
    }

    @Test func theStateIsSavedByTimeToo() throws {
        try withTemporaryFolder { folder in
            let outcome = try train(ScriptedObjective(), in: folder) {
                ($0.optimization.epochs, $0.run.checkpointEvery, $0.run.checkpointMinutes) = (1, 5, 1e-9)
                $0.validation.onFailure = .rollback
            }
            let saved = outcome.recorder.events.compactMap { if case .checkpointSaved(_, let step) = $0 { step } else { nil } }
            // A save after the first step has cost nothing yet; the last one is that of the end.
            #expect(saved.first == 1 && saved.last == 4)
            #expect(try TrainingCheckpoint(contentsOf: outcome.run.latestCheckpoint).trainer.step == 4)
            #expect(try TrainingCheckpoint(contentsOf: outcome.run.previousCheckpoint).trainer.step == saved.dropLast().last)
        }
    }

    @Test func aDamagedCheckpointNamesTheOneBefore() throws {
        try withTemporaryFolder { folder in
            let first = try train(ScriptedObjective(), in: folder) { $0.optimization.epochs = 2 }
            try Data("{".utf8).write(to: first.run.latestCheckpoint)
            let error = #expect(throws: RunError.self) {
                try train(ScriptedObjective(), in: folder, resuming: true) { $0.optimization.epochs = 3 }
            }
            #expect(error.map { "\($0)".contains("copy \(first.run.previousCheckpoint.path) to its place") } == true)
            try FileManager.default.removeItem(at: first.run.latestCheckpoint)
            try FileManager.default.copyItem(at: first.run.previousCheckpoint, to: first.run.latestCheckpoint)
            #expect(try train(ScriptedObjective(), in: folder, resuming: true) { $0.optimization.epochs = 3 }.summary.step == 12)
        }
    }

    /// The reconstruction error is 3/16, 1/16, 2/16 after the epochs: the second is best, and its state is kept.
    @Test func theBestEpochIsKept() throws {
        try withTemporaryFolder { folder in
            let objective = ScriptedObjective()
            objective.validation = { [4: 0.1875, 8: 0.0625, 12: 0.125][$0] ?? 1 }
            let outcome = try train(objective, in: folder, validating: true) {
                ($0.optimization.epochs, $0.validation.bestMetric) = (3, "cycleA")
            }
            #expect(
                outcome.summary.best
                    == BestValidation(metric: "cycleA", value: outcome.recorder.validations[1].metrics["cycleA"] ?? 0, epoch: 2, step: 8))
            #expect(outcome.recorder.validations.map(\.isBest) == [true, true, false])
            for (record, error) in zip(outcome.recorder.validations, [0.1875, 0.0625, 0.125]) {
                expectClose(try #require(record.metrics["cycleA"]), error, relative: 1e-4)
            }
            #expect(outcome.log.validations == outcome.recorder.validations)
        }
    }

    @Test func theMetricAndItsPeriodCanBeChosen() throws {
        try withTemporaryFolder { folder in
            let objective = ScriptedObjective()
            objective.validation = { [4: 0.1875, 8: 0.0625, 12: 0.125, 16: 0.25][$0] ?? 1 }
            let outcome = try train(objective, in: folder, validating: true) {
                ($0.optimization.epochs, $0.validation.bestMetric, $0.validation.validateEvery) = (5, "ssimA", 2)
            }
            #expect(outcome.recorder.validations.map(\.epoch) == [2, 4, 5])
            #expect(outcome.summary.best?.epoch == 2)
            let best = try TrainingCheckpoint(contentsOf: outcome.run.bestCheckpoint)
            #expect(best.trainer.step == 8 && best.trainer.epoch == 3)
            #expect(best.trainer.best == outcome.summary.best)
        }
    }

    @Test func aLossThatIsNoNumberIsRolledBackWithHalfTheRate() throws {
        try withTemporaryFolder { folder in
            let outcome = try train(
                ScriptedObjective { step, rate in step == 10 && rate > 0.3 ? .nan : Double(step) }, in: folder
            ) { $0.validation.onFailure = .rollback }
            // Twice: half the rate is still too much.
            #expect(outcome.recorder.rollbacks.map(\.step) == [8, 8])
            #expect(outcome.recorder.rollbacks.map(\.fromStep) == [10, 10])
            #expect(outcome.recorder.rollbacks.map(\.learningRateScale) == [0.5, 0.25])
            #expect(outcome.summary.reason == .completed && outcome.summary.step == 20)
            #expect(outcome.log.steps.map(\.step) == Array(1...20))
            #expect(outcome.log.steps.map { $0.losses["cycleA"] } == (1...20).map(Double.init))
            #expect(outcome.log.steps[8...].allSatisfy { $0.learningRates["optimizer"] == 0.25e-3 })
        }
    }

    /// The start of a run and the state that it goes on from are states to go back to as well.
    @Test func aFailureBeforeTheFirstCheckpointIsRolledBackToo() throws {
        try withTemporaryFolder { folder in
            let outcome = try train(
                ScriptedObjective { step, rate in step == 3 && rate == 1 ? .infinity : 1 }, in: folder
            ) { ($0.validation.onFailure, $0.run.checkpointEvery) = (.rollback, 100) }
            #expect(outcome.recorder.rollbacks.map(\.step) == [0])
            #expect(outcome.summary.step == 20)
            #expect(outcome.log.events.contains { $0.event == .rolledBack })
        }
    }

    /// What the steps that do not count have left is removed, the best validation among it.
    @Test func aRollbackForgetsWhatCameAfter() throws {
        try withTemporaryFolder { folder in
            let objective = ScriptedObjective { step, rate in step == 14 && rate == 1 ? .nan : 1 }
            // Best after step 12, which is rolled back; later worse than that.
            objective.validation = { [4: 0.25, 8: 0.1875, 12: 0.0625][$0] ?? 0.125 }
            let samples = folder.appending(path: "run/samples")
            try FileManager.default.createDirectory(at: samples, withIntermediateDirectories: true)
            for step in [8, 9] { try Data().write(to: samples.appending(path: SampleSheets.fileName(step: step))) }
            let outcome = try train(objective, in: folder, validating: true) {
                ($0.validation.onFailure, $0.validation.bestMetric, $0.run.checkpointEvery) = (.rollback, "cycleA", 2)
            }
            #expect(outcome.recorder.rollbacks.map(\.step) == [8])
            #expect(SampleSheets.sheets(in: samples).map(\.step) == [8])
            // Epoch 3 is taken again with the same pictures.
            #expect(outcome.summary.best?.step == 12)
            #expect(try TrainingCheckpoint(contentsOf: outcome.run.bestCheckpoint).trainer.rollbacks == 1)
        }
    }

    @Test func imagesOfTheSmallerDomainCountOnce() throws {
        try withTemporaryFolder { folder in
            let counts = ["valA": 3, "valB": 2]
            try writeSyntheticImages(counts, to: folder)
            let counter = Counter()
            let dataset = try UnpairedImageDataset(root: folder, split: .validation, preprocess: .none, pairing: .serial)
            _ = try Validator(dataset: dataset, metrics: [counter], workers: 1).validate(BothWays(), device: .cpu)
            #expect(counter.seen == ["realA": 3, "realB": 2])
        }
    }

    @Test func aRunThatFailsAgainAndAgainEndsWithTheError() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: RunError.self) {
                try train(ScriptedObjective { step, _ in step == 10 ? .nan : 1 }, in: folder) { $0.validation.onFailure = .rollback }
            }
            #expect(error?.description.contains("became NaN or infinite at step 10") == true)
        }
    }

    @Test func theDoctorStopsARunThatExplodes() throws {
        try withTemporaryFolder { folder in
            let explosion = { ScriptedObjective { step, _ in step < 1100 ? 2 : 2 + Double(step - 1100) } }
            let outcome = try train(explosion(), in: folder) {
                ($0.optimization.epochs, $0.validation.onFailure, $0.run.sampleEvery) = (400, .stop, 100_000)
            }
            guard case .failure(let text) = outcome.summary.reason else {
                Issue.record("\(outcome.summary.reason)")
                return
            }
            #expect(text.contains("loss cycle") && text.contains("try learningRate"), "\(text)")
            #expect(outcome.summary.step > 1100 && outcome.summary.step < 1200)
            #expect(outcome.log.events.contains { $0.event == .finding && $0.reason == "explodingCycleLoss" })
            #expect(outcome.log.events.last?.reason == "failure")
        }
    }

    /// The moment to go back to lies before the first sign of the failure.
    @Test func theDoctorRollsBackToBeforeTheFailure() throws {
        try withTemporaryFolder { folder in
            let outcome = try train(
                ScriptedObjective { step, rate in step < 1100 || rate < 1 ? 2 : 2 + Double(step - 1100) }, in: folder
            ) { ($0.optimization.epochs, $0.validation.onFailure, $0.run.sampleEvery) = (300, .rollback, 100_000) }
            #expect(outcome.recorder.rollbacks.count == 1)
            let rollback = try #require(outcome.recorder.rollbacks.first)
            #expect(rollback.step >= 1092 && rollback.step < rollback.fromStep - 4)
            #expect(outcome.summary.reason == .completed && outcome.summary.step == 1200)
        }
    }
}
