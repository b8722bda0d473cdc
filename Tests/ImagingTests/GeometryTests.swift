import Imaging
import TestSupport
import Testing

struct GeometryTests {
    static let sizes = [(37, 53), (64, 64), (100, 60), (60, 150), (150, 170)].map { ImageSize(height: $0.0, width: $0.1) }

    @Test(arguments: sizes)
    func resizingMatchesPillow(size: ImageSize) throws {
        let expected = try Fixture.image("photo_\(size.height)x\(size.width).png")
        #expect(try Fixture.image("photo.png").resized(to: size) == expected)
    }

    @Test func greyAndManyBandsResizeLikeEachBandAlone() throws {
        let size = ImageSize(height: 37, width: 53)
        let grey = try Fixture.image("photo_grey.png")
        let expected = try Fixture.image("photo_grey_37x53.png")
        #expect(grey.resized(to: size) == expected)
        let six = PixelImage(width: grey.width, height: grey.height, bands: 6, bytes: grey.bytes.flatMap { Array(repeating: $0, count: 6) })
        #expect(six.resized(to: size).bytes == expected.bytes.flatMap { Array(repeating: $0, count: 6) })
    }

    @Test(arguments: [ImageSize(height: 23, width: 31), ImageSize(height: 55, width: 71)])
    func deepImagesResizeInFloat(size: ImageSize) throws {
        let deep = try Fixture.image("grey16.png").resized(to: size)
        expectSimilar(deep, try Fixture.image("grey16_\(size.height)x\(size.width).png"), maximum: 1, mean: 0.02)
        let float = try Fixture.image("grey_float.tif").resized(to: size)
        expectSimilar(float, try Fixture.image("grey_float_\(size.height)x\(size.width).tif"), maximum: 0.01, mean: 0.001)
    }

    @Test func aSinglePixelAndASinglePixelResultWork() {
        let pixel = PixelImage(width: 1, height: 1, bands: 3, bytes: [10, 20, 30])
        let large = pixel.resized(to: ImageSize(height: 3, width: 5))
        #expect(large.bytes == (0..<15).flatMap { _ in [10, 20, 30] as [UInt8] })
        #expect(large.resized(to: ImageSize(1)) == pixel)
    }

    @Test func theSameSizeChangesNothing() throws {
        let image = try Fixture.image("photo.png")
        #expect(image.resized(to: image.size) == image)
        #expect(image.cropped(x: 0, y: 0, size: image.size) == image)
    }

    @Test(arguments: PixelImage.Format.allCases)
    func cropsAndFlipsMovePixels(format: PixelImage.Format) {
        // Pixel (x, y) holds 16 y + x in its first byte.
        let stride = 2 * format.byteCount
        var bytes: [UInt8] = []
        for y in 0..<4 {
            for x in 0..<5 { bytes += [UInt8(16 * y + x)] + [UInt8](repeating: 9, count: stride - 1) }
        }
        let image = PixelImage(width: 5, height: 4, bands: 2, format: format, bytes: bytes)
        func firsts(_ image: PixelImage) -> [UInt8] { Swift.stride(from: 0, to: image.bytes.count, by: stride).map { image.bytes[$0] } }
        #expect(firsts(image.cropped(x: 2, y: 1, size: ImageSize(height: 2, width: 3))) == [18, 19, 20, 34, 35, 36])
        #expect(firsts(image.flippedHorizontally()).prefix(5) == [4, 3, 2, 1, 0])
        #expect(image.flippedHorizontally().flippedHorizontally() == image)
    }

    @Test(arguments: [("256", 256, 256), ("256x512", 256, 512)])
    func sizesReadHeightThenWidth(text: String, height: Int, width: Int) {
        let size = ImageSize(text)
        #expect(size == ImageSize(height: height, width: width))
        #expect(size?.description == text)
    }

    @Test(arguments: ["", "x", "0", "-3", "256x", "x256", "1x2x3", "256 x 256", "99999999999999999999"])
    func otherTextsAreNoSizes(text: String) {
        #expect(ImageSize(text) == nil)
    }
}
