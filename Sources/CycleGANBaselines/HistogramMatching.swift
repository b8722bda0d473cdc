import Imaging

/// Gives each channel of images the histogram of the style's.
///
/// A value whose share of pixels that are no brighter is q becomes the value of the style that has this share, with straight lines between those that
/// occur, as scikit-image's `exposure.match_histograms` has it; whole numbers are cut off there and here, not rounded. Gonzalez and Woods, "Digital
/// Image Processing", section on histogram matching.
public struct HistogramMatching: Baseline {
    /// What images are to have.
    public let style: ChannelHistograms

    /// - Parameter style: Of at least one image.
    public init(style: ChannelHistograms) {
        precondition(!style.channels.isEmpty, "a style needs an image")
        self.style = style
    }

    public func picture(of image: PixelImage, in domain: DomainConfiguration, name: String) throws -> PixelImage {
        precondition(image.bands == style.channels.count, "an image of \(image.bands) channels has no style of \(style.channels.count)")
        let unit = SampleUnit(image, domain)
        var levels = image.sampleLevels
        for (band, own) in ChannelHistograms.counts(of: image).enumerated() {
            let style = style.channels[band].divided(by: unit.size)
            if style.values.isEmpty { continue }
            let matched = Self.interpolated(own.quantiles, from: style.quantiles, to: style.values).map { value -> Float in
                let level = min(max(value, unit.range.lowerBound), unit.range.upperBound)
                return Float(unit.isWhole ? level.rounded(.down) : level)
            }
            let indices = stride(from: band, to: levels.count, by: image.bands)
            if image.format != .float32 {
                var table = [Float](repeating: 0, count: 65536)
                for (value, result) in zip(own.values, matched) { table[Int(value)] = result }
                for index in indices { levels[index] = table[Int(levels[index])] }
            } else {
                for index in indices where !levels[index].isNaN {
                    levels[index] = matched[Self.position(of: Double(levels[index]), in: own.values)]
                }
            }
        }
        return PixelImage(levels: levels, like: image, format: unit.format)
    }

    /// What NumPy's `interp` gives: straight lines through the points (`xs`, `ys`), the first and the last value beyond them.
    ///
    /// - Parameter places: In rising order, as `xs`.
    static func interpolated(_ places: [Double], from xs: [Double], to ys: [Double]) -> [Double] {
        guard let last = xs.indices.last else { return places }
        var index = 0
        return places.map { place in
            while index < last, xs[index + 1] <= place { index += 1 }
            if place <= xs[index] || index == last { return ys[index] }
            let slope = (ys[index + 1] - ys[index]) / (xs[index + 1] - xs[index])
            return slope * (place - xs[index]) + ys[index]
        }
    }

    /// Where a value stands in a sorted list that holds it.
    private static func position(of value: Double, in values: [Double]) -> Int {
        var (low, high) = (0, values.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
