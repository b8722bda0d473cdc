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

    package func cycleError(
        of image: PixelImage, mask: PixelImage?, name: String, scaling: TranslationScaling, window: ValueRange?
    ) throws -> CycleError? {
        try first.cycleError(of: image, mask: mask, name: name, scaling: scaling, window: window)
    }

    private var first: Translator { translators[0] }
    package var inputDomain: DomainConfiguration { first.inputDomain }
    package var measuresRange: Bool { first.measuresRange }
    package func bounds(of values: [Float]) -> ValueRange? { first.bounds(of: values) }

    package func size(of image: ImageSize, scaling: InputScaling, name: String) throws -> ImageSize {
        try first.size(of: image, scaling: scaling, name: name)
    }

    package func picture(
        of image: PixelImage, mask: PixelImage?, name: String, scaling: TranslationScaling, window: ValueRange?, traits: PictureTraits
    ) throws -> PixelImage {
        let pictures = try translators.map { translator in
            let picture = try translator.picture(of: image, mask: mask, name: name, scaling: scaling, window: window, traits: traits)
            var domain = translator.outputDomain
            domain.bitDepth = BitDepth(picture.format)
            domain.channels = channels
            return picture.bands == channels ? picture : try picture.converted(to: domain, name: name)
        }
        let own = try first.own(image, beside: pictures[0], channels: channels, window: window, name: name)
        return PixelImage(sideBySide: [own] + pictures, gutter: Self.gutter)
    }

    package func record(input: String, output: String) -> TranslationRecord { first.record(input: input, output: output) }
}
