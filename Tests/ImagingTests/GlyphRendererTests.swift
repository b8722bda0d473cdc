import Testing

@testable import Imaging

struct GlyphRendererTests {
    @Test func aMissingFontNamesItsPackage() {
        let error = #expect(throws: ImageError.self) { try GlyphRenderer(family: "No Such Font", package: "fonts-none") }
        #expect(error?.description.contains("“No Such Font” is not installed") == true)
        #expect(error?.description.contains("apt-get install fonts-none") == true)
    }

    @Test func charactersTheFontLacksAreNotTakenFromAnother() throws {
        let symbola = try GlyphRenderer(family: "Symbola", package: "fonts-symbola")
        // A Hangul syllable; other fonts may have it.
        #expect(symbola.render("한", height: 64, inColour: false) == nil)
        let grin = try #require(symbola.render("😀", height: 64, inColour: false))
        #expect(grin.hasAlpha)
        #expect(grin.bands == 4)
    }

    @Test func glyphsFillASquareUpToTheMargin() throws {
        let wide = PixelImage(width: 40, height: 10, bands: 4, hasAlpha: true, bytes: .init(repeating: 255, count: 1600).blackened())
        let centred = try wide.centredOnWhite(side: 24, margin: 2)
        let dark = (0..<24 * 24).filter { centred.bytes[$0 * 3] < 128 }
        #expect(Set(dark.map { $0 % 24 }) == Set(2..<22))
        #expect(Set(dark.map { $0 / 24 }) == Set(9..<14))
    }
}

extension [UInt8] {
    /// RGBA samples made opaque black.
    fileprivate func blackened() -> [UInt8] {
        enumerated().map { $0.offset % 4 == 3 ? 255 : 0 }
    }
}
