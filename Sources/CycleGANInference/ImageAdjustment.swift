import CycleGANModels
import Imaging
import NIfTI

/// What someone says of the images of a domain in place of what a model's file says.
public struct ImageAdjustment: Sendable, Equatable {
    /// Which values become black and white.
    public var range: RangeChoice?
    /// Which bands of the files are the channels, from 1.
    public var bands: [Int]?
    /// Along which axis volumes are cut into slices.
    public var axis: SliceAxis?

    /// Nothing, unless told otherwise.
    public init(range: RangeChoice? = nil, bands: [Int]? = nil, axis: SliceAxis? = nil) {
        self.range = range
        self.bands = bands
        self.axis = axis
    }
}

extension GeneratorDescription {
    /// Takes what someone says of the images of a translation's domains; percentiles leave the range as it is.
    ///
    /// - Throws: `ImageError.invalidDomain` for bands that are not as many as the channels.
    package mutating func adjust(_ adjustments: [Domain: ImageAdjustment], for translation: Translation) throws(ImageError) {
        for domain in [translation.from, translation.to] {
            guard let adjustment = adjustments[domain] else { continue }
            var images = images(of: domain)
            if let bounds = adjustment.range?.bounds { images.valueRange = bounds }
            if let bands = adjustment.bands { images.bands = bands }
            if let axis = adjustment.axis { images.axis = axis }
            try images.validate()
            domains[domain] = images
        }
    }
}
