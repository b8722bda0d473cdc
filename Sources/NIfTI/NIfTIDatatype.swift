/// How a volume stores one voxel.
public enum NIfTIDatatype: Int16, Sendable, CaseIterable {
    case uint8 = 2
    case int16 = 4
    case int32 = 8
    case float32 = 16
    case float64 = 64
    case rgb = 128
    case int8 = 256
    case uint16 = 512
    case uint32 = 768
    case int64 = 1024
    case uint64 = 1280
    case rgba = 2304

    /// Bytes of a voxel.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .rgb: 3
        case .int32, .uint32, .float32, .rgba: 4
        case .int64, .uint64, .float64: 8
        }
    }

    /// Numbers of a voxel: three for colours, whose opacity is left out.
    public var bands: Int { self == .rgb || self == .rgba ? 3 : 1 }

    /// The names of types that are not read.
    static func otherName(_ code: Int16) -> String {
        switch code {
        case 1: "a volume of single bits"
        case 32, 1792, 2048: "a volume of complex numbers"
        case 1536: "a volume of 128-bit numbers"
        default: "the datatype \(code)"
        }
    }
}
