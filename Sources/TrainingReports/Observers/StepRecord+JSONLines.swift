import CycleGANTraining
import Foundation

/// Why a log of metrics cannot be written or read.
public enum MetricsLogError: Error, CustomStringConvertible {
    /// The system did not let the log be read.
    case unreadable(path: String, reason: String)
    /// A line, counted from 1, is not a logged step.
    case corrupt(path: String, line: Int, reason: String)
    /// The system did not let the log be written.
    case unwritable(path: String, reason: String)
    /// A number of a step is NaN or infinite.
    case notFinite(key: String, value: Double, step: Int)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .corrupt(let path, let line, let reason):
            "\(path): line \(line) is not a logged step: \(reason); repair or delete this line"
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
        case .notFinite(let key, let value, let step):
            "\(key) of step \(step) is \(value), which JSON cannot hold; a finite number was expected"
        }
    }
}

extension StepRecord {
    /// The record as one line of JSON without its end: known keys in a fixed order, numbers in their shortest exact form.
    ///
    /// - Parameter lossNames: The order of the losses; others follow by name.
    /// - Throws: `MetricsLogError.notFinite`.
    func jsonLine(lossNames: [String]) throws(MetricsLogError) -> String {
        let others = losses.keys.filter { !lossNames.contains($0) }.sorted()
        var parts = [
            "\"step\":\(step)", "\"epoch\":\(epoch)",
            "\"losses\":\(try object(losses, order: lossNames.filter { losses[$0] != nil } + others))",
            "\"learningRates\":\(try object(learningRates, order: learningRates.keys.sorted()))",
            "\"imagesPerSecond\":\(try number(imagesPerSecond, key: "imagesPerSecond"))",
            "\"dataWait\":\(try number(dataWait, key: "dataWait"))",
        ]
        if let seconds { parts.append("\"seconds\":\(try number(seconds, key: "seconds"))") }
        return "{" + parts.joined(separator: ",") + "}"
    }

    private func object(_ values: [String: Double], order: [String]) throws(MetricsLogError) -> String {
        var members: [String] = []
        for key in order {
            guard let value = values[key] else { continue }
            members.append("\(quoted(key)):\(try number(value, key: key))")
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private func number(_ value: Double, key: String) throws(MetricsLogError) -> String {
        guard value.isFinite else { throw .notFinite(key: key, value: value, step: step) }
        // Swift's description is the shortest text that reads back as the same number, and valid JSON.
        return value.description
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..."\u{1F}": result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
