import Foundation
import Imaging

/// Pictures of one format.
struct PictureTarget: FuzzTarget {
    let name: String
    let inputName: String
    let seeds: [Data]
    let tokens: [Data]

    init(name: String) throws {
        self.name = name
        inputName = "picture.\(name)"
        let extensions: [String: Set<String>] = ["jpeg": ["jpg"], "tiff": ["tif"]]
        var files = try Fixtures.contents(of: "ImagingTests", extensions[name] ?? [name])
        files += try Fixtures.contents(of: "ImagingTests", extensions[name] ?? [name], folder: "values")
        if name == "dicom" { files = try Fixtures.contents(of: "DICOMTests", ["dcm"]) }
        if name == "nifti" { files = try Fixtures.contents(of: "NIfTITests", ["nii", "gz"]) }
        if name == "bmp" { files += try Fixtures.contents(of: "ImagingTests", ["bmp"], folder: "bmp") }
        if name == "ppm" {
            files += ["P1\n# bits\n3 2\n101010\n", "P2 2 2 15 1 2 3 4\n", "P3 1 1 255 1 2 3\n", "P4 9 1\nab", "P5 2 2 65535\nabcdefgh"].map
            { Data($0.utf8) }
        }
        // Some fixtures are there to be refused.
        seeds = MedicalFormat(rawValue: name) == nil ? files : files.filter { (try? PixelImage(encoded: $0, name: name)) != nil }
        var tokens = [
            "IHDR", "IDAT", "PLTE", "tRNS", "iCCP", "zTXt", "eXIf", "acTL", "VP8X", "VP8L", "ANIM", "ALPH", "RIFF", "P6 ", "65535", "99999",
            "GIF89a", "NETSCAPE2.0", "jP  ", "ihdr", "jp2c", "ftyp", "avif", "meta", "ispe", "iloc", "av1C", "JXL ", "jxlc",
            "Exif\0\0",
        ].map { Data($0.utf8) }
        if name == "dicom" {
            // Items, their ends, undefined lengths, frames and rows.
            tokens += [
                [0xFE, 0xFF, 0x00, 0xE0], [0xFE, 0xFF, 0x0D, 0xE0], [0xFE, 0xFF, 0xDD, 0xE0], [0xFF, 0xFF, 0xFF, 0xFF], [0x28, 0, 8, 0],
                [0x28, 0, 0x10, 0], [0xE0, 0x7F, 0x10, 0],
            ].map { Data($0) }
        }
        self.tokens = tokens
    }

    func read(_ input: Data) throws {
        _ = try? PixelImage(encoded: input, name: inputName, page: 1)
        _ = try PixelImage(encoded: name == "png" ? Containers.png(input) : input, name: inputName)
    }
}

/// Tags that are copied from one TIFF file to another.
struct TIFFTagsTarget: FuzzTarget {
    let name = "tiff-tags"
    let inputName = "place.tif"
    let seeds: [Data]
    let tokens: [Data] = [33550, 34735, 42113].map { tag in withUnsafeBytes(of: UInt16(tag).littleEndian) { Data($0) } }
    private let plain: Data

    init() throws {
        seeds = try Fixtures.contents(of: "ImagingTests", ["tif"])
        plain = try PixelImage(width: 30, height: 20, bands: 1, bytes: [UInt8](repeating: 0, count: 600)).encoded(as: .tiff)
    }

    func read(_ input: Data) throws {
        let image = try PixelImage(encoded: plain, name: inputName)
        _ = try image.encoded(as: .tiff, metadata: ImageMetadata(encoded: input))
    }
}
