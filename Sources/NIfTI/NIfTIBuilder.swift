import Foundation
import Support

/// Puts a volume together from its slices, with the header and affine of another or for an affine.
public struct NIfTIBuilder: Sendable {
    private let header: NIfTIHeader
    private let extensions: Data
    private var values: [Float]

    /// A volume in the place of another: its header, affine, byte order and extensions, one number or three for a voxel. An extension with
    /// elements of DICOM is left out, and so is the name of a database entry: both may name a patient.
    public init(like volume: NIfTIVolume, bands: Int = 1) {
        header = volume.header
        extensions = Self.withoutPatients(volume.extensions, isBigEndian: volume.header.isBigEndian)
        self.bands = bands
        values = [Float](repeating: 0, count: header.volumeCount * header.volumes * bands)
    }

    /// Numbers of a voxel: 1, or 3 for colours.
    public let bands: Int

    /// A volume of three axes.
    ///
    /// - Parameters:
    ///   - shape: Voxels along i, j and k, each below 32768.
    ///   - affine: From voxels to millimetres towards the patient's right, front and head: three rows of four numbers.
    /// - Throws: `NIfTIError.tooLarge`, and `NIfTIError.damaged` for an affine that is not finite.
    public init(shape: [Int], affine: [[Double]], bands: Int = 1, name: String = "the volume") throws(NIfTIError) {
        precondition(shape.count == 3 && shape.allSatisfy { $0 > 0 }, "a volume has three axes, not \(shape)")
        guard shape.allSatisfy({ $0 <= Int(Int16.max) }) else { throw .tooLarge(file: name, shape: shape, limit: Int(Int16.max)) }
        var fields = HeaderFields(bytes: [UInt8](repeating: 0, count: NIfTIHeader.length), isBigEndian: false)
        fields.set(Int32(348), at: 0)
        for (index, size) in ([3] + shape + [1, 1, 1, 1]).enumerated() { fields.set(Int16(size), at: 40 + 2 * index) }
        fields.set(NIfTIDatatype.float32.rawValue, at: 70)
        fields.set(Int16(32), at: 72)
        fields.set(1.0, at: 76)
        for axis in 0..<3 {
            fields.set((0..<3).reduce(0) { $0 + affine[$1][axis] * affine[$1][axis] }.squareRoot(), at: 80 + 4 * axis)
        }
        fields.set(352.0, at: 108)
        // Millimetres and seconds; the affine is that of the scanner.
        fields.bytes[123] = 10
        fields.set(Int16(1), at: 254)
        for row in 0..<3 { for column in 0..<4 { fields.set(affine[row][column], at: 280 + 16 * row + 4 * column) } }
        for (index, byte) in "n+1\0".utf8.enumerated() { fields.bytes[344 + index] = byte }
        header = try NIfTIHeader(fields.bytes, name: name, voxelLimit: NIfTIVolume.defaultVoxelLimit)
        extensions = Data()
        self.bands = bands
        values = [Float](repeating: 0, count: header.volumeCount * bands)
    }

    /// Puts a slice where `NIfTIVolume.slice(along:_:volume:)` takes it from.
    public mutating func place(_ slice: NIfTISlice, along axis: SliceAxis, _ index: Int, volume: Int = 0) {
        let layout = SliceLayout(axis, header: header)
        precondition(
            slice.width == layout.width && slice.height == layout.height && slice.bands == bands,
            "a slice of \(slice.width)x\(slice.height)x\(slice.bands) does not fit \(layout.width)x\(layout.height)x\(bands)")
        for (pixel, voxel) in layout.voxels(ofSlice: index).enumerated() {
            let target = (volume * header.volumeCount + voxel) * bands
            for band in 0..<bands { values[target + band] = slice.values[pixel * bands + band] }
        }
    }

