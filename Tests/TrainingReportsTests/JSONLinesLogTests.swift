import Foundation
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import TrainingReports

struct JSONLinesLogTests {
    private let folder: TemporaryFolder
    private let file: URL

    init() throws {
        folder = try TemporaryFolder()
        file = folder.url.appending(path: "run/metrics.jsonl")
    }

    private func text() throws -> String { try String(contentsOf: file, encoding: .utf8) }

    private func write(_ text: String) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// A log of ten steps as a run writes it.
    private func tenSteps() throws {
        let log = JSONLinesLog(url: file)
        try log.handle(.started(outline()))
        for step in 1...10 { try log.handle(.logged(stepRecord(step))) }
    }

    @Test func writesOneObjectPerLineInTheOrderOfTheRun() throws {
        let log = JSONLinesLog(url: file)
        try log.handle(.started(outline(losses: ["cycleB", "cycleA"])))
        var record = stepRecord(3, losses: ["cycleA": 0.1, "cycleB": 2, "another": 1e-7])
        record.imagesPerSecond = 1 / 3
        try log.handle(.logged(record))
        let expected = #"""
            {"step":3,"epoch":1,"losses":{"cycleB":2.0,"cycleA":0.1,"another":1e-07},\#
            "learningRates":{"discriminators":0.0002,"generators":0.0002},"imagesPerSecond":0.3333333333333333,"dataWait":0.02}

            """#
        #expect(try text() == expected)
    }

    @Test func readsBackExactlyWhatWasLogged() throws {
        let log = JSONLinesLog(url: file)
        try log.handle(.started(outline()))
        let values: [Double] = [0, -0.0, 0.1, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e22, 123_456_789.123, -2.5e-9]
        let records = values.enumerated().map { stepRecord($0 + 1, losses: ["cycleA": $1, "quo\"te\\\n": 1]) }
        for record in records { try log.handle(.logged(record)) }
        #expect(try RunLog(contentsOf: file).steps == records)
        // Foundation's parser as a second opinion on the JSON.
        for line in try text().split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?.count == 6)
        }
    }

    /// The time of a run that goes on is that of the steps that count, whoever took them.
    @Test func theTimeOfEarlierProcessesIsRead() throws {
        #expect(try RunLog.seconds(in: file, upTo: 5) == 0)
        let log = JSONLinesLog(url: file)
        try log.handle(.started(outline()))
        for step in 1...10 {
            var record = stepRecord(step)
            record.seconds = Double(step) / 4
            try log.handle(.logged(record))
        }
        try log.handle(.finished(RunSummary(reason: .interrupted, step: 10, epoch: 1, seconds: 9.8764, unreadableFiles: [])))
        #expect(try RunLog(contentsOf: file).steps.map(\.seconds) == (1...10).map { Double($0) / 4 })
        #expect(try RunLog.seconds(in: file, upTo: 6) == 1.5)
        #expect(try RunLog.seconds(in: file, upTo: 10) == 9.876)
    }

    @Test func everyLineIsInTheFileAtOnce() throws {
        let log = JSONLinesLog(url: file)
        try log.handle(.started(outline()))
        for step in 1...3 {
            try log.handle(.logged(stepRecord(step)))
            #expect(try RunLog(contentsOf: file).steps.count == step)
        }
    }

    @Test func aResumedRunDropsLaterStepsAndATornLine() throws {
        try tenSteps()
        let whole = try text()
        try write(whole + #"{"step":11,"epoch":1,"losses":{"cyc"#)
        let log = JSONLinesLog(url: file)
        try log.handle(.started(outline(completed: 6)))
        let kept = whole.split(separator: "\n").prefix(6).joined(separator: "\n") + "\n"
        #expect(try text() == kept)
        try log.handle(.logged(stepRecord(7, dataWait: 0.5)))
        #expect(try RunLog(contentsOf: file).steps.map(\.step) == [1, 2, 3, 4, 5, 6, 7])
        #expect(try RunLog(contentsOf: file).steps.last?.dataWait == 0.5)
        #expect(try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path) == ["metrics.jsonl"])
    }

    @Test func theLogMayBeCutOffAnywhere() throws {
        try tenSteps()
        let whole = Data(try text().utf8)
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
        for length in stride(from: 0, through: whole.count, by: 7) {
            try whole.prefix(length).write(to: file)
            // A line is whole when all of it but its end is there.
            #expect(try RunLog(contentsOf: file).steps.count == ends.filter { $0 <= length }.count)
        }
    }

    @Test(arguments: ["not JSON", "", #"{"step":4,"epoch":1}"#, #"{"step":"4"}"#])
    func damageInTheMiddleIsAnErrorWithItsLine(damage: String) throws {
        try tenSteps()
        var lines = try text().split(separator: "\n").map(String.init)
        lines[3] = damage
        try write(lines.joined(separator: "\n") + "\n")
        let error = #expect(throws: MetricsLogError.self) { try RunLog(contentsOf: file).steps }
        #expect(error?.description.hasPrefix("\(file.path): line 4 is not a logged step: ") == true)
        #expect(throws: MetricsLogError.self) { try JSONLinesLog(url: file).handle(.started(outline(completed: 5))) }
        #expect(try text().contains(lines[8]))
    }

    @Test func aMissingLogIsNamed() {
        let error = #expect(throws: MetricsLogError.self) { try RunLog(contentsOf: file).steps }
        #expect(error?.description.contains(file.path) == true)
    }

    @Test func aNumberThatJSONCannotHoldIsRefused() throws {
        let log = JSONLinesLog(url: file)
        try log.handle(.started(outline()))
        let error = #expect(throws: MetricsLogError.self) { try log.handle(.logged(stepRecord(5, losses: ["cycleA": .nan]))) }
        #expect(error?.description.contains("cycleA of step 5 is nan") == true)
        #expect(try text().isEmpty)
    }
}
