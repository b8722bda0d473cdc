import Imaging
import Support

/// How images of any size become training images; the reference implementation's five modes.
public enum Preprocess: String, Codable, CaseIterable, Sendable {
    /// Scale to the load size, whatever the aspect ratio, then cut out the crop size at random.
    case resizeAndCrop = "resize-and-crop"
    /// Cut out the crop size at random.
    case crop
    /// Scale to the load width and keep the aspect ratio, but to at least the crop height.
    case scaleWidth = "scale-width"
    /// As `scaleWidth`, then cut out the crop size at random.
    case scaleWidthAndCrop = "scale-width-and-crop"
    /// Keep the image's own size.
    case none

    /// Whether all images come out at the crop size.
    public var crops: Bool {
        switch self {
        case .resizeAndCrop, .crop, .scaleWidthAndCrop: true
        case .scaleWidth, .none: false
        }
    }
}

/// Scales and crops an image, then turns, enlarges and mirrors it and changes its colours at random, in this order.
public struct ImageTransform: Sendable, Equatable {
    /// The mode.
    public let preprocess: Preprocess
    /// The size before cropping.
    public let loadSize: ImageSize
    /// The size after cropping.
    public let cropSize: ImageSize
    /// What a network needs heights and widths to be multiples of; modes without a random crop cut the right and lower edge to it.
    public let stride: Int
    /// The fewest pixels on a side that the networks can work on; modes without a random crop refuse smaller images.
    public let smallestSide: Int
    /// What is changed at random after cropping.
    public let augmentation: Augmentation
    /// The levels between which colours are changed; `nil` means the full range of the samples.
    public let valueRange: ValueRange?

    /// - Throws: `DatasetError.invalidConfiguration` where the crop size is no multiple of the stride, and
    ///   `DatasetError.invalidAugmentation`.
    public init(
        preprocess: Preprocess = .resizeAndCrop, loadSize: ImageSize = ImageSize(286), cropSize: ImageSize = ImageSize(256),
        stride: Int = 4, smallestSide: Int = 1, augmentation: Augmentation = Augmentation(), valueRange: ValueRange? = nil
    ) throws(DatasetError) {
        precondition(stride > 0, "the stride (\(stride)) must be positive")
        if preprocess.crops, !cropSize.height.isMultiple(of: stride) || !cropSize.width.isMultiple(of: stride) {
            throw .invalidConfiguration("the crop size \(cropSize) must be a multiple of the network's stride, \(stride), on both sides")
        }
        self.preprocess = preprocess
        self.loadSize = loadSize
        self.cropSize = cropSize
        self.stride = stride
        self.smallestSide = max(stride, smallestSide)
        try augmentation.validate()
        self.augmentation = augmentation
        self.valueRange = valueRange
    }

    /// What happens to images of one size before chance comes in.
    struct Geometry: Equatable {
        /// The size to scale to.
        let scaled: ImageSize
        /// The size to cut out.
        let cropped: ImageSize
        /// Whether the image had to be scaled up to hold the crop.
        let isEnlarged: Bool
    }

    /// Plans the transformation of an image.
    ///
    /// - Throws: `DatasetError.tooSmall` naming the image.
    func geometry(of size: ImageSize, name: String) throws(DatasetError) -> Geometry {
        let wanted = scaledSize(size)
        if preprocess.crops {
            let scaled = wanted.enlarged(toHold: cropSize)
            return Geometry(scaled: scaled, cropped: cropSize, isEnlarged: scaled != wanted)
        }
        let (height, width) = (wanted.height - wanted.height % stride, wanted.width - wanted.width % stride)
        guard min(height, width) >= smallestSide else { throw .tooSmall(path: name, size: wanted, smallestSide: smallestSide) }
        return Geometry(scaled: wanted, cropped: ImageSize(height: height, width: width), isEnlarged: false)
    }

