/// Numbers of a header.
struct HeaderFields {
    var bytes: [UInt8]
    let isBigEndian: Bool

    func number<Field: FixedWidthInteger>(at offset: Int, _ type: Field.Type = Field.self) -> Field {
        let field = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Field.self) }
        return isBigEndian ? Field(bigEndian: field) : Field(littleEndian: field)
    }

    func float(at offset: Int) -> Double { Double(Float(bitPattern: number(at: offset))) }

    mutating func set<Field: FixedWidthInteger>(_ value: Field, at offset: Int) {
        withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { field in
            for (index, byte) in field.enumerated() { bytes[offset + index] = byte }
        }
    }

    mutating func set(_ value: Double, at offset: Int) { set(Float(value).bitPattern, at: offset) }

    /// The affine that holds; see `NIfTIHeader.affine`.
    func affine(shape: [Int]) -> [[Double]] {
        if number(at: 254, Int16.self) != 0 {
            return (0..<3).map { row in (0..<4).map { float(at: 280 + 16 * row + 4 * $0) } }
        }
        let zooms = (0..<3).map { abs(float(at: 80 + 4 * $0)) }
        if number(at: 252, Int16.self) != 0 { return quaternionAffine(zooms) }
        let signs = [-1.0, 1, 1]
        return (0..<3).map { row in
            var line = [0.0, 0, 0, -Double(shape[row] - 1) / 2 * zooms[row] * signs[row]]
            line[row] = zooms[row] * signs[row]
            return line
        }
    }

    /// Method 2 of nifti1.h: a rotation, the spacing, and perhaps the third axis mirrored.
    private func quaternionAffine(_ zooms: [Double]) -> [[Double]] {
        let (b, c, d) = (float(at: 256), float(at: 260), float(at: 264))
        let rest = 1 - (b * b + c * c + d * d)
        // Rounding may leave less than nothing; then the others are brought to length 1.
        let length = rest < 1e-7 ? (b * b + c * c + d * d).squareRoot() : 1
        let (x, y, z, w) = (b / length, c / length, d / length, rest < 1e-7 ? 0 : rest.squareRoot())
        let rotation = [
            [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), w * w + y * y - x * x - z * z, 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), w * w + z * z - x * x - y * y],
        ]
        let factor = float(at: 76) < 0 ? -1.0 : 1.0
        return (0..<3).map { row in
            [rotation[row][0] * zooms[0], rotation[row][1] * zooms[1], rotation[row][2] * zooms[2] * factor, float(at: 268 + 4 * row)]
        }
    }
}
