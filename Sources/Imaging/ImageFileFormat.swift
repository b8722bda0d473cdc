import CVips
import Foundation

/// The image file formats that are read and, but for the last five, written.
public enum ImageFileFormat: String, Sendable, Codable, CaseIterable {
    case jpeg, png, webp, tiff, bmp, ppm, gif, jp2, heif, jxl
    /// Scans of microscopes, told by their extension alone.
    case slide

    /// File name extensions of the images that can be read on this computer, in lower case without the dot.
    public static let extensions = allCases.filter(\.isReadable).flatMap(\.fileExtensions)
    /// The same of those that are written.
    public static let writableExtensions = allCases.filter(\.isWritable).flatMap(\.fileExtensions)

    /// The format that a file name extension stands for, in any case, without the dot; `nil` where this computer cannot read it.
    public init?(fileExtension: String) {
        let wanted = fileExtension.lowercased()
        guard let format = Self.allCases.first(where: { $0.fileExtensions.contains(wanted) }), format.isReadable else { return nil }
        self = format
    }

    /// The format's file name extensions, the usual one first.
    public var fileExtensions: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
        case .png: ["png"]
        case .webp: ["webp"]
        case .tiff: ["tif", "tiff"]
        case .bmp: ["bmp"]
        case .ppm: ["ppm", "pgm", "pnm"]
        case .gif: ["gif"]
        case .jp2: ["jp2", "j2k", "jpf", "jpx"]
        case .heif: ["heic", "heif", "avif"]
        case .jxl: ["jxl"]
        case .slide: ["svs", "ndpi", "mrxs", "scn", "vms", "vmu", "svslide", "bif"]
        }
    }

    /// Whether this computer's libvips reads the format. Looking may load a part of it.
    public var isReadable: Bool {
        switch self {
        case .jpeg, .png, .webp, .tiff, .bmp, .ppm: true
        case .gif, .jp2, .heif, .jxl, .slide: Vips.canLoad(self)
        }
    }

    /// Whether images can be written in the format.
    public var isWritable: Bool {
        switch self {
        case .jpeg, .png, .webp, .tiff, .bmp, .ppm: true
        case .gif, .jp2, .heif, .jxl, .slide: false
        }
    }

    /// Whether the format has a quality to choose.
    public var hasQuality: Bool { [.jpeg, .webp].contains(self) }

    /// The format that the first bytes of a file announce.
    ///
    /// Decoding goes by content, so that a wrong extension does no harm and no other decoder of libvips is ever reached.
    package init?(signature data: Data) {
        let start = [UInt8](data.prefix(12))
        func matches(_ bytes: [UInt8], at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: bytes) }
        func matches(_ text: String, at offset: Int = 0) -> Bool { matches(Array(text.utf8), at: offset) }
        if matches([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if matches([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if matches("RIFF"), matches("WEBP", at: 8) {
            self = .webp
        } else if ["II*\0", "MM\0*", "II+\0", "MM\0+"].contains(where: { matches($0) }) {
            self = .tiff
        } else if matches("BM") {
            self = .bmp
        } else if start.count > 2, start[0] == 0x50, (0x31...0x36).contains(start[1]), [0x20, 0x09, 0x0A, 0x0D, 0x23].contains(start[2]) {
            self = .ppm
        } else if matches("GIF87a") || matches("GIF89a") {
            self = .gif
        } else if matches([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]) || matches([0xFF, 0x4F, 0xFF, 0x51]) {
            self = .jp2
        } else if matches([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]) || matches([0xFF, 0x0A]) {
            self = .jxl
        } else if matches("ftyp", at: 4), Self.heifBrands.contains(where: { matches($0, at: 8) }) {
            self = .heif
        } else {
            return nil
        }
    }

    /// Those of pictures; a film has others.
    private static let heifBrands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"]

    /// The format's usual name.
    public var name: String {
        switch self {
        case .jpeg, .png, .tiff, .bmp, .ppm, .gif, .heif: rawValue.uppercased()
        case .webp: "WebP"
        case .jp2: "JPEG 2000"
        case .jxl: "JPEG XL"
        case .slide: "OpenSlide"
        }
    }

    /// The names of all: `JPEG, PNG ... or JPEG XL`.
    static var names: String {
        let names = allCases.map(\.name)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
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
        case .gif: CVIPS_FILE_GIF
        case .jp2: CVIPS_FILE_JP2
        case .heif: CVIPS_FILE_HEIF
        case .jxl: CVIPS_FILE_JXL
        case .slide: CVIPS_FILE_SLIDE
        }
    }
}
