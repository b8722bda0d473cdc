import Imaging

/// Gives images the mean and the spread of the style's colours.
///
/// In each channel x becomes (x - μ) · σ' / σ + μ' with the mean and the standard deviation of the image, μ and σ, and those of the style, μ' and σ'.
/// Colours are changed in lαβ. Reinhard, Ashikhmin, Gooch and Shirley, "Color Transfer between Images", IEEE Computer Graphics and Applications
/// 21 (5), 2001.
public struct ColorTransfer: Baseline {
    /// What images are to have.
    public let style: ColorStatistics

    /// - Parameter style: Of at least one image.
    public init(style: ColorStatistics) {
        precondition(style.count > 0, "a style needs an image")
        self.style = style
    }

    public func picture(of image: PixelImage, in domain: DomainConfiguration, name: String) throws -> PixelImage {
        precondition(image.bands == style.means.count, "an image of \(image.bands) channels has no style of \(style.means.count)")
        var values = ColorStatistics.values(of: image, in: domain)
        let own = ColorStatistics(of: values, bands: image.bands)
        // A channel that is one value all over has nothing to spread but what rounding left.
        let scales = zip(own.deviations, style.deviations).map { $0 > 1e-9 ? $1 / $0 : 0 }
        for index in values.indices {
            let band = index % image.bands
            values[index] = (values[index] - own.means[band]) * scales[band] + style.means[band]
        }
        if image.bands == 3 { ConeSpace.convert(&values, ConeSpace.rgb) }
        let unit = SampleUnit(image, domain)
        let levels = values.map { share -> Float in
            let level = unit.range.lowerBound + share * (unit.range.upperBound - unit.range.lowerBound)
            let clamped = min(max(level, unit.range.lowerBound), unit.range.upperBound)
            return Float(unit.isWhole ? clamped.rounded() : clamped)
        }
        return PixelImage(levels: levels, like: image, format: unit.format)
    }
}
