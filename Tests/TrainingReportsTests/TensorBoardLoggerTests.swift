import Foundation
import Imaging
import TestSupport
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import TensorBoard
@testable import TrainingReports

struct TensorBoardLoggerTests {
    private let folder: TemporaryFolder
    private let url: URL

    init() throws {
        folder = try TemporaryFolder()
        url = folder.url.appending(path: "run/tensorboard")
    }

    private func logger(settings: [(key: String, value: String)] = []) -> TensorBoardLogger {
        TensorBoardLogger(folder: url, settings: settings, clock: { Date(timeIntervalSince1970: 1000) })
    }

    /// The events of every file, in the order of their names, without the versions.
    private func files() throws -> [[Event]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
        return try names.map { name in
            try eventRecords(of: url.appending(path: name)).dropFirst().map { try Event(serializedBytes: $0) }
        }
    }

    private func values(_ tag: String) throws -> [(step: Int64, value: Summary.Value)] {
        try files().joined().flatMap { event in event.summary.value.filter { $0.tag == tag }.map { (event.step, $0) } }
    }

    private func epoch(_ number: Int) -> TrainingEvent {
        .epochEnded(EpochSummary(epoch: number, step: 100 * number, meanLosses: ["cycleA": Double(number), "cycleB": 0.25]))
    }

    private func finished(_ reason: RunSummary.Reason, step: Int) -> TrainingEvent {
        .finished(RunSummary(reason: reason, step: step, epoch: 1, seconds: 60, unreadableFiles: []))
    }

