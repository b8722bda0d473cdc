import CycleGANTraining
import Foundation
import Imaging
import Settings

extension RunComparison: Encodable {
    private struct Run: Encodable {
        let name, path, objective: String
        let domainNames: [Domain: String]
        let steps, epochs, totalEpochs: Int
        let imagesPerSecond: Double?
        let best: ListedRun.Best?
        let generatorParameters, discriminatorParameters: Int?
        let state: ListedRun.State
        let end: String

        init(_ run: ComparedRun) {
            (name, path, objective) = (run.name, run.path, run.configuration.objective.kind.rawValue)
            domainNames = run.configuration.domainNames.all(of: run.configuration.trainedDomains)
            (steps, epochs, totalEpochs) = (run.steps, run.epochs, run.configuration.totalEpochs)
            imagesPerSecond = run.imagesPerSecond
            best = run.best
            generatorParameters = run.parameters?.generators
            discriminatorParameters = run.parameters?.discriminators
            (state, end) = (run.ending.state, run.ending.long)
        }
    }

    private struct Settings: Encodable {
        struct Difference: Encodable {
            let key: String
            /// In the order of the runs, `null` where one does not have the setting.
            let values: [SettingJSON?]
        }

        let differing: [Difference]
        let equal: Int
    }

    private enum CodingKeys: CodingKey { case runs, settings }

    /// Encodes what the table and the page say, numbers as numbers.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(runs.map(Run.init), forKey: .runs)
        let differences = ConfigurationDifferences(of: runs.map(\.configuration))
        let differing = differences.differing.map { setting in
            let kind = setting.key.split(separator: ".").last.flatMap { TrainingConfiguration.setting(String($0))?.kind }
            return Settings.Difference(key: setting.key, values: setting.values.map { $0.map { SettingJSON($0, of: kind) } })
        }
        try container.encode(Settings(differing: differing, equal: differences.equalCount), forKey: .settings)
    }
}

/// The value of a setting in JSON: a number, a truth value, a text, or a list of these.
enum SettingJSON: Encodable, Equatable {
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case text(String)
    case list([SettingJSON])

    /// - Parameters:
    ///   - text: As a flag takes it, lists with commas.
    ///   - kind: That of the setting's values; a setting whose values are any text is never read as a number.
    init(_ text: String, of kind: ValueKind?) {
        switch kind {
        case let kind? where kind.isSwitch: self = .flag(text == "true")
        case let kind? where kind.noun == String.kind.noun: self = .text(text)
        case let kind? where Self.listNouns.contains(kind.noun):
            self = .list(text.isEmpty ? [] : text.components(separatedBy: ",").map(SettingJSON.init))
        default:
            let numbers = text.components(separatedBy: ",").compactMap(Double.init)
            let areNumbers = numbers.count > 1 && numbers.count == text.components(separatedBy: ",").count
            self = areNumbers ? .list(text.components(separatedBy: ",").map(SettingJSON.init)) : SettingJSON(text)
        }
    }

    private init(_ text: String) {
        self = Int(text).map(SettingJSON.integer) ?? Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .text(text)
    }

    private static let listNouns: Set<String> = [[Int].kind.noun, ClosedRange<Double>.kind.noun]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        }
    }
}
