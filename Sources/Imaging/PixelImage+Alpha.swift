extension PixelImage {
    /// The image with the opacity of another one, scaled to its size and depth; as it is where that has none or it has opacity already.
    package func withAlpha(of other: PixelImage) -> PixelImage {
        guard other.hasAlpha, !hasAlpha, let opacity = other.opacity?.resized(to: size).converted(to: format) else { return self }
        let (before, added) = (pixelStride, format.byteCount)
        var result: [UInt8] = []
        result.reserveCapacity(width * height * (before + added))
        for pixel in 0..<width * height {
            result += bytes[pixel * before..<(pixel + 1) * before]
            result += opacity.bytes[pixel * added..<(pixel + 1) * added]
        }
        return PixelImage(width: width, height: height, bands: bands + 1, format: format, hasAlpha: true, bytes: result)
    }

    /// The last band alone, where it is opacity.
    private var opacity: PixelImage? {
        guard hasAlpha else { return nil }
        let (stride, length) = (pixelStride, format.byteCount)
        let last = (0..<width * height).flatMap { bytes[($0 + 1) * stride - length..<($0 + 1) * stride] }
        return PixelImage(width: width, height: height, bands: 1, format: format, bytes: last)
    }
}
