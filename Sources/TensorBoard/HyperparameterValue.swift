import Foundation
import SwiftProtobuf

/// The value of a setting of a run, of one of the kinds that TensorBoard can sort and filter by.
public enum HyperparameterValue: Sendable, Equatable {
    case number(Double)
    case bool(Bool)
    case string(String)

    /// Tells the kind of a text: `true` and `false` are Bools, finite numbers are numbers.
    public init(parsing text: String) {
        if let bool = Bool(text) {
            self = .bool(bool)
        } else if let number = Double(text), number.isFinite {
            self = .number(number)
        } else {
            self = .string(text)
        }
    }
}

extension Experiment {
    init(_ hyperparameters: [(name: String, value: HyperparameterValue)], metrics: [String]) {
        self.init()
        hparamInfos = hyperparameters.map { name, value in
            .with {
                $0.name = name
                $0.type =
                    switch value {
                    case .number: .float64
                    case .bool: .bool
                    case .string: .string
                    }
            }
        }
        metricInfos = metrics.map { tag in .with { $0.name.tag = tag } }
    }
}

extension SessionStartInfo {
    init(_ hyperparameters: [(name: String, value: HyperparameterValue)], at date: Date) {
        self.init()
        startTimeSecs = date.timeIntervalSince1970
        for (name, value) in hyperparameters {
            hparams[name] =
                switch value {
                case .number(let number): Google_Protobuf_Value(numberValue: number)
                case .bool(let bool): Google_Protobuf_Value(boolValue: bool)
                case .string(let string): Google_Protobuf_Value(stringValue: string)
                }
        }
    }
}
