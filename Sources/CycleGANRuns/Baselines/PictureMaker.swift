import CycleGANInference
import CycleGANModels
import Imaging

/// What makes pictures of images, one by one: a generator, or a baseline.
package protocol PictureMaker {
    /// The images that go in.
    var inputDomain: DomainConfiguration { get }
    /// Whether percentiles of each image become black and white.
    var measuresRange: Bool { get }
    /// The percentiles that were asked for, of the values of a whole volume; `nil` where none were.
    func bounds(of values: [Float]) -> ValueRange?
    /// The size to which an image is scaled.
    ///
    /// - Throws: An error for an image that would become too large.
    func size(of image: ImageSize, scaling: InputScaling, name: String) throws -> ImageSize
    /// What becomes of an image.
    ///
    /// - Parameters:
    ///   - mask: The region to change.
    ///   - window: The values that become black and white where nobody else says so.
    ///   - traits: What counts where the picture is put together with the image.
    func picture(
        of image: PixelImage, mask: PixelImage?, name: String, scaling: TranslationScaling, window: ValueRange?, traits: PictureTraits
    ) throws -> PixelImage
    /// How far an image is from what comes back of its picture; `nil` where that is not asked for.
    func cycleError(
        of image: PixelImage, mask: PixelImage?, name: String, scaling: TranslationScaling, window: ValueRange?
    ) throws -> CycleError?
    /// Whether a picture can have the opacity of its image.
    var keepsOpacity: Bool { get }
    /// What is told of an image before it is made into a picture.
    func record(input: String, output: String) -> TranslationRecord
}

extension PictureMaker {
    package var keepsOpacity: Bool { true }

    package func cycleError(
        of image: PixelImage, mask: PixelImage?, name: String, scaling: TranslationScaling, window: ValueRange?
    ) throws -> CycleError? { nil }
}

extension Translator: PictureMaker {
    package func cycleError(
        of image: PixelImage, mask: PixelImage?, name: String, scaling: TranslationScaling, window: ValueRange?
    ) throws -> CycleError? {
        try wayBack.map {
            try cycleError(
                of: image, mask: mask, back: $0, name: name, scaling: scaling.input, restoresSize: scaling.restoresSize, window: window)
        }
    }

    package func picture(
        of image: PixelImage, mask: PixelImage?, name: String, scaling: TranslationScaling, window: ValueRange?, traits: PictureTraits
    ) throws -> PixelImage {
        try translate(
            image, mask: mask, name: name, scaling: scaling.input, restoresSize: scaling.restoresSize, window: window, traits: traits)
    }

    package func record(input: String, output: String) -> TranslationRecord {
        TranslationRecord(
            input: input, output: output, direction: translation.description,
            domainNames: description.names.all(of: [translation.from, translation.to]))
    }
}
