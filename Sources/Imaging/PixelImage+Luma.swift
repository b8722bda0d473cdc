extension PixelImage {
    /// The colours of an image of three bands with the luma of another one of the same kind and size.
    ///
    /// In YCbCr with the luma of ITU-R 601, as in JPEG: Cb and Cr stay, Y becomes the other's, so that all three samples of a pixel move by the
    /// same amount. Where one would leave its range the colour becomes paler instead, by as little as will do: the luma is right
    /// everywhere.
    ///
    /// - Parameter range: The values that are black and white.
    package func withLuma(of other: PixelImage, range: ValueRange) -> PixelImage {
        precondition(
            bands == 3 && other.size == size && other.bands == 3 && other.format == format, "luma is of three bands, kind and size alike")
        return switch format {
        case .uint8: withLuma(UInt8.self, of: other, range)
        case .uint16: withLuma(UInt16.self, of: other, range)
        case .float32: withLuma(Float.self, of: other, range)
        }
    }

    private func withLuma<Sample: PixelSample>(_ type: Sample.Type, of other: PixelImage, _ range: ValueRange) -> PixelImage {
        let (lows, extents) = ((0..<3).map { range[$0].lowerBound }, (0..<3).map { range[$0].upperBound - range[$0].lowerBound })
        func shares(_ samples: UnsafeBufferPointer<Sample>, _ pixel: Int) -> SIMD3<Double> {
            var shares = SIMD3<Double>()
            for band in 0..<3 { shares[band] = (samples[3 * pixel + band].level - lows[band]) / extents[band] }
            return shares
        }
        return withSamples(of: type) { own in
            other.withSamples(of: type) { others in
                PixelImage(of: type, width: width, height: height, bands: 3) { target in
                    for pixel in 0..<width * height {
                        let colour = shares(own, pixel)
                        let (old, new) = (Self.luma(colour), min(max(Self.luma(shares(others, pixel)), 0), 1))
                        let difference = colour - old
                        var strength = 1.0
                        for band in 0..<3 where difference[band] != 0 {
                            strength = min(strength, (difference[band] > 0 ? 1 - new : -new) / difference[band])
                        }
                        for band in 0..<3 {
                            let share = new + strength * difference[band]
                            target.initializeElement(at: 3 * pixel + band, to: Sample(level: lows[band] + share * extents[band]))
                        }
                    }
                }
            }
        }
    }

    /// As Pillow's `convert("L")` weighs colours.
    private static func luma(_ colour: SIMD3<Double>) -> Double {
        (19595 * colour.x + 38470 * colour.y + 7471 * colour.z) / 65536
    }
}
