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
