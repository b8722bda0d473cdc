import Foundation
import Testing

@testable import Imaging

/// The opacity of one image given to another.
@Suite struct AlphaTests {
    @Test(arguments: ["formats_alpha.png", "alpha.webp", "small.jxl"]) func opacityIsThatOfTheFile(name: String) throws {
        if name == "small.jxl", !ImageFileFormat.jxl.isReadable { return }
        let result = PixelImage.gradient(width: 30, height: 20, bands: 3).withAlpha(of: try Fixture.image(name))
        #expect(result.bands == 4 && result.hasAlpha)
        // The file's opacity is 9 times the column, up to 255.
        for (x, y) in [(0, 0), (1, 0), (28, 3), (29, 19)] {
            #expect(result.bytes[(y * 30 + x) * 4 + 3] == UInt8(min(255, 9 * x)))
            #expect(result.bytes[(y * 30 + x) * 4] == UInt8(truncatingIfNeeded: (y * 30 + x) * 3))
        }
    }

    @Test func opacityTakesTheSizeAndTheDepthOfTheResult() throws {
        let image = PixelImage(
            width: 4, height: 2, bands: 2, hasAlpha: true, bytes: (0..<8).flatMap { _ in [UInt8(9), 204] })
        let grey = PixelImage(width: 2, height: 6, bands: 1, format: .uint16, bytes: [UInt8](repeating: 1, count: 24))
        // An even opacity stays even at any size: 204 · 257 = 52428.
        let result = grey.withAlpha(of: image)
        #expect(result.bands == 2 && result.hasAlpha)
        #expect(result.levels.enumerated().allSatisfy { $0.element == ($0.offset.isMultiple(of: 2) ? 257 : 52428) }, "\(result.levels)")
        // Without any there is nothing to give, and what is there stays.
        #expect(grey.withAlpha(of: grey) == grey && image.withAlpha(of: image) == image)
    }
}
