import Testing

@testable import Imaging

struct ColorAdjustmentTests {
    struct Case: Decodable, Sendable {
        struct Adjustment: Decodable, Sendable {
            let operation: String
            let factor: Double
        }

        let image: String
        let range: [Double]
        let adjustments: [Adjustment]
        let expected: [Double]
    }

    private func adjustment(_ adjustment: Case.Adjustment) throws -> ColorAdjustment {
        switch adjustment.operation {
        case "brightness": .brightness(adjustment.factor)
        case "contrast": .contrast(adjustment.factor)
        case "saturation": .saturation(adjustment.factor)
        case "hue": .hue(adjustment.factor)
        default: throw Unknown(operation: adjustment.operation)
        }
    }

    private struct Unknown: Error {
        let operation: String
    }

    @Test func coloursAreTorchvisions() throws {
        let golden = try AugmentationGolden<Case>("colours.json")
        for (number, expected) in golden.cases.enumerated() {
            let range = expected.range[0]...expected.range[1]
            let result = try golden.image(expected.image).adjusted(expected.adjustments.map(adjustment), range: ValueRange(range))
            result.expectRounded(
                expected.expected, tolerance: 2e-6, scale: expected.range[1] - expected.range[0],
                "case \(number), \(expected.image) \(expected.adjustments)")
        }
    }

    /// Factors without effect; of 8 and 16 bits all samples come back, since float32 holds them.
    @Test(arguments: [[], [.brightness(1)], [.contrast(1)], [.brightness(1), .contrast(1)]] as [[ColorAdjustment]])
    func nothingIsLost(adjustments: [ColorAdjustment]) {
        let deep = PixelImage(of: UInt16.self, width: 256, height: 256, bands: 1) { target in
            for index in target.indices { target.initializeElement(at: index, to: UInt16(index)) }
        }
        #expect(deep.adjusted(adjustments) == deep)
        let flat = PixelImage(width: 16, height: 16, bands: 1, bytes: (0...255).map { $0 })
        #expect(flat.adjusted(adjustments) == flat)
    }

    @Test func manyBandsGoByTheMeanOfAll() {
        let image = PixelImage(width: 1, height: 1, bands: 5, bytes: [0, 50, 100, 150, 200])
        // The mean is 100; 100 + 0.5 * (level - 100).
        #expect(image.adjusted([.contrast(0.5)]).bytes == [50, 75, 100, 125, 150])
        #expect(image.adjusted([.brightness(2)]).bytes == [0, 100, 200, 255, 255])
        #expect(image.adjusted([.saturation(0), .hue(0.3)]) == image)
    }

    @Test func valuesOutsideTheRangeAreClampedAndNotANumberIsItsLowEnd() {
        let image = PixelImage(of: Float.self, width: 4, height: 1, bands: 1) { target in
            for (index, value) in [-1, .nan, 3, .infinity].enumerated() { target.initializeElement(at: index, to: Float(value)) }
        }
        #expect(image.adjusted([.brightness(0.5)], range: ValueRange(2...6)).levels == [2, 2, 2.5, 4])
    }
}
