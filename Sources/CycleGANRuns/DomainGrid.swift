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
        let pictures = try translators.map {
            try $0.picture(of: image, mask: mask, name: name, scaling: scaling, window: window, traits: traits)
        }
        var domain = first.inputDomain
        domain.bitDepth = BitDepth(pictures[0].format)
        let own = try image.converted(to: domain, name: name).holding(pictures[0].format).resized(to: pictures[0].size)
        return PixelImage(sideBySide: [own] + pictures, gutter: Self.gutter)
    }

    package func record(input: String, output: String) -> TranslationRecord { first.record(input: input, output: output) }
}
