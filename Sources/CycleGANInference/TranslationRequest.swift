import Imaging

/// An image to translate, and what counts for it alone.
public struct TranslationRequest: Sendable {
    /// The image, with its domain's bands picked.
    public var image: PixelImage
    /// The region to change, a picture of the image's size; a generator that was trained with masks needs one.
    public var mask: PixelImage?
    /// The image's file name, for messages.
    public var name: String
    /// The values that become black and white where nobody else says so, as a file of medicine asks for it; with percentiles those that were
    /// found in a whole volume.
    public var window: ValueRange?
    /// What counts where the result is put together with the image.
    public var traits: PictureTraits
    /// Whether percentiles that were asked for are found in the image; else its domain's range holds.
    public var measuresRange = true

    /// An opaque picture of sRGB, unless told otherwise.
    public init(
        _ image: PixelImage, mask: PixelImage? = nil, name: String = "the image", window: ValueRange? = nil,
        traits: PictureTraits = PictureTraits()
    ) {
        (self.image, self.mask, self.name, self.window, self.traits) = (image, mask, name, window, traits)
    }
}

/// How images are brought to a generator and back.
public struct TranslationScaling: Sendable {
    /// What they are scaled to first, by the filter of the training.
    public var input: InputScaling
    /// Whether results are scaled back to the size of their images.
    public var restoresSize: Bool

    /// Images at their own size, unless told otherwise.
    public init(_ input: InputScaling = .original, restoresSize: Bool = false) {
        self.input = input
        self.restoresSize = restoresSize
    }
}
