import TestSupport
import Testing

@testable import Imaging

struct AffineTests {
    struct Case: Decodable, Sendable {
        let image: String
        let degrees, zoom: Double
        let expected: [Double]
    }

    @Test func turningAndEnlargingAreScipys() throws {
        let golden = try AugmentationGolden<Case>("affine.json")
        for expected in golden.cases {
            let image = try golden.image(expected.image)
            let result = image.rotated(degrees: expected.degrees, zoom: expected.zoom)
            #expect(result.size == image.size)
            result.expectRounded(
                expected.expected, tolerance: 1e-6, scale: expected.expected.max() ?? 1,
                "\(expected.image) by \(expected.degrees) degrees, \(expected.zoom) times")
        }
    }

    @Test func halfATurnMirrorsBothWays() {
        let image = PixelImage.synthetic(variant: 1, width: 9, height: 6)
        let pixels = (0..<54).map { Array(image.bytes[3 * $0..<3 * $0 + 3]) }
        #expect(image.rotated(degrees: 180, zoom: 1).bytes == Array(pixels.reversed().joined()))
        #expect(image.rotated(degrees: 0, zoom: 1) == image)
    }

    @Test func positiveAnglesTurnCounterClockwise() {
        // Right of the centre goes to above it.
        let image = PixelImage(width: 3, height: 3, bands: 1, bytes: [0, 0, 0, 0, 0, 200, 0, 0, 0])
        #expect(image.rotated(degrees: 90, zoom: 1).bytes == [0, 200, 0, 0, 0, 0, 0, 0, 0])
    }
}
