import CycleGANTraining
import Foundation

/// Something other than a logged step in the log of a run; its line has the key `event`.
public struct LoggedEvent: Codable, Sendable, Equatable {
    /// What happened.
    public enum Kind: String, Codable, Sendable {
        /// The networks were measured on the validation images: `metrics`, `isBest`.
        case validated
        /// The doctor saw a failure begin or end: `reason` is its kind, `message` what was seen and what to try.
        case finding
        /// The run went back to `step` because of `message`.
        case rolledBack
        /// The run ended before its last step: `reason` is a word, `message` says more.
        case stopped
    }

    /// What happened.
    public var event: Kind
    /// Optimiser steps taken.
    public var step: Int
    /// From 1.
    public var epoch: Int
    /// Values of the validation metrics by name.
    public var metrics: [String: Double]?
    /// Whether this is the best validation so far.
    public var isBest: Bool?
    /// Wall-clock seconds of the whole run, of `stopped`.
    public var seconds: Double?
    /// A word for programs.
    public var reason: String?
    /// A sentence for people.
    public var message: String?

    /// The event as one line of JSON without its end. Metrics that are NaN or infinite, which JSON cannot hold, are left out.
    func jsonLine() throws -> String {
        var event = self
        event.metrics = metrics?.filter(\.value.isFinite)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(event), as: UTF8.self)
    }
}

/// What the log of a run holds.
public struct RunLog: Sendable {
    /// The logged steps, in order.
    public private(set) var steps: [StepRecord] = []
    /// Everything else, in order.
    public private(set) var events: [LoggedEvent] = []

    /// The log of a run that has not logged anything.
    init() {}

    /// Reads a log; a last line that was cut off while being written is left out.
    ///
    /// - Throws: `MetricsLogError` naming the file and, for damage, the line.
    public init(contentsOf url: URL) throws(MetricsLogError) {
        for line in try Self.lines(of: url) {
            switch line.content {
            case .step(let record): steps.append(record)
            case .event(let event): events.append(event)
            }
        }
    }

    /// The validations, in order.
    public var validations: [ValidationRecord] {
        events.filter { $0.event == .validated }.map {
            ValidationRecord(epoch: $0.epoch, step: $0.step, metrics: $0.metrics ?? [:], isBest: $0.isBest ?? false)
        }
    }

    /// The wall-clock seconds that a run took to a step; 0 where the log does not tell.
    package static func seconds(in url: URL, upTo step: Int) throws(MetricsLogError) -> Double {
        guard FileManager.default.fileExists(atPath: url.path) else { return 0 }
        let log = try RunLog(contentsOf: url)
        let ofSteps = log.steps.filter { $0.step <= step }.compactMap(\.seconds)
        return (ofSteps + log.events.filter { $0.step <= step }.compactMap(\.seconds)).max() ?? 0
    }

    enum Content {
        case step(StepRecord)
        case event(LoggedEvent)
    }

    /// A line as it was read, without its end.
    struct Line {
        let content: Content
        let text: Data

        /// Whether the line still holds when a run goes on after a step: the end of an earlier process is then none of the run.
        func holds(after step: Int) -> Bool {
            switch content {
            case .step(let record): record.step <= step
            case .event(let event): event.step <= step && event.event != .stopped
            }
        }
    }

    static func lines(of url: URL) throws(MetricsLogError) -> [Line] {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw .unreadable(path: url.path, reason: error.localizedDescription)
        }
        let decoder = JSONDecoder()
        var lines: [Line] = []
        let texts = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, text) in texts.enumerated() {
            // What follows the last line end is nothing, or a line that was cut off, perhaps just before its end.
            let isLast = index == texts.count - 1
            if isLast && text.isEmpty { break }
            do {
                if let event = try? decoder.decode(LoggedEvent.self, from: text) {
                    lines.append(Line(content: .event(event), text: text))
                } else {
                    lines.append(Line(content: .step(try decoder.decode(StepRecord.self, from: text)), text: text))
                }
            } catch {
                if isLast { break }
                throw .corrupt(path: url.path, line: index + 1, reason: reason(for: error))
            }
        }
        return lines
    }

    private static func reason(for error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "the key “\(key.stringValue)” is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” has a value of the wrong type"
        default: "it is not a JSON object"
        }
    }
}
