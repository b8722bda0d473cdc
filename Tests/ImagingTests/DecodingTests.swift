import Foundation
import Imaging
import Testing

struct DecodingTests {
    private let raw: PixelImage

    init() throws {
        raw = PixelImage(width: 30, height: 20, bands: 3, bytes: [UInt8](try Fixture.data("small.raw")))
    }

    @Test(arguments: ["png", "bmp", "ppm", "tif", "webp"])
    func losslessFormatsGiveTheStoredPixels(fileExtension: String) throws {
        #expect(try Fixture.image("small.\(fileExtension)") == raw)
    }

    @Test func jpegMatchesPillow() throws {
        expectSimilar(try Fixture.image("small.jpg"), try Fixture.image("small_from_jpg.png"), maximum: 2, mean: 0.1)
        #expect(try Fixture.image("small_grey.jpg").bands == 1)
    }

    @Test(arguments: 1...8)
    func exifOrientationIsApplied(orientation: Int) throws {
        let image = try Fixture.image("orientation_\(orientation).jpg")
        #expect(image.size == (orientation < 5 ? ImageSize(height: 16, width: 24) : ImageSize(height: 24, width: 16)))
        expectSimilar(image, try Fixture.image("orientation_\(orientation).png"), maximum: 2, mean: 0.1)
        #expect(PixelImage.orientation(ofEncoded: try Fixture.data("orientation_\(orientation).jpg")) == orientation)
        #expect(PixelImage.orientation(ofEncoded: try Fixture.data("orientation_\(orientation).png")) == 1)
    }

    @Test(arguments: ["palette.png", "palette.bmp"])
    func palettesAreExpanded(name: String) throws {
        #expect(try Fixture.image(name) == Fixture.image("palette_rgb.png"))
    }

    @Test func paletteTransparencyBecomesAlpha() throws {
        let image = try Fixture.image("palette_transparent.png")
        #expect(image.hasAlpha)
        #expect(image == (try Fixture.image("palette_rgba.png")))
    }

    @Test func oneBitImagesAreBlackAndWhite() throws {
        let image = try Fixture.image("bilevel.png")
        #expect(image.bands == 1)
        #expect(Set(image.bytes) == [0, 255])
    }

    @Test func cmykBecomesRGB() throws {
        let image = try Fixture.image("cmyk.jpg")
        #expect(image.bands == 3)
        #expect(!image.hasAlpha)
        // The middles of the patches red, green, blue, white, black: the larger of each pair of channels is clear under any profile.
        func pixel(_ patch: Int) -> [UInt8] {
            let start = (8 * image.width + patch * 16 + 8) * 3
            return Array(image.bytes[start..<start + 3])
        }
        #expect(pixel(0)[0] > pixel(0)[1] + 100 && pixel(0)[0] > pixel(0)[2] + 100)
        #expect(pixel(1)[1] > pixel(1)[0] + 50 && pixel(1)[1] > pixel(1)[2] + 50)
        #expect(pixel(2)[2] > pixel(2)[0] + 50 && pixel(2)[2] > pixel(2)[1] + 20)
        #expect(pixel(3).allSatisfy { $0 > 245 })
        #expect(pixel(4).allSatisfy { $0 < 60 })
    }

    @Test(arguments: ["rgb16.png", "rgb16.tif"])
    func sixteenBitSamplesAreKept(name: String) throws {
        let image = try Fixture.image(name)
        #expect(image.format == .uint16)
        #expect(image.bands == 3)
        // make_fixtures.py: base * 257 - base % 7.
        let base = image.levels.map { (Int($0) + 6) / 257 }
        #expect(zip(image.levels, base).allSatisfy { Int($0) == $1 * 257 - $1 % 7 })
    }

    @Test func extraBandsAreNotTakenForAlpha() throws {
        let four = try Fixture.image("bands4.tif")
        #expect(four.bands == 4 && !four.hasAlpha)
        let thirteen = try Fixture.image("bands13.tif")
        #expect(thirteen.bands == 13 && thirteen.format == .uint16 && !thirteen.hasAlpha)
        // make_fixtures.py: band b is band 0 plus 31 b.
        for pixel in 0..<42 { #expect(thirteen.levels[pixel * 13 + 12] == thirteen.levels[pixel * 13] + 31 * 12) }
        #expect(try Fixture.image("rgba.tif").hasAlpha)
    }

    @Test func floatSamplesAreKeptAndSignedOnesBecomeFloat() throws {
        let float = try Fixture.image("float_rgb.tif")
        #expect(float.format == .float32)
        let expected = try Fixture.image("rgb16.png").levels.map { Double(Float(Double((Int($0) + 6) / 257) / 255)) }
        #expect(float.levels == expected)
        let signed = try Fixture.image("int16.tif")
        #expect(signed.format == .float32)
        #expect(signed.levels.contains { $0 < 0 })
        #expect(signed.levels.allSatisfy { $0 == $0.rounded() })
    }

    @Test func ppmLevelsAreStretchedToTheFullRange() throws {
        let eight = try PixelImage(encoded: Data("P2 3 1 100\n0 50 100\n".utf8), name: "levels.pgm")
        #expect(eight.bytes == [0, 128, 255])
        let sixteen = try PixelImage(encoded: Data("P2 3 1 1023\n0 1 1023\n".utf8), name: "levels.pgm")
        #expect(sixteen.levels == [0, 64, 65535])
    }

    @Test func manyThreadsDecodeAtOnce() throws {
        let expected = raw
        DispatchQueue.concurrentPerform(iterations: 64) { _ in
            #expect((try? Fixture.image("small.png")) == expected)
        }
    }
}