    private func scaledSize(_ size: ImageSize) -> ImageSize {
        switch preprocess {
        case .resizeAndCrop: loadSize
        case .crop, .none: size
        case .scaleWidth, .scaleWidthAndCrop:
            size.scaled(toWidth: loadSize.width, leastHeight: cropSize.height)
        }
    }

    /// Transforms an image and its mask alike, but for the colours; crop positions are uniform over all that fit.
    ///
    /// - Parameters:
    ///   - mask: Of the image's size, 255 inside and 0 outside. It is scaled and turned as the image is; what is more than half inside
    ///     then is inside.
    ///   - name: The file, for the error.
    ///   - colours: Where the changes of colour are drawn, for images that share their geometry alone; `nil` draws them after the geometry.
    /// - Returns: The image, its mask, and whether the image had to be scaled up to hold the crop.
    /// - Throws: `DatasetError.tooSmall` naming the image.
    package func callAsFunction(
        _ image: PixelImage, mask: PixelImage? = nil, name: String = "the image", using generator: inout SplitMix64,
        colours: SplitMix64? = nil
    ) throws(DatasetError) -> (image: PixelImage, mask: PixelImage?, wasEnlarged: Bool) {
        let placement = try placement(of: image.size, name: name, using: &generator)
        let result = apply(placement, to: image, using: &generator, colours: colours)
        return (result, mask.map { placement.placed($0).withHardEdges() }, placement.geometry.isEnlarged)
    }

    /// Where chance puts an image.
    struct Placement {
        let geometry: Geometry
        /// The upper left corner of the crop.
        let x, y: Int
        let turn: (degrees: Double, zoom: Double)?
        let isFlipped: Bool

        /// The image as it lies in a sample.
        func placed(_ image: PixelImage) -> PixelImage {
            turned(image.resized(to: geometry.scaled).cropped(x: x, y: y, size: geometry.cropped))
        }

        /// A crop as it lies in a sample.
        fileprivate func turned(_ crop: PixelImage) -> PixelImage {
            let result = turn.map { crop.rotated(degrees: $0.degrees, zoom: $0.zoom) } ?? crop
            return isFlipped ? result.flippedHorizontally() : result
        }
    }

    /// Draws where an image of a size is put.
    ///
    /// - Throws: `DatasetError.tooSmall` naming the image.
    func placement(of size: ImageSize, name: String, using generator: inout SplitMix64) throws(DatasetError) -> Placement {
        let geometry = try geometry(of: size, name: name)
        let (scaled, cropped) = (geometry.scaled, geometry.cropped)
        // Drawn in every mode, so that the flips do not depend on the crop.
        let shares = (generator.uniform(), generator.uniform())
        let isFlipped = generator.uniform() < 0.5 && augmentation.flip
        let x = preprocess.crops ? Int(shares.0 * Double(scaled.width - cropped.width + 1)) : 0
        let y = preprocess.crops ? Int(shares.1 * Double(scaled.height - cropped.height + 1)) : 0
        // From here on only what is asked for is drawn: adding an augmentation changes no crop and no flip.
        var turn: (degrees: Double, zoom: Double)?
        if augmentation.rotation > 0 || augmentation.zoom > 1 {
            let rotation = augmentation.rotation
            turn = (generator.uniform(in: -rotation...rotation), generator.uniform(in: 1...augmentation.zoom))
        }
        return Placement(geometry: geometry, x: x, y: y, turn: turn, isFlipped: isFlipped)
    }

    /// Puts an image where it belongs and draws its colours.
    ///
    /// - Parameter isCropped: Whether the image is what the crop leaves of it.
    func apply(
        _ placement: Placement, to image: PixelImage, isCropped: Bool = false, using generator: inout SplitMix64,
        colours: SplitMix64? = nil
    ) -> PixelImage {
        let placed = isCropped ? placement.turned(image) : placement.placed(image)
        guard let jitter = augmentation.colorJitter else { return placed }
        var source = colours ?? generator
        defer { if colours == nil { generator = source } }
        return placed.adjusted(jitter.adjustments(using: &source), range: valueRange)
    }
}
