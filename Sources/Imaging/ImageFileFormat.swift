import CVips
import Foundation

/// The image file formats that are read and written.
public enum ImageFileFormat: String, Sendable, Codable, CaseIterable {
    case jpeg, png, webp, tiff, bmp, ppm

    /// File name extensions of readable images, in lower case without the dot.
    public static let extensions = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp", "ppm", "pgm", "pnm"]

    /// The format that a file name extension stands for, in any case, without the dot.
    public init?(fileExtension: String) {
        switch fileExtension.lowercased() {
        case "jpg", "jpeg": self = .jpeg
        case "png": self = .png
        case "webp": self = .webp
        case "tif", "tiff": self = .tiff
        case "bmp": self = .bmp
        case "ppm", "pgm", "pnm": self = .ppm
        default: return nil
        }
    }

    /// The format that the first bytes of a file announce.
    ///
    /// Decoding goes by content, so that a wrong extension does no harm and no other decoder of libvips is ever reached.
    init?(signature data: Data) {
        let start = [UInt8](data.prefix(12))
        func matches(_ bytes: [UInt8], at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: bytes) }
        if matches([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if matches([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if matches(Array("RIFF".utf8)), matches(Array("WEBP".utf8), at: 8) {
            self = .webp
        } else if ["II*\0", "MM\0*", "II+\0", "MM\0+"].contains(where: { matches(Array($0.utf8)) }) {
            self = .tiff
        } else if matches(Array("BM".utf8)) {
            self = .bmp
        } else if start.count > 2, start[0] == 0x50, (0x31...0x36).contains(start[1]), [0x20, 0x09, 0x0A, 0x0D, 0x23].contains(start[2]) {
            self = .ppm
        } else {
            return nil
        }
    }

    /// The format's usual name.
    public var name: String {
        switch self {
        case .jpeg, .png, .tiff, .bmp, .ppm: rawValue.uppercased()
        case .webp: "WebP"
        }
    }

    /// The format's part of libvips; BMP has none.
    var code: CVipsFileFormat {
        switch self {
        case .jpeg: CVIPS_FILE_JPEG
        case .png: CVIPS_FILE_PNG
        case .webp: CVIPS_FILE_WEBP
        case .tiff: CVIPS_FILE_TIFF
        case .bmp: CVIPS_FILE_NONE
        case .ppm: CVIPS_FILE_PPM
        }
    }
}
