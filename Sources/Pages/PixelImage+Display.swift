import Imaging

extension PixelImage {
    /// The image as a screen shows it, 8-bit RGB: one or two bands as grey, of more than three the first three.
    ///
    /// - Parameter range: The values that are shown as black and white; by default the full range of the samples.
    package func displayed(range: ClosedRange<Double>? = nil) -> PixelImage {
        if format == .uint8, bands == 3, range == nil || range == BitDepth.eight.fullRange {
            return PixelImage(width: width, height: height, bands: 3, bytes: bytes)
        }
        return switch format {
        case .uint8: displayed(UInt8.self, range ?? BitDepth.eight.fullRange) { Double($0) }
        case .uint16: displayed(UInt16.self, range ?? BitDepth.sixteen.fullRange) { Double($0) }
        case .float32: displayed(Float.self, range ?? BitDepth.float.fullRange) { Double($0) }
        }
    }

    private func displayed<Sample>(_ type: Sample.Type, _ range: ClosedRange<Double>, value: (Sample) -> Double) -> PixelImage {
        let scale = 255 / (range.upperBound - range.lowerBound)
        let colours = bands < 3 ? [0, 0, 0] : [0, 1, 2]
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        bytes.withUnsafeBytes { buffer in
            let samples = buffer.bindMemory(to: type)
            for pixel in 0..<width * height {
                for band in colours {
                    let level = (value(samples[pixel * bands + band]) - range.lowerBound) * scale
                    // Not a number becomes black.
                    pixels.append(level > 0 ? UInt8(min(level, 255).rounded()) : 0)
                }
            }
        }
        return PixelImage(width: width, height: height, bands: 3, bytes: pixels)
    }

    /// The image made smaller, where it is larger, so that its longer side has `side` pixels.
    package func shrunk(toLongerSide side: Int) -> PixelImage {
        let longer = max(width, height)
        guard longer > side else { return self }
        return resized(to: ImageSize(height: max(1, height * side / longer), width: max(1, width * side / longer)))
    }
}
