import CycleGANInference
import CycleGANModels
import Datasets
import Foundation
import Imaging
import Support

extension TranslationJob {
    /// Translates a picture that is too large for the memory without holding all of it or of its translation there.
    ///
    /// - Returns: The size of the image and of its translation; `nil` where something needs the whole.
    /// - Throws: As a translation in memory does.
    func writeByWindows(
        _ translator: Translator, _ run: TranslationRun, _ values: inout ValueWatch, _ record: inout TranslationRecord
    ) throws -> ImageSize? {
        let options = run.output
        let sources = ImageSource.all(in: input, axis: translator.inputDomain.sliceAxis)
        // What is wrong with a file is told where it is read as a whole.
        guard let source = sources.first, sources.count == 1, mask == nil, !options.writesConfidence,
            let format = ImageFileFormat(fileExtension: output.pathExtension), format.isWrittenByRows,
            let reader = (try? RowReader(contentsOf: source.url, page: source.page ?? 0)) ?? nil,
            translator.takesWindows(for: reader.size, scaling: run.scaling.input)
        else { return nil }
        try AtomicFile.createFolder(output.deletingLastPathComponent())
        try format.check(reader.size, path: output.path)
        let metadata = try ImageMetadata(contentsOf: input)
        var seen = ValueWatch.SeenImage(of: translator.inputDomain)
        var hasLostAlpha = false
        let result = try translator.translate(
            reader, name: source.name, window: source.window.map { ValueRange($0) },
            traits: { PictureTraits(keepsOpacity: run.keepsOpacity(of: $0) && format.holdsOpacity, isSRGB: metadata.hasSRGBCurve) },
            observe: { seen.add($0) },
            compose: { rows, image in
                guard run.keepsOpacity(of: image) else { return rows }
                let result = rows.withAlpha(of: image)
                if format.holds(bands: result.bands, hasAlpha: result.hasAlpha, result.format) { return result }
                hasLostAlpha = true
                return rows
            })
        values.observe(seen, name: source.name)
        record.hasLostAlpha = hasLostAlpha
        try result.write(to: output, quality: options.quality, metadata: metadata, isPyramid: options.isPyramid)
        return reader.size
    }
}
