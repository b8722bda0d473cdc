import CVips
import Foundation
import Support
import TestSupport
import Testing

@testable import Imaging

/// Images that are read and written row by row, against the same as a whole.
@Suite struct PixelFileTests {
    /// Larger than what is always read as a whole.
    private func image(_ bands: Int, _ format: PixelImage.Format, hasAlpha: Bool = false) -> PixelImage {
        let (width, height) = (1201, 887)
        var random = SplitMix64(seed: 7)
        // A prime number of samples, so that no two rows are the same.
        let block = (0..<10_007).flatMap { index -> [UInt8] in
            let level = UInt8(index / 40 & 0xFF) ^ UInt8(random.next() & 7)
            switch format {
            case .uint8: return [level]
            case .uint16: return [UInt8(random.next() & 0xFF), level]
            case .float32: return withUnsafeBytes(of: Float(level) / 255) { [UInt8]($0) }
            }
        }
        let count = width * height * bands * format.byteCount
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += block }
        bytes.removeLast(bytes.count - count)
        return PixelImage(width: width, height: height, bands: bands, format: format, hasAlpha: hasAlpha, bytes: bytes)
    }

    private func read(_ url: URL, rows: Int) throws -> PixelImage {
        let reader = try #require(try RowReader(contentsOf: url))
        var (bytes, first): ([UInt8], PixelImage?) = ([], nil)
        while let strip = try reader.read(atMost: rows) {
            #expect(strip.height == min(rows, reader.size.height - bytes.count / (reader.size.width * strip.pixelStride)))
            first = first ?? strip
            bytes += strip.bytes
        }
        return try #require(first).replacing(bytes: bytes, width: reader.size.width, height: reader.size.height)
    }

    private func file(of image: PixelImage, in folder: URL) throws -> PixelFile {
        let file = try PixelFile(of: image.size, like: image, in: folder)
        for start in stride(from: 0, to: image.height, by: 100) {
            let size = ImageSize(height: min(100, image.height - start), width: image.width)
            try file.write(image.cropped(x: 0, y: start, size: size), from: start)
        }
        return file
    }

    private static let kinds: [(extension: String, bands: Int, format: PixelImage.Format, hasAlpha: Bool)] = [
        ("png", 3, .uint8, false), ("png", 4, .uint16, true), ("png", 1, .uint8, false), ("jpg", 3, .uint8, false),
        ("jpg", 1, .uint8, false),
        ("tif", 3, .uint8, false), ("tif", 3, .uint16, false), ("tif", 1, .float32, false), ("tif", 4, .uint8, true),
        ("tif", 5, .uint16, false), ("tif", 4, .float32, false),
    ]

    @Test(arguments: kinds.indices) func rowsEqualTheWhole(_ index: Int) throws {
        let kind = Self.kinds[index]
        try withTemporaryFolder { folder in
            let image = image(kind.bands, kind.format, hasAlpha: kind.hasAlpha)
            let (whole, rows) = (folder.appending(path: "whole.\(kind.extension)"), folder.appending(path: "rows.\(kind.extension)"))
            try image.write(to: whole)
            try file(of: image, in: folder).write(to: rows)
            let expected = try PixelImage(contentsOf: whole)
            #expect(try PixelImage(contentsOf: rows) == expected)
            #expect(try read(whole, rows: 37) == expected && read(rows, rows: 5000) == expected)
            if kind.extension != "jpg" { #expect(expected == image) }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(names) == [whole.lastPathComponent, rows.lastPathComponent])
        }
    }

    @Test func whatNeedsTheWholeIsLeftToIt() throws {
        for name in ["photo.png", "orientation_6.jpg", "small.webp", "small.bmp"] {
            #expect(try RowReader(contentsOf: Fixture.url(name)) == nil, "\(name)")
        }
    }

    @Test func inksAndColourSpacesAreConverted() throws {
        try withTemporaryFolder { folder in
            let small = try Fixture.data("cmyk.jpg")
            let url = folder.appending(path: "large.jpg")
            // The same picture many times larger, in inks.
            try small.withUnsafeBytes { bytes in
                let image = try #require(Vips.Image(cvips_open(bytes.baseAddress, bytes.count, CVIPS_FILE_JPEG)))
                let factor = 2400 / Int32(image.width) + 1
                let large = try #require(Vips.Image(cvips_zoom(image.pointer, factor)))
                #expect(large.width * large.height > PixelImage.largePixelCount)
                #expect(cvips_encode_file(large.pointer, url.path, CVIPS_FILE_JPEG, 90, false))
            }
            #expect(try read(url, rows: 64) == PixelImage(contentsOf: url))
        }
    }

    @Test func damagedRowsAreErrors() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "cut.png")
            let data = try image(3, .uint8).encoded(as: .png)
            try data.prefix(data.count / 2).write(to: url)
            #expect(throws: ImageError.self) { try read(url, rows: 64) }
        }
    }

    @Test func metadataIsKept() throws {
        try withTemporaryFolder { folder in
            let small = try Fixture.image("geo.tif")
            let url = folder.appending(path: "geo.tif")
            let metadata = try ImageMetadata(contentsOf: Fixture.url("geo.tif"))
            try file(of: small, in: folder).write(to: url, metadata: metadata)
            #expect(try TIFFTags.geography(of: Data(contentsOf: url)) == TIFFTags.geography(of: Fixture.data("geo.tif")))
            #expect(try PixelImage(contentsOf: url) == small)
            let described = try ImageMetadata(contentsOf: Fixture.url("described.jpg"))
            for name in ["described.jpg", "described.png", "described.tif"] {
                let target = folder.appending(path: name)
                try file(of: image(3, .uint8), in: folder).write(to: target, metadata: described)
                #expect(try ImageMetadata(contentsOf: target).profile == (try Fixture.data("srgb.icc")), "\(name)")
            }
        }
    }

    /// A large picture with its smaller copies is one picture, with all that it says of itself.
    @Test(arguments: [(3, PixelImage.Format.uint8, false), (5, .uint16, false), (4, .uint8, true), (1, .float32, false)])
    func pyramidsAreRead(bands: Int, format: PixelImage.Format, hasAlpha: Bool) throws {
        try withTemporaryFolder { folder in
            let (image, url) = (image(bands, format, hasAlpha: hasAlpha), folder.appending(path: "pyramid.tif"))
            let metadata = try ImageMetadata(contentsOf: Fixture.url("described.jpg"))
            try file(of: image, in: folder).write(to: url, metadata: metadata, isPyramid: true)
            #expect(try PixelImage(contentsOf: url) == image)
            #expect(try read(url, rows: 100) == image)
            #expect(PixelImage.pageCount(of: url) == 1)
            let reader = try #require(TIFFTags.Reader(Data(contentsOf: url)))
            let sides = reader.directories.map { directory in
                reader.slots(of: directory).filter { [256, 322, 323].contains($0.tag) }.map { reader.integer(at: $0.offset + 12, size: 2) }
            }
            // Halved until a tile holds it.
            #expect(reader.isBig && sides == [1201, 600, 300, 150].map { [$0, 256, 256] }, "\(sides)")
            #expect((try ImageMetadata(contentsOf: url).profile != nil) == (bands == 3 || hasAlpha))
        }
    }

    /// OpenSlide takes any tiled TIFF file for a slide.
    @Test func slidesAreReadByWindows() throws {
        try withTemporaryFolder { folder in
            let (image, url) = (image(3, .uint8), folder.appending(path: "slide.svs"))
            let tiff = folder.appending(path: "slide.tif")
            try file(of: image, in: folder).write(to: tiff, isPyramid: true)
            try FileManager.default.moveItem(at: tiff, to: url)
            guard ImageFileFormat.slide.isReadable else {
                let error = #expect(throws: ImageError.self) { try PixelImage(contentsOf: url) }
                #expect(error?.description.contains("install libvips with it") == true)
                return
            }
            #expect(try PixelImage(contentsOf: url) == image)
            #expect(try read(url, rows: 77) == image)
            #expect(try PixelImage.size(contentsOf: url) == image.size && PixelImage.pageCount(of: url) == 1)
            try Data("no slide".utf8).write(to: url)
            let damaged = #expect(throws: ImageError.self) { try PixelImage(contentsOf: url) }
            #expect(damaged?.description.contains("damaged OpenSlide image") == true)
        }
    }

    @Test func pyramidsKeepThePlaceOnEarth() throws {
        try withTemporaryFolder { folder in
            let (image, url) = (try Fixture.image("geo.tif"), folder.appending(path: "pyramid.tif"))
            let metadata = try ImageMetadata(contentsOf: Fixture.url("geo.tif"))
            try file(of: image, in: folder).write(to: url, metadata: metadata, isPyramid: true)
            let tags = try TIFFTags.geography(of: Data(contentsOf: url))
            #expect(tags == TIFFTags.geography(of: try Fixture.data("geo.tif")) && !tags.isEmpty)
            #expect(try PixelImage(contentsOf: url) == image)
        }
    }

    @Test func whatCannotBeWrittenIsSaid() throws {
        try withTemporaryFolder { folder in
            let pixels = try file(of: image(1, .float32), in: folder)
            let target = folder.appending(path: "image.jpg")
            // Floats are no JPEG.
            #expect(throws: ImageError.self) { try pixels.write(to: target) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            let long = ImageSize(height: 1, width: 70_000)
            let error = #expect(throws: ImageError.self) { try ImageFileFormat.jpeg.check(long, path: "long.jpg") }
            #expect(
                "\(try #require(error))"
                    == "long.jpg: a JPEG file has at most 65500 pixels at a side, and the image has 70000; write a .tif file")
            #expect(throws: Never.self) { try ImageFileFormat.tiff.check(long, path: "long.tif") }
            let full = #expect(throws: FileError.self) { try PixelFile(of: ImageSize(1 << 24), like: image(3, .uint8), in: folder) }
            #expect(try #require(full).isDiskFull)
        }
    }
}
