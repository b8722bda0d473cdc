import Foundation
import Imaging
import TestSupport
import Testing

struct EncodingTests {
    private func image(_ format: PixelImage.Format, bands: Int, hasAlpha: Bool = false) -> PixelImage {
        var bytes = PixelImage.synthetic(variant: 3, width: 13, height: 9, bands: bands * format.byteCount).bytes
        if format == .float32 {
            let levels = bytes.prefix(bytes.count / 4).map { Float($0) / 7 }
            bytes = levels.withUnsafeBytes { Array($0) }
        }
        return PixelImage(width: 13, height: 9, bands: bands, format: format, hasAlpha: hasAlpha, bytes: bytes)
    }

    @Test(arguments: [1, 3], ["png", "bmp", "tif", "ppm", "pgm"])
    func eightBitsSurviveALosslessFormat(bands: Int, fileExtension: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "image.\(fileExtension)")
            try image(.uint8, bands: bands).write(to: file)
            let decoded = try PixelImage(contentsOf: file)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            // BMP has no grey: it is stored as a palette and read as RGB.
            let isGreyBMP = bands == 1 && fileExtension == "bmp"
            let restored = isGreyBMP ? try decoded.converted(to: DomainConfiguration(channels: 1)) : decoded
            #expect(restored == image(.uint8, bands: bands))
            #expect(files == [file.lastPathComponent])
        }
    }

    @Test(arguments: [1, 3], [ImageFileFormat.png, .tiff, .ppm])
    func sixteenBitsSurvive(bands: Int, fileFormat: ImageFileFormat) throws {
        let image = image(.uint16, bands: bands)
        #expect(try PixelImage(encoded: image.encoded(as: fileFormat), name: "image") == image)
    }

    @Test(arguments: [1, 3, 4, 8, 13], PixelImage.Format.allCases)
    func tiffHoldsEverything(bands: Int, format: PixelImage.Format) throws {
        let image = image(format, bands: bands)
        #expect(try PixelImage(encoded: image.encoded(as: .tiff), name: "image") == image)
    }

    @Test(arguments: [2, 4], [ImageFileFormat.png, .tiff])
    func alphaSurvives(bands: Int, fileFormat: ImageFileFormat) throws {
        let image = image(.uint8, bands: bands, hasAlpha: true)
        #expect(try PixelImage(encoded: image.encoded(as: fileFormat), name: "image") == image)
    }

    @Test(arguments: [ImageFileFormat.jpeg, .webp])
    func lossyFormatsStayClose(fileFormat: ImageFileFormat) throws {
        let photo = try Fixture.image("photo.png").cropped(x: 0, y: 0, size: ImageSize(height: 56, width: 120))
        let decoded = try PixelImage(encoded: photo.encoded(as: fileFormat), name: "photo")
        expectSimilar(decoded, photo, maximum: 128, mean: 8)
    }

    @Test func impossibleEncodingsNameTheFormatsThatCan() throws {
        let float = #expect(throws: ImageError.self) { try image(.float32, bands: 3).encoded(as: .png) }
        #expect(float?.description == "PNG cannot hold a float image with 3 channels; use TIFF")
        let deep = #expect(throws: ImageError.self) { try image(.uint16, bands: 3).encoded(as: .jpeg) }
        #expect(deep?.description == "JPEG cannot hold a 16-bit image with 3 channels; use PNG or TIFF or PPM")
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "out.jpg")
            let error = #expect(throws: ImageError.self) { try image(.uint8, bands: 5).write(to: file) }
            #expect(error?.description.hasPrefix(file.path) == true)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.isEmpty)
            let unknown = #expect(throws: ImageError.self) { try image(.uint8, bands: 3).write(to: folder.appending(path: "out.xyz")) }
            #expect(unknown?.description.contains(".jpg, .jpeg, .jpe, .jfif, .png") == true)
            let lost = #expect(throws: ImageError.self) { try image(.uint8, bands: 3).write(to: folder.appending(path: "none/out.png")) }
            #expect(lost?.description.contains("check that the folder exists") == true)
        }
    }
}
