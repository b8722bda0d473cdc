import Foundation
import Testing

@testable import Imaging

/// GIF, AVIF, JPEG 2000 and JPEG XL, which are read where this computer's libvips can; Debian's can. Values come from Pillow.
@Suite struct ReadOnlyFormatTests {
    @Test(arguments: [
        ("small.gif", "small_gif.png", 0.0), ("small.jp2", "formats.png", 0), ("small.jxl", "formats_alpha.png", 0),
        // Other ways from YCbCr to RGB.
        ("small.avif", "small_avif.png", 3),
    ])
    func pixelsAreThoseOfPillow(name: String, expected: String, tolerance: Double) throws {
        let format = try #require(ImageFileFormat(signature: Fixture.data(name)))
        guard format.isReadable else {
            #expect(throws: ImageError.notReadHere(path: name, format: format)) {
                try PixelImage(encoded: Fixture.data(name), name: name)
            }
            return
        }
        let image = try Fixture.image(name)
        expectSimilar(image, try Fixture.image(expected), maximum: tolerance, mean: tolerance / 4, name)
        #expect(image.hasAlpha == (image.bands == 4))
        #expect(try PixelImage.size(contentsOf: Fixture.url(name)) == image.size)
    }

    @Test func extensionsStandForFormats() {
        for (name, format) in [
            ("JPG", ImageFileFormat.jpeg), ("jpe", .jpeg), ("jfif", .jpeg), ("gif", .gif), ("heic", .heif), ("AVIF", .heif), ("jxl", .jxl),
            ("jp2", .jp2), ("j2k", .jp2),
        ] {
            #expect(ImageFileFormat(fileExtension: name) == (format.isReadable ? format : nil), "\(name)")
        }
        #expect(ImageFileFormat(fileExtension: "npy") == nil && ImageFileFormat(fileExtension: "") == nil)
        #expect(ImageFileFormat.writableExtensions.contains("jfif") && !ImageFileFormat.writableExtensions.contains("gif"))
    }

    @Test func filmsAreNoPictures() {
        for (start, format) in [("avif", ImageFileFormat.heif), ("heic", .heif), ("isom", nil), ("mp42", nil)] {
            #expect(ImageFileFormat(signature: Data([0, 0, 0, 24] + Array("ftyp\(start)".utf8))) == format, "\(start)")
        }
    }

    @Test func theyAreNotWritten() throws {
        let image = PixelImage(width: 1, height: 1, bands: 1, bytes: [0])
        for format in [ImageFileFormat.gif, .jp2, .heif, .jxl] {
            #expect(throws: ImageError.self) { try image.encoded(as: format) }
            let file = FileManager.default.temporaryDirectory.appending(path: "x.\(format.fileExtensions[0])")
            #expect(throws: ImageError.unknownExtension(path: file.path)) { try image.write(to: file) }
        }
    }

    @Test(arguments: ["small.gif", "small.jp2", "small.avif", "small.jxl"]) func aFileThatEndsEarlyIsAnError(name: String) throws {
        let data = try Fixture.data(name)
        for length in [12, data.count / 3, data.count * 2 / 3] {
            let error = #expect(throws: ImageError.self, "\(name) \(length)") {
                try PixelImage(encoded: data.prefix(length), name: "cut.x")
            }
            #expect(error?.description.contains("cut.x") == true)
        }
    }

    @Test func aHeaderThatLiesTakesNoMemory() throws {
        guard ImageFileFormat.jp2.isReadable else { return }
        // Height and width of the image header box and of the SIZ segment, with those of the tile.
        var data = try Fixture.data("small.jp2")
        let sides = Data([0, 0, 0x70, 0])
        let box = try #require(data.range(of: Data("ihdr".utf8))).upperBound
        data.replaceSubrange(box..<box + 8, with: sides + sides)
        let segment = try #require(data.range(of: Data([0xFF, 0x51]))).upperBound + 4
        data.replaceSubrange(segment..<segment + 8, with: sides + sides)
        #expect(throws: ImageError.self) { try PixelImage(encoded: data, name: "lie.jp2") }
    }
}
