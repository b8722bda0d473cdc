import CycleGANInference
import CycleGANModels
import Datasets
import Foundation
import Imaging
import NIfTI
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
    /// Such as `AtoB`; `nil` for a baseline.
    public var direction: String?
    /// What the domains are called, by domain; `nil` for a baseline.
    public var domainNames: [Domain: String]?
    /// The baseline that made it, such as `reinhard`; `nil` for a generator.
    public var method: String?
    /// The size of the image.
    public var inputSize: PictureSize?
    /// The size at which the generator got it.
    public var networkSize: PictureSize?
    /// The size of its translation.
    public var outputSize: PictureSize?
    /// How many pictures both files hold, where they hold several; the sizes are those of the first.
    public var pages: Int?
    /// The mean of its cycle error in 0...1, where that was asked for.
    public var cycleError: Double?
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
        case input, output, direction, domainNames, method, inputSize, networkSize, outputSize, pages, cycleError, seconds, error
        case isSkipped = "skipped"
    }
}

extension TranslationJob {
    /// Translates the image and writes the result. What goes wrong is told in the record.
    ///
    /// - Parameters:
    ///   - options: How the result is written.
    ///   - watch: Told the size at which the generator gets the image.
    ///   - values: Told how the image's values lie in its domain's range.
    ///   - wording: An error in words.
    public func run(
        _ translator: Translator, scaling: TranslationScaling = TranslationScaling(),
        output options: TranslationOutput = TranslationOutput(), watch: inout ScaleWatch, values: inout ValueWatch,
        wording: (any Error) -> String = { "\($0)" }
    ) -> TranslationRecord {
        run(by: translator, scaling: scaling, output: options, watch: &watch, values: &values, wording: wording)
    }

