import Foundation
import Support

/// The header of a NIfTI-1 volume, kept byte for byte, with what is read of it checked.
///
/// The format: https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h.
public struct NIfTIHeader: Sendable, Equatable {
    /// Length of the header itself.
    static let length = 348

    /// The header's bytes.
    var bytes: [UInt8]
    /// Whether numbers begin with their highest byte, in header and voxels.
    public let isBigEndian: Bool
    /// Voxels along each axis: three in space, and any number behind them, such as time. Axes of one voxel at the end are left out behind the third.
    public let shape: [Int]
    /// How voxels are stored.
    public let datatype: NIfTIDatatype
    /// A value is slope · stored + intercept.
    public let slope: Double
    public let intercept: Double
    /// Where voxels begin in the file that holds them.
    let voxelStart: Int
    /// Whether the voxels are in a file of their own, `.img` beside `.hdr`.
    public let hasSeparateVoxels: Bool
    /// From voxels (i, j, k) to millimetres towards the patient's right, front and head: three rows of four numbers.
    ///
    /// As nibabel chooses: the sform where its code is not 0, then the qform, else the spacing with the origin in the middle and the first axis
    /// towards the left.
    public let affine: [[Double]]

    /// Whether bytes begin as a header of NIfTI-1.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= length else { return false }
        let magic = Array(bytes[344..<348])
        let size = Array(bytes[0..<4])
        return (size == [0x5C, 1, 0, 0] || size == [0, 0, 1, 0x5C]) && (magic == Array("n+1\0".utf8) || magic == Array("ni1\0".utf8))
    }

    /// Whether bytes begin as a header of NIfTI-2.
    static func recognizesSecondVersion(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 12 && (Array(bytes[0..<4]) == [0x1C, 2, 0, 0] || Array(bytes[0..<4]) == [0, 0, 2, 0x1C])
            && bytes[4] == UInt8(ascii: "n") && bytes[6] == UInt8(ascii: "2")
    }

    /// Checks a header.
    ///
    /// - Throws: `NIfTIError` naming the file.
    init(_ bytes: [UInt8], name: String, voxelLimit: Int) throws(NIfTIError) {
        if Self.recognizesSecondVersion(bytes) {
            throw .unsupported(
                file: name, what: "NIfTI-2",
                remedy:
                    "save it as NIfTI-1: python -c \"import nibabel as n; v = n.load('IN'); n.save(n.Nifti1Image(v.dataobj, v.affine), 'OUT.nii.gz')\""
            )
        }
        guard Self.recognizes(bytes) else { throw .notNIfTI(file: name) }
        self.bytes = Array(bytes.prefix(Self.length))
        let fields = HeaderFields(bytes: self.bytes, isBigEndian: bytes[0] == 0)
        isBigEndian = fields.isBigEndian
        hasSeparateVoxels = bytes[345] == UInt8(ascii: "i")

        let sizes = (0..<8).map { Int(fields.number(at: 40 + 2 * $0, Int16.self)) }
        guard (1...7).contains(sizes[0]) else { throw .damaged(file: name, reason: "its header says \(sizes[0]) axes") }
        var shape = Array(sizes[1...sizes[0]])
        var voxels = 1
        for size in shape {
            guard size > 0 else {
                throw .damaged(file: name, reason: "its header says \(shape.map(String.init).joined(separator: "x")) voxels")
            }
            let (product, isOverflown) = voxels.multipliedReportingOverflow(by: size)
            guard !isOverflown, product <= voxelLimit else { throw .tooLarge(file: name, shape: shape, limit: voxelLimit) }
            voxels = product
        }
        while shape.count < 3 { shape.append(1) }
        while shape.count > 3, shape.last == 1 { shape.removeLast() }
        self.shape = shape

        let code: Int16 = fields.number(at: 70)
        guard let datatype = NIfTIDatatype(rawValue: code) else {
            throw .unsupported(
                file: name, what: NIfTIDatatype.otherName(code),
                remedy: "save it as 16-bit whole numbers or as float32, for instance with nibabel's set_data_dtype")
        }
        self.datatype = datatype
        let start = fields.float(at: 108)
        let least = hasSeparateVoxels ? 0 : Double(Self.length)
        // Some writers leave 0, which means behind the header.
        guard start.isFinite, start == 0 || start >= least, start < 1e9 else {
            throw .damaged(file: name, reason: "its header says that voxels begin at byte \(start)")
        }
        voxelStart = start == 0 && !hasSeparateVoxels ? 352 : Int(start)
        let (slope, intercept) = (fields.float(at: 112), fields.float(at: 116))
        // A slope of 0 means that there is none.
        let isScaled = slope.isFinite && slope != 0 && datatype.bands == 1
        self.slope = isScaled ? slope : 1
        self.intercept = isScaled && intercept.isFinite ? intercept : 0
        affine = fields.affine(shape: shape)
        guard affine.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw .damaged(file: name, reason: "its affine has numbers that are not finite")
        }
    }

    /// Bytes of all voxels.
    public var byteCount: Int { volumeCount * volumes * datatype.byteCount }
    /// The values that the file asks to be shown from black to white; `nil` where it does not say.
    public var displayRange: ClosedRange<Double>? {
        let fields = HeaderFields(bytes: bytes, isBigEndian: isBigEndian)
        let (greatest, least) = (fields.float(at: 124), fields.float(at: 128))
        return greatest.isFinite && least < greatest && least.isFinite ? least...greatest : nil
    }

    /// Voxels of one volume in space.
    var volumeCount: Int { shape[0] * shape[1] * shape[2] }
    /// How many volumes in space there are: steps in time, or whatever the further axes are.
    public var volumes: Int { shape.dropFirst(3).reduce(1, *) }
    /// Millimetres from one voxel to the next along i, j and k, as the affine has it.
    public var spacing: [Double] {
        (0..<3).map { axis in (0..<3).reduce(0) { $0 + affine[$1][axis] * affine[$1][axis] }.squareRoot() }
    }
}
