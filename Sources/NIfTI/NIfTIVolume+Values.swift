import Foundation

extension NIfTIVolume {
    /// The values of some voxels, slope and intercept applied; what is not finite becomes 0.
    func values(at indices: [Int]) -> [Float] {
        let (slope, intercept, isBigEndian) = (header.slope, header.intercept, header.isBigEndian)
        return voxels.withUnsafeBytes { source -> [Float] in
            func integers<Field: FixedWidthInteger>(_ type: Field.Type) -> [Float] {
                let size = MemoryLayout<Field>.size
                return indices.map { index in
                    let field = source.loadUnaligned(fromByteOffset: index * size, as: Field.self)
                    return Float(slope * Double(isBigEndian ? Field(bigEndian: field) : Field(littleEndian: field)) + intercept)
                }
            }
            func floats<Field: FixedWidthInteger>(_ type: Field.Type, _ value: (Field) -> Double) -> [Float] {
                let size = MemoryLayout<Field>.size
                return indices.map { index in
                    let field = source.loadUnaligned(fromByteOffset: index * size, as: Field.self)
                    let number = value(isBigEndian ? Field(bigEndian: field) : Field(littleEndian: field))
                    return number.isFinite ? Float(slope * number + intercept) : 0
                }
            }
            func colours(_ size: Int) -> [Float] {
                indices.flatMap { index in (0..<3).map { Float(source[index * size + $0]) } }
            }
            return switch header.datatype {
            case .uint8: integers(UInt8.self)
            case .int8: integers(Int8.self)
            case .int16: integers(Int16.self)
            case .uint16: integers(UInt16.self)
            case .int32: integers(Int32.self)
            case .uint32: integers(UInt32.self)
            case .int64: integers(Int64.self)
            case .uint64: integers(UInt64.self)
            case .float32: floats(UInt32.self) { Double(Float(bitPattern: $0)) }
            case .float64: floats(UInt64.self) { Double(bitPattern: $0) }
            case .rgb: colours(3)
            case .rgba: colours(4)
            }
        }
    }
}