    /// The same with a picture of whatever makes pictures.
    package func run(
        by translator: any PictureMaker, scaling: TranslationScaling, output options: TranslationOutput, watch: inout ScaleWatch,
        values: inout ValueWatch, wording: (any Error) -> String
    ) -> TranslationRecord {
        let start = ContinuousClock.now
        var record = translator.record(input: input.path, output: output.path)
        let isDone = output.exists && (!options.writesConfidence || TranslationConfidence.numbers(beside: output).exists)
        if options.skipsExisting, isDone {
            record.isSkipped = true
            return record
        }
        do {
            let done = try write(translator, scaling, options, &values, &record)
            try (translator as? Translator)?.removeTiles()
            if let sizes = done.first {
                (record.inputSize, record.networkSize, record.outputSize) = (.init(sizes[0]), .init(sizes[1]), .init(sizes[2]))
            }
            record.pages = done.count > 1 ? done.count : nil
            for sizes in done { watch.observe(sizes[1], name: input.path) }
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

    /// Translates every picture of the file.
    ///
    /// - Returns: For each of them the sizes of the image, of what the generator got, and of the result.
    private func write(
        _ translator: any PictureMaker, _ scaling: TranslationScaling, _ options: TranslationOutput, _ values: inout ValueWatch,
        _ record: inout TranslationRecord
    ) throws -> [[ImageSize]] {
        try AtomicFile.createFolder(output.deletingLastPathComponent())
        let axis = translator.inputDomain.sliceAxis
        let volume = try volume(along: axis)
        let sources = volume?.sources.map { $0.map { ImageSource($0.url, page: $0.page) } } ?? ImageSource.all(in: input, axis: axis)
        let format = ImageFileFormat(fileExtension: output.pathExtension)
        if sources.count > 1, let format, !format.holdsPages {
            throw ImageError.onePage(path: output.path, format: format, pages: sources.count)
        }
        if sources.count > 1, (translator as? Translator)?.largeImages.tiles != nil {
            throw TranslationPlanError("\(input.path): tiles to resume from are of one picture, and there are \(sources.count)")
        }
        if sources.count > 1, options.isPyramid { throw ImageError.onePyramid(path: output.path, pages: sources.count) }
        if sources.count == 1, volume == nil,
            let sizes = try writeByWindows(sources[0], by: translator, scaling, options, &values, &record)
        {
            return [sizes]
        }
        let common = try commonWindow(of: sources, translator)
        let maskFile = try mask?.get()
        var metadata: ImageMetadata?
        var (results, sizes, errors): ([PixelImage], [[ImageSize]], [CycleError]) = ([], [], [])
        for source in sources {
            let image = try source.read(for: translator.inputDomain)
            // What stands beside the pixels of DICOM may name a patient.
            if metadata == nil, volume == nil, MedicalFormat(at: input) == nil {
                metadata = ImageMetadata(encoded: try PixelImage.encodedData(at: input))
            }
            let keepsOpacity = options.alpha == .keep && translator.keepsOpacity && translator.readsAsOpacity(image)
            let mask = maskFile.map(source.mask)
            let maskImage = try mask.map { try $0.read().asMask(of: image.size, name: $0.name, imageName: source.name) }
            let size = try translator.size(of: image.size, scaling: scaling.input, name: source.name)
            let window = common ?? source.window.map { ValueRange($0) }
            let opaque = try translator.picture(
                of: image, mask: maskImage, name: source.name, scaling: scaling, window: window,
                traits: PictureTraits(
                    keepsOpacity: keepsOpacity && format?.holdsOpacity != false, isSRGB: metadata?.hasSRGBCurve ?? false))
            if options.writesConfidence,
                let error = try translator.cycleError(of: image, mask: maskImage, name: source.name, scaling: scaling, window: window)
            {
                errors.append(error)
            }
            if !translator.measuresRange { values.observe(image, of: translator.inputDomain, name: source.name) }
            let result = keepsOpacity ? opaque.withAlpha(of: image) : opaque
            let fits = format?.holds(bands: result.bands, hasAlpha: result.hasAlpha, result.format) ?? true
            if result.hasAlpha, !fits { record.hasLostAlpha = true }
            results.append(fits ? result : opaque)
            sizes.append([image.size, size, result.size])
        }
        if !errors.isEmpty {
            let confidence = TranslationConfidence(pages: errors)
            try confidence.write(beside: output)
            record.cycleError = confidence.mean
        }
        if let volume {
            let isPacked = output.pathExtension.lowercased() == "gz"
            try AtomicFile.write(volume.encoded(results, isPacked: isPacked, name: input.path), to: output)
            return sizes
        }
        if options.isPyramid, results.count == 1 {
            try PixelFile(results[0], in: output.deletingLastPathComponent()).write(to: output, metadata: metadata, isPyramid: true)
            return sizes
        }
        try PixelImage.write(
            results, to: output, quality: options.quality, metadata: metadata,
            timing: sources.count > 1 ? AnimationTiming(of: input) : nil)
        return sizes
    }

    /// What results are written into, where they become a volume.
    private func volume(along axis: SliceAxis) throws -> MedicalVolume? {
        guard MedicalFormat(fileName: output.lastPathComponent) == .nifti else { return nil }
        return try input.isFolder ? MedicalVolume(seriesIn: input) : MedicalVolume(like: input, axis: axis)
    }

    /// One range for all slices of a volume: the percentiles that were asked for, or the window of the slice in the middle. Ranges of their own
    /// would make neighbours differ.
    private func commonWindow(of sources: [ImageSource], _ translator: any PictureMaker) throws -> ValueRange? {
        guard sources.count > 1, MedicalFormat(at: sources[0].url) != nil else { return nil }
        guard translator.measuresRange else { return sources[sources.count / 2].window.map { ValueRange($0) } }
        let step = max(1, sources.count / 64)
        let values = try stride(from: 0, to: sources.count, by: step).flatMap { index in
            let levels = try sources[index].read(for: translator.inputDomain).sampleLevels
            return stride(from: 0, to: levels.count, by: max(1, levels.count / 4096)).map { levels[$0] }
        }
        return translator.bounds(of: values)
    }
}

extension PictureMaker {
    /// Whether the last band of an image is opacity to the generator, and no channel.
    func readsAsOpacity(_ image: PixelImage) -> Bool { image.hasAlpha && image.bands != inputDomain.channels }
}
