/// The type that the samples of an image have in its file.
///
/// It decides what they can mean. Samples of a type with a white are shares of it: 255 of 8 bits, 65535 of 16 bits and 1 of floats look
/// alike. Those of the other types are numbers, such as Hounsfield units, and so are floats that lie beyond 0...1.
public enum SampleType: String, Sendable, Hashable, Codable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

    /// The type of samples that are held as they are stored.
    public init(_ format: PixelImage.Format) {
        switch format {
        case .uint8: self = .uint8
        case .uint16: self = .uint16
        case .float32: self = .float32
        }
    }

    /// The type of samples of a depth.
    package init(_ depth: BitDepth) { self.init(depth.format) }

    /// Whether it is floating point.
    public var isFloat: Bool { self == .float16 || self == .float32 || self == .float64 }

    /// The sample that is white and, of a band of opacity, opaque, where files of this type have one by convention.
    public var white: Double? {
        switch self {
        case .uint8: 255
        case .uint16: 65535
        case .float16, .float32, .float64: 1
        case .int8, .int16, .uint32, .int32, .uint64, .int64: nil
        }
    }

    /// The numbers that it can hold.
    public var values: ClosedRange<Double> {
        switch self {
        case .uint8: 0...255
        case .int8: -128...127
        case .uint16: 0...65535
        case .int16: -32768...32767
        case .uint32: 0...Double(UInt32.max)
        case .int32: Double(Int32.min)...Double(Int32.max)
        case .uint64: 0...Double(UInt64.max)
        case .int64: Double(Int64.min)...Double(Int64.max)
        case .float16: -65504...65504
        case .float32, .float64: -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude)
        }
    }

    /// Whether it can hold the numbers of a range, which may end a hundredth of its extent beyond: it may have been measured.
    package func canHold(_ range: ClosedRange<Double>) -> Bool {
        let slack = (range.upperBound - range.lowerBound) / 100
        return values.lowerBound <= range.lowerBound + slack && values.upperBound >= range.upperBound - slack
    }

    /// Such as `8-bit` and `signed 16-bit`.
    public var name: String {
        switch self {
        case .uint8: "8-bit"
        case .int8: "signed 8-bit"
        case .uint16: "16-bit"
        case .int16: "signed 16-bit"
        case .uint32: "32-bit whole-number"
        case .int32: "signed 32-bit"
        case .uint64: "64-bit whole-number"
        case .int64: "signed 64-bit"
        case .float16: "16-bit float"
        case .float32: "float"
        case .float64: "64-bit float"
        }
    }
}

extension SampleType {
    /// The depth in which samples of this type are worked on where no range of values is mapped: results of numbers without a white have the
    /// depth that comes next.
    package var keptDepth: BitDepth { isFloat ? .float : [.uint8, .int8].contains(self) ? .eight : .sixteen }
}

extension DomainConfiguration {
    /// Whether images keep their own depth on the way to another domain: neither of them maps a range of values.
    package func keepsDepth(as other: DomainConfiguration) -> Bool {
        valueRange == nil && other.valueRange == nil && bitDepth == other.bitDepth
    }
}
