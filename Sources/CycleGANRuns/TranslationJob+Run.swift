import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support

/// How images are brought to a generator and back.
public struct TranslationScaling: Sendable {
    /// What they are scaled to first.
    public var input: InputScaling
    /// Whether results are scaled back to the size of their images.
    public var restoresSize: Bool

    /// Images at their own size, unless told otherwise.
    public init(_ input: InputScaling = .original, restoresSize: Bool = false) {
        self.input = input
        self.restoresSize = restoresSize
    }
}

/// What became of one image that was to be translated, for programs; its error, where there is one, stands in place of the sizes.
public struct TranslationRecord: Encodable {
    /// The path of the image.
    public let input: String
    /// The path of its translation.
    public let output: String
    /// Such as `AtoB`.
    public let direction: String
    /// What the domains are called, by domain.
    public let domainNames: [Domain: String]
    /// The size of the image.
    public var inputSize: PictureSize?
    /// The size at which the generator got it.
    public var networkSize: PictureSize?
    /// The size of its translation.
    public var outputSize: PictureSize?
    /// For reading, translating and writing it.
    public let seconds: Double
    /// Why there is no translation.
    public var error: String?
}

extension TranslationJob {
    /// Translates the image and writes the result. What goes wrong is told in the record.
    ///
    /// - Parameters:
    ///   - watch: Told the size at which the generator gets the image.
    ///   - wording: An error in words.
    public func run(
        _ translator: Translator, scaling: TranslationScaling = TranslationScaling(), watch: inout ScaleWatch,
        wording: (any Error) -> String = { "\($0)" }
    ) -> TranslationRecord {
        let start = ContinuousClock.now
        var sizes: [ImageSize]?
        var problem: String?
        do {
            sizes = try write(translator, scaling)
        } catch {
            problem = wording(error)
        }
        if let sizes { watch.observe(sizes[1], name: input.path) }
        let (translation, names) = (translator.translation, translator.description.names)
        return TranslationRecord(
            input: input.path, output: output.path, direction: translation.description,
            domainNames: names.all(of: [translation.from, translation.to]), inputSize: sizes.map { PictureSize($0[0]) },
            networkSize: sizes.map { PictureSize($0[1]) }, outputSize: sizes.map { PictureSize($0[2]) },
            seconds: start.duration(to: .now) / .seconds(1), error: problem)
    }

    /// - Returns: The sizes of the image, of what the generator got, and of the result.
    private func write(_ translator: Translator, _ scaling: TranslationScaling) throws -> [ImageSize] {
        try AtomicFile.createFolder(output.deletingLastPathComponent())
        let image = try PixelImage(contentsOf: input)
        let maskFile = try mask?.get()
        let maskImage = try maskFile.map { try PixelImage(contentsOf: $0).asMask(of: image.size, name: $0.path, imageName: input.path) }
        let size = try translator.size(of: image.size, scaling: scaling.input, name: input.path)
        let result = try translator.translate(
            image, mask: maskImage, name: input.path, scaling: scaling.input, restoresSize: scaling.restoresSize)
        try result.write(to: output)
        return [image.size, size, result.size]
    }
}
