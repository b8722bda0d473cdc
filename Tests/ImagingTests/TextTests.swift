import Testing

@testable import Imaging

struct TextTests {
    @Test func textIsDarkOnWhite() throws {
        let text = try #require(PixelImage.text("horse", height: 20))
        #expect(text.bands == 3 && text.format == .uint8 && !text.hasAlpha)
        #expect(text.bytes.contains { $0 < 64 } && text.bytes.contains(255))
        let longer = try #require(PixelImage.text("horse horse", height: 20))
        #expect(longer.width > text.width)
    }

    @Test func markupIsWrittenAsItStands() throws {
        let plain = try #require(PixelImage.text("b", height: 20))
        let marked = try #require(PixelImage.text("<b>&</b>", height: 20))
        #expect(marked.width > 3 * plain.width)
    }
}
