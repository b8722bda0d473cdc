import Imaging

extension PixelImage {
    /// The image as a screen shows it, 8-bit RGB: one or two bands as grey, of more than three the first three.
    ///
    /// - Parameter range: The values that are shown as black and white; by default the full range of the samples.
    package func displayed(range: ValueRange? = nil) -> PixelImage {
        if format == .uint8, bands == 3, range == nil || range == ValueRange(BitDepth.eight.fullRange) {
            return PixelImage(width: width, height: height, bands: 3, bytes: bytes)
        }
        return switch format {
        case .uint8: displayed(UInt8.self, range ?? ValueRange(BitDepth.eight.fullRange)) { Double($0) }
        case .uint16: displayed(UInt16.self, range ?? ValueRange(BitDepth.sixteen.fullRange)) { Double($0) }
        case .float32: displayed(Float.self, range ?? ValueRange(BitDepth.float.fullRange)) { Double($0) }
        }
    }

    private func displayed<Sample>(_ type: Sample.Type, _ range: ValueRange, value: (Sample) -> Double) -> PixelImage {
        let colours = (bands < 3 ? [0, 0, 0] : [0, 1, 2]).map { band in
            (band: band, low: range[band].lowerBound, scale: 255 / (range[band].upperBound - range[band].lowerBound))
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        bytes.withUnsafeBytes { buffer in
            let samples = buffer.bindMemory(to: type)
            for pixel in 0..<width * height {
                for (band, low, scale) in colours {
                    let level = (value(samples[pixel * bands + band]) - low) * scale
                    // Not a number becomes black.
                    pixels.append(level > 0 ? UInt8(min(level, 255).rounded()) : 0)
                }
            }
        }
        return PixelImage(width: width, height: height, bands: 3, bytes: pixels)
    }

    /// The image made smaller, where it is larger, so that its longer side has `side` pixels.
    package func shrunk(toLongerSide side: Int) -> PixelImage {
        max(width, height) > side ? resized(to: size.shrunk(toLongerSide: side)) : self
    }

    /// The image with every pixel as a square.
    ///
    /// - Parameter factor: The sides of the squares in pixels, at least 1.
    package func enlarged(by factor: Int) -> PixelImage {
        let pixel = bands * format.byteCount
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * factor * factor)
        for row in 0..<height {
            var line: [UInt8] = []
            for start in stride(from: row * width * pixel, to: (row + 1) * width * pixel, by: pixel) {
                for _ in 0..<factor { line += bytes[start..<start + pixel] }
            }
            for _ in 0..<factor { result += line }
        }
        return PixelImage(
            width: width * factor, height: height * factor, bands: bands, format: format, hasAlpha: hasAlpha, bytes: result)
    }

    /// The image that was enlarged: the pixel in the middle of each square.
    ///
    /// - Parameter factor: The sides of the squares in pixels, which divide those of the image.
    package func reduced(by factor: Int) -> PixelImage {
        guard factor > 1 else { return self }
        let (pixel, smaller) = (bands * format.byteCount, ImageSize(height: height / factor, width: width / factor))
        var result: [UInt8] = []
        result.reserveCapacity(smaller.height * smaller.width * pixel)
        for row in 0..<smaller.height {
            for column in 0..<smaller.width {
                let start = ((row * factor + factor / 2) * width + column * factor + factor / 2) * pixel
                result += bytes[start..<start + pixel]
            }
        }
        return PixelImage(
            width: smaller.width, height: smaller.height, bands: bands, format: format, hasAlpha: hasAlpha, bytes: result)
    }
}

extension ImageSize {
    /// The size made smaller, where it is larger, so that its longer side has `side` pixels.
    package func shrunk(toLongerSide side: Int) -> ImageSize {
        let longer = max(width, height)
        guard longer > side else { return self }
        return ImageSize(height: max(1, height * side / longer), width: max(1, width * side / longer))
    }
}
