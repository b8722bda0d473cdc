import Torch

/// In which precision the networks compute while they are trained. Weights, norms and losses are float32 in each.
public enum Precision: String, CaseIterable, Codable, Sendable {
    case f32
    /// Convolutions in bfloat16: the range of float32 with 8 bits of precision.
    case bf16
    /// Convolutions in float16, with scaled losses. For GPUs.
    case f16

    /// What `withAutocast` is given.
    var autocastType: DType? {
        switch self {
        case .f32: nil
        case .bf16: .bfloat16
        case .f16: .float16
        }
    }
}