    @Test func writesTheNumbersOfStepsAndEpochs() throws {
        let logger = logger()
        try logger.handle(.started(outline()))
        try logger.handle(.logged(stepRecord(20, losses: ["cycleA": 1.5, "identityB": 0.125])))
        try logger.handle(epoch(1))
        let numbers = try files()[0].flatMap { event in
            event.summary.value.filter { $0.value == .simpleValue($0.simpleValue) }.map { "\($0.tag) \(event.step) \($0.simpleValue)" }
        }
        #expect(
            numbers == [
                "loss/cycleA 20 1.5", "loss/identityB 20 0.125", "learningRate/discriminators 20 0.0002",
                "learningRate/generators 20 0.0002", "speed/dataWait 20 0.02", "speed/imagesPerSecond 20 3.5", "epoch/cycleA 100 1.0",
                "epoch/cycleB 100 0.25",
            ])
    }

    /// What a checkpoint counts as shown is in the file before it; a run that goes on shows no first pictures.
    @Test func picturesAreNotHeldBackBeyondACheckpoint() throws {
        let logger = logger()
        try logger.handle(.started(outline()))
        for step in [0, 20, 40] { try logger.handle(.pictures(samplePictures(step: step))) }
        try logger.handle(.checkpointDue(step: 50))
        #expect(try values("images/AtoB").map(\.step) == [0, 40])
        let resumed = self.logger()
        try resumed.handle(.started(outline(completed: 50)))
        try resumed.handle(.pictures(samplePictures(step: 60)))
        #expect(try values("images/AtoB").map(\.step) == [0, 40])
        try resumed.handle(epoch(1))
        #expect(try values("images/AtoB").map(\.step) == [0, 40, 60])
    }

    @Test func writesTheConfigurationAsATableAndAsHyperparameters() throws {
        let settings = [
            ("data", "a|b_<c>"), ("flip", "false"), ("domains.A.channels", "3"), ("domains.A.range", "0,1"),
            ("learningRate", "0.0002"),
        ]
        try logger(settings: settings).handle(.started(outline(losses: ["cycleA", "cycleB"])))
        let text = try #require(try values("configuration").first?.value)
        #expect(text.metadata.pluginData.pluginName == "text")
        let table = """
            | setting | value |
            | --- | --- |
            | data | a\\|b\\_&lt;c> |
            | flip | false |
            | domains.A.channels | 3 |
            | domains.A.range | 0,1 |
            | learningRate | 0.0002 |
            """
        #expect(text.tensor.stringVal.map { String(decoding: $0, as: UTF8.self) } == [table])

        let experiment = try HParamsPluginData(
            serializedBytes: try #require(try values("_hparams_/experiment").first).value.metadata.pluginData.content
        ).experiment
        #expect(experiment.hparamInfos.map(\.name) == ["data", "flip", "domains.A.channels", "domains.A.range", "learningRate"])
        #expect(experiment.hparamInfos.map(\.type) == [.string, .bool, .float64, .string, .float64])
        #expect(experiment.metricInfos.map(\.name.tag) == ["epoch/cycleA", "epoch/cycleB"])
        let start = try HParamsPluginData(
            serializedBytes: try #require(try values("_hparams_/session_start_info").first).value.metadata.pluginData.content
        ).sessionStartInfo
        #expect(start.hparams["domains.A.channels"]?.numberValue == 3)
        #expect(start.hparams["flip"]?.kind == .boolValue(false))
        #expect(start.startTimeSecs == 1000)
    }

    @Test func writesTheFirstPicturesAndTheLastOfEachEpoch() throws {
        let logger = logger()
        try logger.handle(.started(outline()))
        for step in [0, 40, 80] { try logger.handle(.pictures(samplePictures(step: step))) }
        #expect(try values("images/AtoB").map(\.step) == [0])
        try logger.handle(epoch(1))
        try logger.handle(epoch(2))
        try logger.handle(.pictures(samplePictures(step: 240)))
        try logger.handle(finished(.interrupted, step: 250))
        #expect(try values("images/AtoB").map(\.step) == [0, 80, 240])
        #expect(try values("images/BtoA").map(\.step) == [0, 80, 240])
    }

    @Test func aSheetHasARowForEachSampleOfItsDirection() throws {
        let logger = logger()
        try logger.handle(.started(outline()))
        let pictures = samplePictures(step: 7, side: 6, rows: 2)
        try logger.handle(.pictures(pictures))
        for (tag, rows) in [("images/AtoB", [0, 2]), ("images/BtoA", [1, 3])] {
            let image = try #require(try values(tag).first?.value.image)
            let file = folder.url.appending(path: "sheet.png")
            try image.encodedImageString.write(to: file)
            let sheet = try PixelImage(contentsOf: file)
            #expect(sheet.size == ImageSize(height: 2 * 6 + 3 * 4, width: 4 * 6 + 5 * 4))
            #expect((Int(image.height), Int(image.width)) == (sheet.height, sheet.width))
            for (line, row) in rows.enumerated() {
                for (column, picture) in pictures.rows[row].pictures.enumerated() {
                    let part = sheet.cropped(x: 4 + 10 * column, y: 4 + 10 * line, size: ImageSize(6))
                    #expect(part == picture.image)
                }
            }
        }
    }

    @Test func aResumedRunSupersedesTheStepsAfterTheCheckpoint() throws {
        let first = logger()
        try first.handle(.started(outline()))
        try first.handle(.logged(stepRecord(60)))
        let second = logger()
        try second.handle(.started(outline(completed: 40)))
        try second.handle(.logged(stepRecord(60)))
        let files = try files()
        #expect(files.count == 2)
        #expect(files.map(\.first?.what) == [.sessionLog(.with { $0.status = .start }), .sessionLog(.with { $0.status = .start })])
        #expect(files.map(\.first?.step) == [0, 41])
        #expect(try values("configuration").map(\.step) == [0, 40])
    }

    @Test func onlyARunWithAllStepsTakenHasEnded() throws {
        for (reason, count) in [(RunSummary.Reason.interrupted, 0), (.timeLimit, 0), (.completed, 1)] {
            let logger = logger()
            try logger.handle(.started(outline()))
            try logger.handle(finished(reason, step: 100))
            #expect(try values("_hparams_/session_end_info").count == count)
        }
    }

    @Test func aFolderThatCannotBeMadeEndsTheRun() throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: url)
        let error = #expect(throws: EventFileError.self) { try logger().handle(.started(outline())) }
        #expect(error?.description.contains(url.path) == true)
    }
}
