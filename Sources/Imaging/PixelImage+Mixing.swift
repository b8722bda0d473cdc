import Foundation

extension PixelImage {
    /// What is mixed where two images become one.
    package enum MixedValues: Sendable {
        /// The light that samples of sRGB stand for.
        case light
        /// The samples themselves.
        case samples
    }

    /// The image with another one, of the same kind and size, mixed into it: a + w · (b - a) in each pixel.
    ///
    /// Where the weight is 0 the samples are the image's, and where it is 1 the other's, bit for bit. In between they never leave the way from
    /// one to the other and never go back on it.
    ///
    /// - Parameters:
    ///   - weights: One for each pixel, row by row, in 0...1.
    ///   - values: What is mixed; light is for whole samples.
    package func mixed(with other: PixelImage, weights: [Float], of values: MixedValues) -> PixelImage {
        precondition(
            other.size == size && other.bands == bands && other.format == format && weights.count == width * height,
            "the images must be of one kind and size, with a weight for each pixel")
        return switch format {
        case .uint8: mixed(UInt8.self, with: other, weights, values)
        case .uint16: mixed(UInt16.self, with: other, weights, values)
        case .float32: mixed(Float.self, with: other, weights, .samples)
        }
    }

    private func mixed<Sample: PixelSample>(
        _ type: Sample.Type, with other: PixelImage, _ weights: [Float], _ values: MixedValues
    ) -> PixelImage {
        let scale = Sample.fullScale
        let light = values == .light ? (0...Int(scale)).map { SRGBCurve.light(of: Double($0) / scale) } : []
        func mixed(_ from: Double, _ to: Double, _ weight: Double) -> Double {
            guard !light.isEmpty else { return from + weight * (to - from) }
            let (start, end) = (light[Int(from)], light[Int(to)])
            return SRGBCurve.share(of: start + weight * (end - start)) * scale
        }
        return withSamples(of: type) { own in
            other.withSamples(of: type) { others in
                PixelImage(of: type, width: width, height: height, bands: bands) { target in
                    for pixel in weights.indices {
                        let weight = Double(weights[pixel])
                        for index in pixel * bands..<(pixel + 1) * bands {
                            let (from, to) = (own[index], others[index])
                            let sample =
                                weight == 0 || from.level == to.level
                                ? from : weight == 1 ? to : Sample(level: mixed(from.level, to.level, weight))
                            target.initializeElement(at: index, to: sample)
                        }
                    }
                }
            }
        }
    }
}

/// The curve between samples of sRGB and light, both in 0...1 (IEC 61966-2-1).
enum SRGBCurve {
    static func light(of share: Double) -> Double { share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4) }

    static func share(of light: Double) -> Double { light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055 }
}
