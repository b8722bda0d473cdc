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
    public var seconds = 0.0
    /// Whether the translation was there already and is left as it was.
    public var isSkipped: Bool?
    /// Why there is no translation.
    public var error: String?
    /// Whether there is none because the disk is full, so that there will be no other either.
    public var isDiskFull = false
    /// Whether the transparency of the image was dropped, because the format of its translation cannot hold it.
    public var hasLostAlpha = false

    private enum CodingKeys: String, CodingKey {
        case input, output, direction, domainNames, inputSize, networkSize, outputSize, seconds, error
        case isSkipped = "skipped"
    }
}

extension TranslationJob {
    /// Translates the image and writes the result. What goes wrong is told in the record.
    ///
    /// - Parameters:
    ///   - output: How the result is written.
    ///   - watch: Told the size at which the generator gets the image.
    ///   - wording: An error in words.
    public func run(
        _ translator: Translator, scaling: TranslationScaling = TranslationScaling(),
        output options: TranslationOutput = TranslationOutput(),
        watch: inout ScaleWatch, wording: (any Error) -> String = { "\($0)" }
    ) -> TranslationRecord {
        let start = ContinuousClock.now
        let (translation, names) = (translator.translation, translator.description.names)
        var record = TranslationRecord(
            input: input.path, output: output.path, direction: translation.description,
            domainNames: names.all(of: [translation.from, translation.to]))
        if options.skipsExisting, output.exists {
            record.isSkipped = true
            return record
        }
        do {
            let sizes = try write(translator, scaling, options, &record)
            (record.inputSize, record.networkSize, record.outputSize) = (.init(sizes[0]), .init(sizes[1]), .init(sizes[2]))
            watch.observe(sizes[1], name: input.path)
        } catch {
            record.error = wording(error)
            record.isDiskFull = Self.isDiskFull(error)
        }
        record.seconds = start.duration(to: .now) / .seconds(1)
        return record
    }

    private static func isDiskFull(_ error: any Error) -> Bool {
        if case ImageError.diskFull = error { return true }
        return (error as? FileError)?.isDiskFull == true
    }

    /// - Returns: The sizes of the image, of what the generator got, and of the result.
    private func write(
        _ translator: Translator, _ scaling: TranslationScaling, _ options: TranslationOutput, _ record: inout TranslationRecord
    ) throws -> [ImageSize] {
        try AtomicFile.createFolder(output.deletingLastPathComponent())
        let encoded = try PixelImage.encodedData(at: input)
        let image = try PixelImage(encoded: encoded, name: input.path)
        let maskFile = try mask?.get()
        let maskImage = try maskFile.map { try PixelImage(contentsOf: $0).asMask(of: image.size, name: $0.path, imageName: input.path) }
        let size = try translator.size(of: image.size, scaling: scaling.input, name: input.path)
        let opaque = try translator.translate(
            image, mask: maskImage, name: input.path, scaling: scaling.input, restoresSize: scaling.restoresSize)
        let result = options.alpha == .keep && translator.readsAsOpacity(image) ? opaque.withAlpha(of: image) : opaque
        let format = ImageFileFormat(fileExtension: output.pathExtension)
        let fits = format?.holds(bands: result.bands, hasAlpha: result.hasAlpha, result.format) ?? true
        record.hasLostAlpha = result.hasAlpha && !fits
        try (fits ? result : opaque).write(to: output, quality: options.quality, metadata: ImageMetadata(encoded: encoded))
        return [image.size, size, result.size]
    }
}

extension Translator {
    /// Whether the last band of an image is opacity to the generator, and no channel.
    fileprivate func readsAsOpacity(_ image: PixelImage) -> Bool { image.hasAlpha && image.bands != inputDomain.channels }
}
