import CycleGANInference
import CycleGANModels
import Datasets
import Foundation
import Imaging

extension TranslationJob {
    /// Translates a picture that is too large for the memory without holding all of it or of its translation there.
    ///
    /// - Returns: The sizes of the image, of what the generator got, and of the result; `nil` where something needs the whole.
    /// - Throws: As a translation in memory does.
    func writeByWindows(
        _ source: ImageSource, by maker: any PictureMaker, _ scaling: TranslationScaling, _ options: TranslationOutput,
        _ values: inout ValueWatch, _ record: inout TranslationRecord
    ) throws -> [ImageSize]? {
        // What is wrong with a file is told where it is read as a whole.
        guard let translator = maker as? Translator, mask == nil, !options.writesConfidence,
            let format = ImageFileFormat(fileExtension: output.pathExtension), format.isWrittenByRows,
            let reader = (try? RowReader(contentsOf: source.url, page: source.page ?? 0)) ?? nil,
            translator.takesWindows(for: reader.size, scaling: scaling.input)
        else { return nil }
        try format.check(reader.size, path: output.path)
        let metadata = try ImageMetadata(contentsOf: input)
        var seen = ValueWatch.SeenImage(of: translator.inputDomain)
        func keepsOpacity(_ image: PixelImage) -> Bool { options.alpha == .keep && translator.readsAsOpacity(image) }
        var hasLostAlpha = false
        let result = try translator.translate(
            reader, name: source.name, window: source.window.map { ValueRange($0) },
            traits: { PictureTraits(keepsOpacity: keepsOpacity($0) && format.holdsOpacity, isSRGB: metadata.hasSRGBCurve) },
            observe: { seen.add($0) },
            compose: { rows, image in
                guard keepsOpacity(image) else { return rows }
                let result = rows.withAlpha(of: image)
                if format.holds(bands: result.bands, hasAlpha: result.hasAlpha, result.format) { return result }
                hasLostAlpha = true
                return rows
            })
        values.observe(seen, name: source.name)
        record.hasLostAlpha = hasLostAlpha
        try result.write(to: output, quality: options.quality, metadata: metadata, isPyramid: options.isPyramid)
        return [reader.size, reader.size, reader.size]
    }
}
