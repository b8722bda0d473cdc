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
        if name == "bmp" { files += try Fixtures.contents(of: "ImagingTests", ["bmp"], folder: "bmp") }
        if name == "ppm" {
            files += ["P1\n# bits\n3 2\n101010\n", "P2 2 2 15 1 2 3 4\n", "P3 1 1 255 1 2 3\n", "P4 9 1\nab", "P5 2 2 65535\nabcdefgh"].map
            { Data($0.utf8) }
        }
        seeds = files
        tokens = [
            "IHDR", "IDAT", "PLTE", "tRNS", "iCCP", "zTXt", "eXIf", "acTL", "VP8X", "VP8L", "ANIM", "ALPH", "RIFF", "P6 ", "65535", "99999",
            "Exif\0\0",
        ].map { Data($0.utf8) }
    }

    func read(_ input: Data) throws {
        _ = try PixelImage(encoded: name == "png" ? Containers.png(input) : input, name: inputName)
    }
}
