import CycleGANInference
import CycleGANModels
import Imaging

/// Shows an image in all domains of a model: itself and, to the right of it, what becomes of it in each.
package struct DomainGrid: PictureMaker {
    /// Pixels between the pictures.
    private static let gutter = 4

    /// The domains, from left to right.
    package let domains: [Domain]
    private let translators: [Translator]

    /// - Parameter translators: One for each domain that is shown, of one model; at least one.
    package init(_ translators: [Translator]) {
        self.translators = translators
        domains = translators.map(\.translation.to)
    }

    /// Of the pictures: colours where the image or any translation has them.
    package var channels: Int { (translators.map(\.outputDomain.channels) + [first.inputDomain.channels]).max() ?? 1 }

    // Opacity is of one picture.
    package var keepsOpacity: Bool { false }

    package func cycleError(of request: TranslationRequest, scaling: TranslationScaling) throws -> CycleError? {
        try first.cycleError(of: request, scaling: scaling)
    }

    private var first: Translator { translators[0] }
    package var inputDomain: DomainConfiguration { first.inputDomain }
    package var measuresRange: Bool { first.measuresRange }
    package func bounds(of values: [Float]) -> ValueRange? { first.bounds(of: values) }

    package func size(of image: ImageSize, scaling: InputScaling, name: String) throws -> ImageSize {
        try first.size(of: image, scaling: scaling, name: name)
    }

    package func pictures(of requests: [TranslationRequest], scaling: TranslationScaling) -> [Result<PixelImage, any Error>] {
        requests.map { request in Result { try picture(of: request, scaling: scaling) } }
    }

    private func picture(of request: TranslationRequest, scaling: TranslationScaling) throws -> PixelImage {
        let pictures = try translators.map { translator in
            let picture = try translator.translate(request, scaling: scaling)
            var domain = translator.outputDomain
            domain.bitDepth = BitDepth(picture.format)
            domain.channels = channels
            return picture.bands == channels ? picture : try picture.converted(to: domain, name: request.name)
        }
        let own = try first.own(request.image, beside: pictures[0], channels: channels, window: request.window, name: request.name)
        return PixelImage(sideBySide: [own] + pictures, gutter: Self.gutter)
    }

    package func record(input: String, output: String) -> TranslationRecord { first.record(input: input, output: output) }
}
