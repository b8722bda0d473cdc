import Imaging
import TestSupport
import Testing
import Torch

struct TensorConversionTests {
    @Test func eightBitLevelsAreToTensorAndNormalize() {
        let image = PixelImage(width: 256, height: 1, bands: 1, bytes: Array(0...255))
        let domain = DomainConfiguration(channels: 1)
        let tensor = image.tensor(for: domain)
        #expect(tensor.shape == [1, 1, 1, 256])
        // torchvision: x / 255, then (x - 0.5) / 0.5, in float32.
        let expected = (0...255).map { (level: Int) -> Float in (Float(level) / 255 - 0.5) / 0.5 }
        #expect(tensor.array(of: Float.self) == expected)
        #expect(PixelImage(tensor: tensor, domain: domain) == image)
    }

    @Test func channelsComeFirst() {
        let image = PixelImage.synthetic(variant: 1, width: 5, height: 3)
        let values = image.tensor(for: DomainConfiguration()).array(of: Float.self)
        for band in 0..<3 {
            for pixel in 0..<15 {
                let expected = Float(image.bytes[pixel * 3 + band]) / 127.5 - 1
                #expect(abs(values[band * 15 + pixel] - expected) < 1e-6)
            }
        }
    }

    @Test func theValueRangeIsMappedAndClamped() {
        let levels: [UInt16] = [0, 1000, 2000, 3000, 65535]
        let image = PixelImage(width: 5, height: 1, bands: 1, format: .uint16, bytes: levels.withUnsafeBytes { Array($0) })
        let domain = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(1000...3000))
        let tensor = image.tensor(for: domain)
        #expect(tensor.array(of: Float.self) == [-1, -1, 0, 1, 1])
        #expect(PixelImage(tensor: tensor, domain: domain).levels == [1000, 1000, 2000, 3000, 3000])
    }

    @Test func everySixteenBitLevelSurvives() {
        let levels = Array(UInt16(0)...65535)
        let image = PixelImage(width: 256, height: 256, bands: 1, format: .uint16, bytes: levels.withUnsafeBytes { Array($0) })
        let domain = DomainConfiguration(channels: 1, bitDepth: .sixteen)
        #expect(PixelImage(tensor: image.tensor(for: domain), domain: domain) == image)
    }

    @Test func floatRangesMayBeNegative() {
        let levels: [Float] = [-1000, 0, 500, 2000, .nan]
        let image = PixelImage(width: 5, height: 1, bands: 1, format: .float32, bytes: levels.withUnsafeBytes { Array($0) })
        let domain = DomainConfiguration(channels: 1, bitDepth: .float, valueRange: ValueRange(-1000...2000))
        expectClose(image.tensor(for: domain), Tensor([-1, -1 / 3, 0, 1, -1] as [Float], shape: [1, 1, 1, 5]))
        let restored = PixelImage(tensor: image.tensor(for: domain), domain: domain).levels.map { $0.rounded() }
        #expect(restored == [-1000, 0, 500, 2000, -1000])
    }

    @Test func networkOutputIsRoundedAndClamped() {
        let values: [Float] = [-1.5, -1, -1 + 1.4 / 127.5, -1 + 1.6 / 127.5, 0.999, 7, .nan, .infinity]
        let image = PixelImage(tensor: Tensor(values, shape: [1, 1, 8]), domain: DomainConfiguration(channels: 1))
        #expect(image.bytes == [0, 0, 1, 2, 255, 255, 0, 255])
    }
}
