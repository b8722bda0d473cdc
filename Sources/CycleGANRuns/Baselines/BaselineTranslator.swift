import CycleGANBaselines
import CycleGANInference
import CycleGANModels
import Imaging
import Support

/// A baseline, or nothing at all, in the place of a generator.
public struct BaselineTranslator {
    /// The images that go in.
    public let inputDomain: DomainConfiguration
    /// The images that come out: those of the style.
    public let outputDomain: DomainConfiguration
    /// As results are called: `reinhard`, or `unchanged`.
    public let name: String
    private let baseline: (any Baseline)?
    private let trainingScale: TrainingScale?

    /// - Parameters:
    ///   - baseline: `nil` leaves images as they are.
    ///   - trainingScale: The size that images are scaled to by `InputScaling.training`.
    /// - Throws: `BaselineError.otherChannels` where no image of one domain can become one of the other.
    public init(
        _ baseline: (any Baseline)?, name: String, from input: DomainConfiguration, to output: DomainConfiguration,
        trainingScale: TrainingScale? = nil
    ) throws {
        guard output.accepts(channels: input.channels, hasAlpha: false) else {
            throw BaselineError.otherChannels(found: input.channels, style: output.channels)
        }
        self.baseline = baseline
        self.name = name
        self.trainingScale = trainingScale
        (inputDomain, outputDomain) = (input, output)
    }

    /// The type of the samples of results; `nil` where each has that of its image.
    public var resultFormat: PixelImage.Format? { keepsDepth ? nil : outputDomain.writtenDepth.format }

    private var keepsDepth: Bool { inputDomain.keepsDepth(as: outputDomain) }

    /// What becomes of an image after it was scaled.
    ///
    /// - Parameters:
    ///   - mask: The region to change, a picture of the image's size; all else stays as it is.
    ///   - window: The values that become black and white where the domain does not say so.
    /// - Throws: `ImageError` for an image that is not of the input domain, and errors of the baseline.
    public func translate(
        _ image: PixelImage, mask: PixelImage? = nil, name: String = "the image", scaling: InputScaling = .original,
        restoresSize: Bool = false, window: ValueRange? = nil
    ) throws -> PixelImage {
        let size = scaling.size(of: image.size, scale: trainingScale)
        var (input, output) = (inputDomain, outputDomain)
        if keepsDepth {
            if input.valueRange == nil { input.valueRange = window }
            let depth = image.storedAs.keptDepth
            (input.bitDepth, output.bitDepth) = (depth, depth)
        }
        let whole = try image.carried(from: input, to: output, name: name)
        let start = whole.resized(to: size)
        let found = try baseline?.picture(of: start, in: output, name: name) ?? start
        let result = restoresSize ? found.resized(to: image.size) : found
        guard let region = try mask?.asMask(of: image.size, name: "the mask", imageName: name) else { return result }
        return result.size == image.size
            ? result.masked(by: region, over: whole) : result.masked(by: region.resized(to: size).withHardEdges(), over: start)
    }
}

extension BaselineTranslator: PictureMaker {
    package var measuresRange: Bool { false }

    package func bounds(of values: [Float]) -> ValueRange? { nil }

    package func size(of image: ImageSize, scaling: InputScaling, name: String) -> ImageSize {
        scaling.size(of: image, scale: trainingScale)
    }

    package func pictures(of requests: [TranslationRequest], scaling: TranslationScaling) -> [Result<PixelImage, any Error>] {
        requests.map { request in
            Result {
                try translate(
                    request.image, mask: request.mask, name: request.name, scaling: scaling.input, restoresSize: scaling.restoresSize,
                    window: request.window)
            }
        }
    }

    package func record(input: String, output: String) -> TranslationRecord {
        TranslationRecord(input: input, output: output, method: name)
    }
}
