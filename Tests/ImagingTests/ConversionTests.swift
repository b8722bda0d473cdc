import Imaging
import Testing

struct ConversionTests {
    private func converted(_ name: String, _ domain: DomainConfiguration) throws -> PixelImage {
        try Fixture.image(name).converted(to: domain, name: name)
    }

    @Test func greyIsPillowsLuma() throws {
        #expect(try converted("photo.png", DomainConfiguration(channels: 1)) == Fixture.image("photo_grey.png"))
    }

    @Test func greyBecomesRGB() throws {
        let grey = try Fixture.image("photo_grey.png")
        let colour = try grey.converted(to: DomainConfiguration())
        #expect(colour.bands == 3)
        #expect(colour.bytes == grey.bytes.flatMap { [$0, $0, $0] })
    }

    @Test func transparencyShowsTheBackground() throws {
        #expect(try converted("rgba.png", DomainConfiguration()) == Fixture.image("rgba_on_white.png"))
        #expect(try converted("rgba.png", DomainConfiguration(background: [255, 0, 128])) == Fixture.image("rgba_on_pink.png"))
        #expect(try converted("rgba.png", DomainConfiguration(channels: 1)) == Fixture.image("rgba_on_white_grey.png"))
        #expect(
            try converted("grey_alpha.png", DomainConfiguration(channels: 1, background: [64])) == Fixture.image("grey_alpha_on_64.png"))
    }

    @Test func transparentGreyOnAColouredBackground() throws {
        let image = PixelImage(width: 2, height: 1, bands: 2, hasAlpha: true, bytes: [100, 0, 100, 255])
        let colour = try image.converted(to: DomainConfiguration(background: [255, 0, 128]))
        #expect(colour.bytes == [255, 0, 128, 100, 100, 100])
    }

    @Test func aDomainOfFourChannelsKeepsTheFourth() throws {
        let image = try Fixture.image("rgba.png")
        let kept = try image.converted(to: DomainConfiguration(channels: 4))
        #expect(kept.bytes == image.bytes)
        #expect(!kept.hasAlpha)
    }

    @Test func depthsConvertBothWays() throws {
        let eight = PixelImage(width: 256, height: 1, bands: 1, bytes: Array(0...255))
        let sixteen = try eight.converted(to: DomainConfiguration(channels: 1, bitDepth: .sixteen))
        #expect(sixteen.levels == (0...255).map { Double($0 * 257) })
        #expect(try sixteen.converted(to: DomainConfiguration(channels: 1)) == eight)
        let float = try eight.converted(to: DomainConfiguration(channels: 1, bitDepth: .float))
        #expect(float.levels == (0...255).map { Double(Float(Double($0) / 255)) })
        #expect(try float.converted(to: DomainConfiguration(channels: 1)) == eight)
        #expect(try float.converted(to: DomainConfiguration(channels: 1, bitDepth: .sixteen)) == sixteen)
    }

    @Test func sixteenBitsRoundToTheNearestOfEight() throws {
        let deep: [UInt16] = [0, 128, 129, 385, 386, 65406, 65407, 65535]
        let image = PixelImage(width: 8, height: 1, bands: 1, format: .uint16, bytes: deep.withUnsafeBytes { Array($0) })
        let shallow = try image.converted(to: DomainConfiguration(channels: 1))
        #expect(shallow.bytes == deep.map { UInt8(($0.quotientAndRemainder(dividingBy: 257).quotient) + ($0 % 257 > 128 ? 1 : 0)) })
    }

    @Test func floatsOutOfRangeAreClamped() throws {
        // A few: where many are, they are no shares of white.
        let levels: [Float] = [-1, .nan, 0.5, 2, .infinity] + Array(repeating: 0.5, count: 300)
        let image = PixelImage(width: 305, height: 1, bands: 1, format: .float32, bytes: levels.withUnsafeBytes { Array($0) })
        #expect(try image.converted(to: DomainConfiguration(channels: 1)).bytes.prefix(5) == [0, 0, 128, 255, 255])
    }

    @Test func impossibleChannelsAreNamed() throws {
        let error = #expect(throws: ImageError.self) { try converted("bands13.tif", DomainConfiguration()) }
        #expect(error == .channelMismatch(path: "bands13.tif", found: 13, expected: 3))
        #expect(error?.description.contains("train with 13 channels") == true)
        #expect(try converted("bands13.tif", DomainConfiguration(channels: 13, bitDepth: .sixteen)).bands == 13)
    }
}
