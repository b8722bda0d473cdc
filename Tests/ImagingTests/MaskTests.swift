import Imaging
import TestSupport
import Testing

struct MaskTests {
    private func image<Sample>(
        _ samples: [Sample], bands: Int = 1, format: PixelImage.Format = .uint8, hasAlpha: Bool = false
    ) -> PixelImage {
        let bytes = samples.withUnsafeBytes { [UInt8]($0) }
        return PixelImage(width: samples.count / bands, height: 1, bands: bands, format: format, hasAlpha: hasAlpha, bytes: bytes)
    }

    private func mask(_ image: PixelImage) throws -> [UInt8] {
        let mask = try image.asMask(of: image.size, name: "mask", imageName: "image")
        #expect(mask.size == image.size && mask.bands == 1 && mask.format == .uint8 && !mask.hasAlpha)
        #expect(try mask.asMask(of: image.size, name: "mask", imageName: "image") == mask)
        return mask.bytes
    }

    @Test func insideIsWhatIsBrighterThanHalfOfTheScale() throws {
        #expect(try mask(image([0, 1, 127, 128, 255] as [UInt8])) == [0, 0, 0, 255, 255])
        #expect(try mask(image([0, 255, 32767, 32768, 65535] as [UInt16], format: .uint16)) == [0, 0, 0, 255, 255])
        #expect(try mask(image([-1, 0.5, 0.5001, 1, 7, .nan] as [Float], format: .float32)) == [0, 0, 255, 255, 255, 0])
    }

    @Test func coloursCountByTheirLumaAndTransparencyAsBlack() throws {
        // Green alone has a luma of 0.587, red and blue together 0.413.
        #expect(try mask(image([0, 255, 0, 255, 0, 255] as [UInt8], bands: 3)) == [255, 0])
        #expect(try mask(image([255, 255, 255, 0, 255, 255, 255, 255, 0, 0, 0, 255] as [UInt8], bands: 4, hasAlpha: true)) == [0, 255, 0])
        #expect(try mask(image([255, 100, 255, 200] as [UInt8], bands: 2, hasAlpha: true)) == [0, 255])
    }

    @Test func whatIsNoMaskOfTheImageIsNamed() {
        let five = PixelImage.synthetic(variant: 1, width: 4, height: 3, bands: 5)
        #expect(throws: ImageError.notAMask(path: "m.tif", bands: 5)) { try five.asMask(of: five.size, name: "m.tif", imageName: "i.tif") }
        let error = #expect(throws: ImageError.self) {
            try five.asMask(of: ImageSize(height: 3, width: 5), name: "m.tif", imageName: "i.tif")
        }
        #expect(error?.description.hasPrefix("m.tif: the mask is 4x3 (width x height), but its image i.tif is 5x3; ") == true)
    }

    @Test func tensorsOfMasksHoldZerosAndOnes() {
        #expect(image([0, 255, 255, 0] as [UInt8]).tensor(for: .mask).array(of: Float.self) == [0, 1, 1, 0])
    }

    @Test func edgesBecomeHardAtTheMiddle() {
        #expect(image([0, 127, 128, 255] as [UInt8]).withHardEdges().bytes == [0, 0, 255, 255])
    }

    @Test(arguments: PixelImage.Format.allCases) func pixelsOutsideAMaskAreTheOtherImages(_ format: PixelImage.Format) {
        let byteCount = 3 * 2 * format.byteCount
        func filled(_ start: UInt8) -> PixelImage {
            PixelImage(width: 3, height: 1, bands: 2, format: format, bytes: (0..<byteCount).map { start + UInt8($0) })
        }
        let (inside, outside) = (filled(0), filled(100))
        let pixel = 2 * format.byteCount
        let result = inside.masked(by: image([0, 255, 0] as [UInt8]), over: outside)
        #expect(result.format == format && result.bands == 2)
        #expect(result.bytes == outside.bytes.prefix(pixel) + inside.bytes[pixel..<2 * pixel] + outside.bytes.suffix(pixel))
    }
}
