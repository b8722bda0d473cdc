import Foundation

/// A model that cannot be exported, or an export that does not do what the model does.
public enum ExportError: Error, Equatable, CustomStringConvertible {
    /// A layer that the format has no form for, by its place in the network.
    case unknownLayer(name: String, operation: String, format: String)
    /// A model or a size that does not fit what was asked for.
    case unfit(file: String, found: String, allowed: String)
    /// A file that is no such export, or a damaged one.
    case damaged(file: String, reason: String)
    /// A written file that gives something else than the model.
    case different(file: String, found: String, allowed: String)

    public var description: String {
        switch self {
        case .unknownLayer(let name, let operation, let format):
            "the layer \(name.isEmpty ? "of the network" : name) cannot be written as \(format): \(operation)"
        case .unfit(let file, let found, let allowed): "\(file): found \(found); allowed: \(allowed)"
        case .damaged(let file, let reason): "\(file): \(reason)"
        case .different(let file, let found, let allowed):
            "\(file) does not do what the model does: \(found), allowed are \(allowed); the file was removed"
        }
    }
}

/// In which precision weights are kept. ONNX graphs compute in float32 whatever it is, Core ML programs in float16 but for `f32`.
public enum ExportPrecision: String, CaseIterable, Sendable {
    /// As they are.
    case f32
    /// Half the size.
    case f16
    /// A quarter of the size: whole numbers with a scale for each output channel.
    case int8
    /// Core ML only: places in a palette of 64 numbers for each layer.
    case palette6
    /// Core ML only: places in a palette of 16 numbers for each layer.
    case palette4

    /// Whether weights change by more than the last digits.
    var isCompressed: Bool { ![.f32, .f16].contains(self) }

    /// Those that ONNX files can have.
    public static let ofONNX = [Self.f32, .f16, .int8]
}
