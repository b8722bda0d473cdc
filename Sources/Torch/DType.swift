import CTorch

/// The type of a tensor's elements.
public enum DType: String, Codable, CaseIterable, Sendable {
    case float32, float16, bfloat16, float64, int64, uint8, bool

    /// The size of one element in bytes.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32: 4
        case .float16, .bfloat16: 2
        case .uint8, .bool: 1
        }
    }

    /// Whether elements are floating-point numbers, so that gradients can flow.
    public var isFloatingPoint: Bool {
        switch self {
        case .float32, .float16, .bfloat16, .float64: true
        case .int64, .uint8, .bool: false
        }
    }

    var code: ct_dtype {
        switch self {
        case .float32: CT_FLOAT32
        case .float16: CT_FLOAT16
        case .bfloat16: CT_BFLOAT16
        case .float64: CT_FLOAT64
        case .int64: CT_INT64
        case .uint8: CT_UINT8
        case .bool: CT_BOOL
        }
    }

    init(code: ct_dtype) {
        switch code {
        case CT_FLOAT16: self = .float16
        case CT_BFLOAT16: self = .bfloat16
        case CT_FLOAT64: self = .float64
        case CT_INT64: self = .int64
        case CT_UINT8: self = .uint8
        case CT_BOOL: self = .bool
        default: self = .float32
        }
    }
}

/// A Swift type that can be a tensor's element.
public protocol TorchScalar {
    /// The matching tensor element type.
    static var dtype: DType { get }
}

extension Float: TorchScalar {
    public static var dtype: DType { .float32 }
}

extension Double: TorchScalar {
    public static var dtype: DType { .float64 }
}

extension Int64: TorchScalar {
    public static var dtype: DType { .int64 }
}

extension UInt8: TorchScalar {
    public static var dtype: DType { .uint8 }
}

extension Bool: TorchScalar {
    public static var dtype: DType { .bool }
}
