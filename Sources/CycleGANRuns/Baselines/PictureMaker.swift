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
    /// How many images of a size are best made into pictures at once.
    func batchSize(for size: ImageSize) -> Int
    /// What becomes of images, or why there is no picture.
    func pictures(of requests: [TranslationRequest], scaling: TranslationScaling) -> [Result<PixelImage, any Error>]
    /// How far an image is from what comes back of its picture; `nil` where that is not asked for.
    func cycleError(of request: TranslationRequest, scaling: TranslationScaling) throws -> CycleError?
    /// Whether a picture can have the opacity of its image.
    var keepsOpacity: Bool { get }
    /// What is told of an image before it is made into a picture.
    func record(input: String, output: String) -> TranslationRecord
}

extension PictureMaker {
    package var keepsOpacity: Bool { true }

    package func batchSize(for size: ImageSize) -> Int { 1 }

    package func cycleError(of request: TranslationRequest, scaling: TranslationScaling) throws -> CycleError? { nil }
}

extension Translator: PictureMaker {
    package func pictures(of requests: [TranslationRequest], scaling: TranslationScaling) -> [Result<PixelImage, any Error>] {
        translate(requests, scaling: scaling)
    }

    package func cycleError(of request: TranslationRequest, scaling: TranslationScaling) throws -> CycleError? {
        try wayBack.map {
            try cycleError(
                of: request.image, mask: request.mask, back: $0, name: request.name, scaling: scaling.input,
                restoresSize: scaling.restoresSize, window: request.window)
        }
    }

    package func record(input: String, output: String) -> TranslationRecord {
        TranslationRecord(
            input: input, output: output, direction: translation.description,
            domainNames: description.names.all(of: [translation.from, translation.to]))
    }
}
