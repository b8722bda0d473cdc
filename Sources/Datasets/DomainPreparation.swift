import Imaging

/// How the images of one domain become training images.
public struct DomainPreparation: Sendable, Equatable {
    /// Whose images.
    public let domain: Domain
    /// What they are.
    public let images: DomainConfiguration
    /// How they are scaled, cropped and changed at random.
    public let transform: ImageTransform
    /// The share of the empty slices of volumes that are taken.
    public let emptySlices: Double

    /// - Parameters:
    ///   - stride: What the networks need heights and widths to be multiples of.
    ///   - smallestSide: The fewest pixels on a side that the networks can work on; smaller images cannot be used.
    ///   - augmentation: What is changed at random; by default images are mirrored.
    ///   - emptySlices: The share of the empty slices of volumes that are taken, 0...1.
    /// - Throws: `DatasetError` for impossible and contradicting values.
    public init(
        _ domain: Domain, images: DomainConfiguration = DomainConfiguration(), preprocess: Preprocess = .resizeAndCrop,
        loadSize: ImageSize = ImageSize(286), cropSize: ImageSize = ImageSize(256), stride: Int = 4, smallestSide: Int = 1,
        augmentation: Augmentation = Augmentation(), emptySlices: Double = 1
    ) throws(DatasetError) {
        do throws(ImageError) { try images.validate() } catch { throw .image(error) }
        try augmentation.validate(channels: images.channels)
        self.domain = domain
        self.images = images
        self.emptySlices = emptySlices
        transform = try ImageTransform(
            preprocess: preprocess, loadSize: loadSize, cropSize: cropSize, stride: stride, smallestSide: smallestSide,
            augmentation: augmentation, valueRange: images.valueRange)
    }
}
