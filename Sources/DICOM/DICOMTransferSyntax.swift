/// How a DICOM file is encoded, and with what its pixels are compressed (DICOM PS3.5, section 10, and PS3.6, annex A).
public enum DICOMTransferSyntax: String, Sendable, CaseIterable {
    case implicitLittleEndian = "1.2.840.10008.1.2"
    case explicitLittleEndian = "1.2.840.10008.1.2.1"
    case deflatedLittleEndian = "1.2.840.10008.1.2.1.99"
    case explicitBigEndian = "1.2.840.10008.1.2.2"
    case runLengths = "1.2.840.10008.1.2.5"
    case jpegBaseline = "1.2.840.10008.1.2.4.50"
    case jpegExtended = "1.2.840.10008.1.2.4.51"
    case jpegLossless = "1.2.840.10008.1.2.4.57"
    case jpegLosslessFirstOrder = "1.2.840.10008.1.2.4.70"
    case jpegLSLossless = "1.2.840.10008.1.2.4.80"
    case jpegLSNearLossless = "1.2.840.10008.1.2.4.81"
    case jpeg2000Lossless = "1.2.840.10008.1.2.4.90"
    case jpeg2000 = "1.2.840.10008.1.2.4.91"

    /// Whether elements name the type of their values.
    var isExplicit: Bool { self != .implicitLittleEndian }

    var isBigEndian: Bool { self == .explicitBigEndian }

    /// Whether pixels lie in fragments, packed by a codec.
    public var isEncapsulated: Bool {
        switch self {
        case .implicitLittleEndian, .explicitLittleEndian, .deflatedLittleEndian, .explicitBigEndian: false
        default: true
        }
    }

    /// Whether frames are JPEG 2000.
    public var isJPEG2000: Bool { self == .jpeg2000 || self == .jpeg2000Lossless }

    /// The name in messages.
    public var name: String {
        switch self {
        case .implicitLittleEndian: "implicit little endian"
        case .explicitLittleEndian: "explicit little endian"
        case .deflatedLittleEndian: "deflated explicit little endian"
        case .explicitBigEndian: "explicit big endian"
        case .runLengths: "RLE lossless"
        case .jpegBaseline: "JPEG baseline"
        case .jpegExtended: "JPEG extended"
        case .jpegLossless, .jpegLosslessFirstOrder: "JPEG lossless"
        case .jpegLSLossless, .jpegLSNearLossless: "JPEG-LS"
        case .jpeg2000Lossless, .jpeg2000: "JPEG 2000"
        }
    }

    /// What the names of other known syntaxes begin with.
    static func otherName(_ identifier: String) -> String {
        switch identifier {
        case "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93": "JPEG 2000 with several components (part 2)"
        case let name where name.hasPrefix("1.2.840.10008.1.2.4.10"): "MPEG video"
        case let name where name.hasPrefix("1.2.840.10008.1.2.4.20"): "high-throughput JPEG 2000"
        default: "the transfer syntax \(identifier)"
        }
    }

    /// The command that makes a file of such a syntax readable.
    static let conversion = "convert the file with `gdcmconv --raw IN OUT` (Debian: libgdcm-tools) or `dcmdjpeg IN OUT` (Debian: dcmtk)"
}
