import Foundation
import TestSupport
import Testing

@testable import TensorBoard

struct EventWriterTests {
    private let folder: TemporaryFolder
    private let run: URL

    init() throws {
        folder = try TemporaryFolder()
        run = folder.url.appending(path: "runs/first")
    }

    private func golden(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: nil))
    }

    private func events(_ writer: EventWriter) throws -> [Event] {
        try eventRecords(of: writer.url).map { try Event(serializedBytes: $0) }
    }

    /// The same content as `scripts/make_events.py` gives TensorBoard's own code.
    @Test func writesTheBytesThatTensorBoardsOwnCodeWrites() throws {
        let writer = try EventWriter(folder: run, firstStep: 21) { Date(timeIntervalSince1970: 1_700_000_000.25) }
        try writer.add(
            hyperparameters: [("learningRate", .number(0.0002)), ("noFlip", .bool(false)), ("generator", .string("resnet9"))],
            metrics: ["epoch/cycleA", "epoch/cycleB"])
        try writer.add(text: "| setting | value |\n| --- | --- |\n| größe | 256 |", tag: "configuration", step: 20)
        try writer.add(scalar: 0, tag: "speed/dataWait", step: 5_000_000_000)
        try writer.add(scalars: [("loss/cycleA", 1 / 3), ("loss/cycleB", .nan)], step: 21)
        try writer.add(
            image: Data(contentsOf: golden("picture.png")), width: 7, height: 5, tag: "images/AtoB", step: 300)
        try writer.endSession()

        let expected = try golden("events.tfevents")
        for (written, expected) in zip(try eventRecords(of: writer.url), try eventRecords(of: expected)) {
            let messages = try [written, expected].map { try Event(serializedBytes: $0) }
            #expect(written == expected, "\(messages)")
        }
        #expect(try Data(contentsOf: writer.url) == Data(contentsOf: expected))
    }

    @Test func everyEventIsInTheFileAtOnce() throws {
        let writer = try EventWriter(folder: run)
        #expect(try events(writer).map(\.what) == [.fileVersion("brain.Event:2"), .sessionLog(.with { $0.status = .start })])
        for step in 1...3 {
            try writer.add(scalar: 0.5, tag: "loss", step: step)
            #expect(try events(writer).map(\.step) == [0] + Array(0...Int64(step)))
        }
    }

    @Test func laterFilesComeLastWhateverTheClockSays() throws {
        let name = /events\.out\.tfevents\.(\d{10})\..+\.\d+/
        var seconds: [Int] = []
        for time in [5000.9, 5000.9, 4000, 6000] {
            let writer = try EventWriter(folder: run) { Date(timeIntervalSince1970: time) }
            let match = try #require(writer.url.lastPathComponent.wholeMatch(of: name))
            seconds.append(try #require(Int(match.1)))
        }
        #expect(seconds == [5000, 5001, 5002, 6000])
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
        try FileManager.default.createDirectory(at: folder.url.appending(path: "runs"), withIntermediateDirectories: true)
        try Data().write(to: run)
        let error = #expect(throws: EventFileError.self) { try EventWriter(folder: run) }
        #expect(error?.description.hasPrefix("\(run.path): cannot be written: ") == true)
    }

    @Test(
        arguments: [
            ("true", .bool(true)), ("false", .bool(false)), ("0.0002", .number(0.0002)), ("286", .number(286)), ("-1e-3", .number(-0.001)),
            ("resnet9", .string("resnet9")), ("0.0, 4095.0", .string("0.0, 4095.0")), ("nan", .string("nan")), ("", .string("")),
        ] as [(String, HyperparameterValue)])
    func settingsHaveTheirKind(text: String, expected: HyperparameterValue) {
        #expect(HyperparameterValue(parsing: text) == expected)
    }

    /// What TensorBoard's own reader finds, see `scripts/read_events.py`.
    private struct Reading: Decodable, Equatable {
        struct Entry<Value: Decodable & Equatable>: Decodable, Equatable {
            var step: Int
            var value: Value
        }
        var scalars: [String: [Entry<Double>]]
        var images: [String: [Entry<[Int]>]]
        var texts: [String: [Entry<String>]]
        var hyperparameters: [String: String]
        var metrics: [String]
        var ended: Bool
    }

    /// A run that is killed while it writes step 6 and goes on from step 3; set TENSORBOARD_PYTHON to a python with tensorboard.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TENSORBOARD_PYTHON"] != nil))
    func tensorBoardReadsARunThatGoesOn() throws {
        let picture = try Data(contentsOf: golden("picture.png"))
        let first = try EventWriter(folder: run)
        try first.add(hyperparameters: [("epochs", .number(5)), ("noFlip", .bool(true))], metrics: ["loss"])
        try first.add(text: "*a*", tag: "configuration", step: 0)
        for step in 1...5 { try first.add(scalar: Double(step), tag: "loss", step: step) }
        try first.add(scalar: 1, tag: "abandoned", step: 4)
        try first.add(image: picture, width: 7, height: 5, tag: "images", step: 3)
        try first.add(image: picture, width: 7, height: 5, tag: "images", step: 4)
        try first.add(scalar: 6, tag: "loss", step: 6)
        let written = try Data(contentsOf: first.url)
        try written.dropLast(9).write(to: first.url)

        let second = try EventWriter(folder: run, firstStep: 4)
        try second.add(text: "*b*", tag: "configuration", step: 3)
        try second.add(hyperparameters: [("epochs", .number(6)), ("noFlip", .bool(true))], metrics: ["loss"])
        for step in 4...6 { try second.add(scalar: 10 * Double(step), tag: "loss", step: step) }
        try second.endSession()

        let reading = try read()
        #expect(reading.scalars["loss"]?.map(\.step) == [1, 2, 3, 4, 5, 6])
        #expect(reading.scalars["loss"]?.map(\.value) == [1, 2, 3, 40, 50, 60])
        #expect(reading.scalars["abandoned"] == [])
        #expect(reading.images["images"] == [.init(step: 3, value: [7, 5])])
        #expect(reading.texts["configuration"] == [.init(step: 0, value: "*a*"), .init(step: 3, value: "*b*")])
        #expect(reading.hyperparameters == ["epochs": "5.0", "noFlip": "True"])
        #expect(reading.metrics == ["loss"])
        #expect(reading.ended)
    }

    private func read() throws -> Reading {
        let process = Process()
        process.executableURL = URL(filePath: ProcessInfo.processInfo.environment["TENSORBOARD_PYTHON"] ?? "")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "scripts/read_events.py")
        process.arguments = [script.path, run.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode(Reading.self, from: text)
    }
}
