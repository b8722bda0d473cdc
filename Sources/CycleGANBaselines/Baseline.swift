import Imaging

/// A way to give images the look of other images without any training.
public protocol Baseline {
    /// What becomes of one image.
    ///
    /// - Parameters:
    ///   - image: Of the channels and the depth of `domain`.
    ///   - domain: What the image is, and what its result is.
    ///   - name: The image's file, for errors.
    /// - Returns: A picture of the image's size.
    func picture(of image: PixelImage, in domain: DomainConfiguration, name: String) throws -> PixelImage
}

/// The baselines by name.
public enum BaselineMethod: String, CaseIterable, Codable, Sendable {
    /// The colours' means and spreads become those of the style (Reinhard et al. 2001).
    case reinhard
    /// The histogram of each channel becomes that of the style.
    case histogram
    /// An image is optimised until its features have the correlations of the style's (Gatys et al. 2016).
    case gatys
}

/// What one sample of an image counts in statistics that images of several depths share.
struct SampleUnit {
    /// The value of one level.
    let size: Double
    /// The lowest and the highest level.
    let range: ClosedRange<Double>
    /// Of results.
    let format: PixelImage.Format

    /// Of an image of a domain: numbers stay the numbers that they are, all else is counted in levels of 16 bits.
    init(_ image: PixelImage, _ domain: DomainConfiguration) {
        guard let range = domain.valueRange?.hull else {
            let depth = BitDepth(image.format)
            (size, self.range, format) = (65535 / depth.fullRange.upperBound, depth.fullRange, image.format)
            return
        }
        (size, self.range, format) = (1, range, domain.writtenDepth.format)
    }

    /// Whether results are whole numbers.
    var isWhole: Bool { format != .float32 }
}