    /// Puts rows and columns of a picture at i and j of a plane k.
    public mutating func place(_ slice: NIfTISlice, plane: Int) {
        precondition(
            slice.width == header.shape[0] && slice.height == header.shape[1] && slice.bands == bands && plane < header.shape[2],
            "a picture of \(slice.width)x\(slice.height)x\(slice.bands) is no plane \(plane) of \(header.shape)")
        values.replaceSubrange((plane * slice.values.count)..<((plane + 1) * slice.values.count), with: slice.values)
    }

    /// The file's content. Whole numbers are stored in the smallest type that holds them all, others as float32, without slope and
    /// intercept; colours as RGB of 8 bits.
    ///
    /// - Parameter isPacked: Whether it is packed by gzip, as `.nii.gz` is.
    /// - Throws: `NIfTIError` where there is no memory.
    public func encoded(isPacked: Bool, name: String = "the volume") throws(NIfTIError) -> Data {
        let datatype = bands == 3 ? NIfTIDatatype.rgb : Self.datatype(of: values)
        var fields = HeaderFields(bytes: header.bytes, isBigEndian: header.isBigEndian)
        fields.set(datatype.rawValue, at: 70)
        fields.set(Int16(8 * datatype.byteCount), at: 72)
        // Neither scaled nor with the brightest and darkest values of another volume.
        for (offset, value) in [(112, bands == 3 ? 0.0 : 1.0), (116, 0.0), (124, 0.0), (128, 0.0)] { fields.set(value, at: offset) }
        // Voxels follow in the same file, in steps of 16 bytes: four of them say whether there are extensions.
        let between = extensions.count >= 4 ? extensions : Data(count: 4)
        let start = (NIfTIHeader.length + between.count + 15) / 16 * 16
        fields.set(Double(start), at: 108)
        for (index, byte) in "n+1\0".utf8.enumerated() { fields.bytes[344 + index] = byte }
        for offset in 14..<32 { fields.bytes[offset] = 0 }
        var data = Data(fields.bytes)
        data.reserveCapacity(start + values.count * datatype.byteCount)
        data.append(between)
        data.append(Data(count: start - data.count))
        append(datatype, to: &data)
        guard isPacked else { return data }
        do throws(Deflate.Damage) { return try Deflate.gzipped(data) } catch {
            throw .damaged(file: name, reason: error.reason)
        }
    }

    /// Extensions but for those of code 2: each has its length, its code and its content behind four bytes that say whether there are any.
    private static func withoutPatients(_ extensions: Data, isBigEndian: Bool) -> Data {
        let fields = HeaderFields(bytes: [UInt8](extensions), isBigEndian: isBigEndian)
        var (kept, start) = ([UInt8](), 4)
        while start + 8 <= fields.bytes.count {
            let (length, code) = (Int(fields.number(at: start, Int32.self)), fields.number(at: start + 4, Int32.self))
            guard length >= 8, length <= fields.bytes.count - start else { break }
            if code != 2 { kept += fields.bytes[start..<start + length] }
            start += length
        }
        return kept.isEmpty ? Data() : Data([1, 0, 0, 0] + kept)
    }

    private static func datatype(of values: [Float]) -> NIfTIDatatype {
        guard values.allSatisfy({ $0 == $0.rounded() && abs($0) <= 65535 }) else { return .float32 }
        let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
        if least >= 0, greatest <= 255 { return .uint8 }
        if least >= -32768, greatest <= 32767 { return .int16 }
        return least >= 0 ? .uint16 : .float32
    }

    private func append(_ datatype: NIfTIDatatype, to data: inout Data) {
        let isBigEndian = header.isBigEndian
        func write<Field: FixedWidthInteger>(_ number: (Float) -> Field) {
            let fields = values.map { isBigEndian ? number($0).bigEndian : number($0).littleEndian }
            fields.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        switch datatype {
        case .int16: write { Int16($0) }
        case .uint16: write { UInt16($0) }
        case .uint8, .rgb: write { UInt8(max(0, min(255, $0.rounded()))) }
        default: write { $0.bitPattern }
        }
    }
}
