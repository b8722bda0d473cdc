import CVips
import Foundation
import Testing

@testable import Imaging

/// What files say besides their pixels goes from the file of an image to that of another one. Pillow and tifffile wrote the files.
@Suite struct MetadataTests {
    /// Fields of a file as libvips reads them.
    private struct Fields {
        var blobs: [String: Data] = [:]
        var orientation = 0
        var maker: String?
        var pixelsPerInch = 0.0

        init(_ data: Data) throws {
            let format = try #require(ImageFileFormat(signature: data))
            try data.withUnsafeBytes { bytes in
                let image = try #require(Vips.Image(cvips_open(bytes.baseAddress, bytes.count, format.code)))
                for name in ["icc-profile-data", "xmp-data", "exif-data"] {
                    var (blob, size): (UnsafeRawPointer?, Int) = (nil, 0)
                    guard vips_image_get_typeof(image.pointer, name) != 0, vips_image_get_blob(image.pointer, name, &blob, &size) == 0
                    else { continue }
                    blobs[name] = Data(bytes: try #require(blob), count: size)
                }
                orientation = image.integer("orientation", default: 1)
                var text: UnsafePointer<CChar>?
                if vips_image_get_typeof(image.pointer, "exif-ifd0-Make") != 0,
                    vips_image_get_string(image.pointer, "exif-ifd0-Make", &text) == 0
                {
                    maker = text.map { String(cString: $0) }
                }
                pixelsPerInch = vips_image_get_xres(image.pointer) * 25.4
            }
        }
    }

    @Test(arguments: ["described.jpg", "described.webp"], [ImageFileFormat.jpeg, .png, .webp, .tiff])
    func profileAndTextsAreKept(name: String, format: ImageFileFormat) throws {
        let metadata = ImageMetadata(encoded: try Fixture.data(name))
        let other = PixelImage.gradient(width: 20, height: 30, bands: 3)
        let fields = try Fields(other.encoded(as: format, metadata: metadata))
        #expect(fields.blobs["icc-profile-data"] == (try Fixture.data("srgb.icc")))
        #expect(fields.orientation == 1)
        let xmp = String(decoding: fields.blobs["xmp-data"] ?? Data(), as: UTF8.self)
        #expect(xmp.contains("tiff:Orientation=\"1\"") && xmp.hasPrefix("<?xpacket"), "\(xmp)")
        if format != .tiff { #expect(fields.maker?.hasPrefix("Maker") == true, "\(fields.maker ?? "none")") }
        if name == "described.jpg", format != .webp { #expect(abs(fields.pixelsPerInch - 300) < 0.5, "\(fields.pixelsPerInch)") }
        // Pixels are as without.
        let plain = try PixelImage(encoded: other.encoded(as: format), name: "plain")
        #expect(try PixelImage(encoded: other.encoded(as: format, metadata: metadata), name: "with") == plain)
    }

    @Test func aProfileIsForItsNumberOfColours() throws {
        let metadata = ImageMetadata(encoded: try Fixture.data("described.jpg"))
        for (bands, hasAlpha, isKept) in [(1, false, false), (2, true, false), (3, false, true), (4, true, true)] {
            let image = PixelImage.gradient(width: 4, height: 3, bands: bands, hasAlpha: hasAlpha)
            let fields = try Fields(image.encoded(as: .png, metadata: metadata))
            #expect((fields.blobs["icc-profile-data"] != nil) == isKept, "\(bands)")
        }
    }

    @Test func theOrientationInTheFileIsThatOfTheUprightPicture() throws {
        let metadata = ImageMetadata(encoded: try Fixture.data("described.jpg"))
        let file = try PixelImage.gradient(width: 20, height: 30, bands: 3).encoded(as: .jpeg, metadata: metadata)
        // Tag 0x0112, type 3, count 1 and the value, in either order of bytes.
        let little = Data([0x12, 0x01, 3, 0, 1, 0, 0, 0, 1, 0])
        let big = Data([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 1])
        #expect(file.range(of: little) != nil || file.range(of: big) != nil)
    }

    @Test(arguments: ["geo.tif", "geo_swapped.tif", "geo_big.tif"]) func aPlaceOnEarthIsKept(name: String) throws {
        let metadata = ImageMetadata(encoded: try Fixture.data(name))
        for image in [
            PixelImage.gradient(width: 30, height: 20, bands: 1), PixelImage.gradient(width: 30, height: 20, bands: 3),
            PixelImage(width: 30, height: 20, bands: 5, format: .uint16, bytes: [UInt8](repeating: 7, count: 6000)),
        ] {
            let file = try image.encoded(as: .tiff, metadata: metadata)
            let tags = try #require(TIFFTags.geography(of: file).first)
            #expect(tags.map(\.tag) == [33550, 33922, 34735, 34737, 42113])
            #expect(tags.map(\.type) == [12, 12, 3, 2, 2] && tags.map(\.count) == [3, 6, 16, 23, 4])
            // 0.5, as IEEE 754 has it, with the lowest byte first.
            #expect(tags[0].values == [0, 0, 0, 0, 0, 0, 0xE0, 0x3F, 0, 0, 0, 0, 0, 0, 0xE0, 0x3F] + [UInt8](repeating: 0, count: 8))
            // 3751320 is 0x393D98, 1.C9ECC · 2²¹.
            #expect(tags[1].values[32..<40].elementsEqual([0, 0, 0, 0, 0xCC, 0x9E, 0x4C, 0x41]))
            // Key 3072, in one word, is 32611.
            #expect(tags[2].values.suffix(8).elementsEqual([0x00, 0x0C, 0, 0, 1, 0, 0x63, 0x7F]))
            #expect(String(decoding: tags[3].values.dropLast(), as: UTF8.self) == "WGS 84 / UTM zone 11N|")
            #expect(tags[4].values == Array("255\0".utf8))
            // libtiff reads the file as before.
            #expect(try PixelImage(encoded: file, name: "geo") == PixelImage(encoded: image.encoded(as: .tiff), name: "plain"))
        }
        // Another size is another place.
        let smaller = try PixelImage.gradient(width: 15, height: 10, bands: 1).encoded(as: .tiff, metadata: metadata)
        #expect(TIFFTags.geography(of: smaller).isEmpty)
    }

    /// A classic file by hand: two directories without pixels, of which the second has a tag of GDAL.
    private static func twoPages(_ order: String) -> Data {
        func number(_ value: Int, _ size: Int) -> [UInt8] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return order == "II" ? bytes : bytes.reversed()
        }
        func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            number(tag, 2) + number(type, 2) + number(count, 4) + value
        }
        let first = number(1, 2) + entry(256, 3, 1, number(7, 2) + [0, 0]) + number(26, 4)
        let second = number(2, 2) + entry(256, 3, 1, number(8, 2) + [0, 0]) + entry(42113, 2, 2, Array("0\0\0\0".utf8)) + number(0, 4)
        return Data(Array(order.utf8) + number(42, 2) + number(8, 4) + first + second)
    }

