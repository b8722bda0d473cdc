/// One change of an image's colours, with the meaning and the formula of torchvision's `adjust_...` functions on values in 0...1.
package enum ColorAdjustment: Sendable, Equatable {
    /// Multiplies by a factor from 0: 0 gives black, 1 changes nothing.
    case brightness(Double)
    /// Blends with the mean of the image's grey values: 0 gives that grey, 1 changes nothing, more moves away from it.
    case contrast(Double)
    /// Blends each pixel with its own grey value, likewise.
    case saturation(Double)
    /// Turns the hue by a share of the colour circle, -0.5...0.5.
    case hue(Double)
}

extension PixelImage {
    /// The image with its colours changed by one adjustment after the other, in float32, and rounded to its own samples at the end.
    ///
    /// As in torchvision, saturation and hue leave images of one band as they are; here they leave all but those of three bands. The
    /// contrast of other numbers of bands goes by the mean of all samples. Values are clamped to 0...1 before the first adjustment
    /// and after each.
    ///
    /// - Parameters:
    ///   - adjustments: In the order in which they are made; none leaves the image as it is.
    ///   - range: The levels that count as 0 and 1; by default the full range of the samples.
    package func adjusted(_ adjustments: [ColorAdjustment], range: ValueRange? = nil) -> PixelImage {
        precondition(!hasAlpha, "the colours of an image with opacity cannot be adjusted; convert it to its domain first")
        if adjustments.isEmpty { return self }
        return switch format {
        case .uint8: adjusted(UInt8.self, adjustments, range ?? ValueRange(BitDepth.eight.fullRange))
        case .uint16: adjusted(UInt16.self, adjustments, range ?? ValueRange(BitDepth.sixteen.fullRange))
        case .float32: adjusted(Float.self, adjustments, range ?? ValueRange(BitDepth.float.fullRange))
        }
    }

    private func adjusted<Sample: PixelSample>(
        _ type: Sample.Type, _ adjustments: [ColorAdjustment], _ range: ValueRange
    ) -> PixelImage {
        let area = width * height
        let scales = (0..<bands).map { (low: range[$0].lowerBound, extent: range[$0].upperBound - range[$0].lowerBound) }
        var values = [Float](unsafeUninitializedCapacity: area * bands) { values, count in
            withSamples(of: type) { samples in
                for band in 0..<bands {
                    let (low, scale) = (scales[band].low, Float(1 / scales[band].extent))
                    for pixel in 0..<area {
                        let value = Float(samples[pixel * bands + band].level - low) * scale
                        // What is not a number becomes 0, as in the tensors for the networks.
                        values.initializeElement(at: band * area + pixel, to: value >= 0 ? min(value, 1) : 0)
                    }
                }
            }
            count = area * bands
        }
        values.withUnsafeMutableBufferPointer { values in
            let planes = ColorPlanes(values: values, bands: bands)
            for adjustment in adjustments { planes.apply(adjustment) }
        }
        return PixelImage(of: type, width: width, height: height, bands: bands) { target in
            values.withUnsafeBufferPointer { values in
                for pixel in 0..<area {
                    for band in 0..<bands {
                        let level = scales[band].low + Double(values[band * area + pixel]) * scales[band].extent
                        target.initializeElement(at: pixel * bands + band, to: Sample(level: level))
                    }
                }
            }
        }
    }
}