    private static func adding(_ pages: [[TIFFTags.Entry]], to file: Data) -> Data {
        file.edited(by: TIFFTags.edits(adding: pages, to: file))
    }

    @Test(arguments: ["II", "MM"]) func everyPageHasItsTags(order: String) throws {
        let file = Self.twoPages(order)
        let tags = TIFFTags.geography(of: file)
        #expect(tags == [[], [TIFFTags.Entry(tag: 42113, type: 2, count: 2, values: Array("0\0".utf8))]])
        let scale = TIFFTags.Entry(tag: 33550, type: 12, count: 1, values: [1, 2, 3, 4, 5, 6, 7, 8])
        let short = TIFFTags.Entry(tag: 34735, type: 3, count: 1, values: [9, 0])
        // Into the other order of bytes, page by page, in place of what was there.
        for other in ["II", "MM"] {
            let result = Self.adding([[scale], [short]], to: Self.twoPages(other))
            #expect(TIFFTags.geography(of: result) == [[scale], [short]], "\(order) to \(other)")
        }
        #expect(TIFFTags.geography(of: Self.adding([[], [scale]], to: file)) == [[], [scale]])
        #expect(TIFFTags.geography(of: Self.adding([[scale]], to: file)) == [[scale], tags[1]])
    }

    @Test func damagedDirectoriesEnd() throws {
        var loop = Self.twoPages("II")
        // The second directory leads back to the first.
        loop.replaceSubrange(loop.count - 4..<loop.count, with: [8, 0, 0, 0])
        #expect(TIFFTags.geography(of: loop).count == 2)
        var random = SystemRandomNumberGenerator()
        let file = try Fixture.data("geo.tif")
        for _ in 0..<300 {
            var damaged = file
            for _ in 0..<4 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            let cut = damaged.prefix(Int.random(in: 0...damaged.count, using: &random))
            let tags = TIFFTags.geography(of: cut)
            #expect(tags.flatMap(\.self).allSatisfy { $0.values.count <= file.count })
            _ = Self.adding(tags, to: file)
            _ = Self.adding([[TIFFTags.Entry(tag: 33550, type: 12, count: 1, values: [UInt8](repeating: 0, count: 8))]], to: cut)
        }
    }
}

extension PixelImage {
    /// Samples that grow from pixel to pixel.
    static func gradient(width: Int, height: Int, bands: Int, hasAlpha: Bool = false) -> PixelImage {
        let bytes = (0..<width * height * bands).map { UInt8(truncatingIfNeeded: $0 / bands * 3 + $0 % bands * 40) }
        return PixelImage(width: width, height: height, bands: bands, hasAlpha: hasAlpha, bytes: bytes)
    }
}
