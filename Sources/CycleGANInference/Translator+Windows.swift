import CycleGANModels
import Foundation
import Imaging
import Support

extension Translator {
    /// Whether an image is translated strip by strip and nothing needs to have all of it in memory.
    ///
    /// What lies over the translation does so pixel by pixel; percentiles have to be found first, and scaling looks at more than some rows.
    package func takesWindows(for size: ImageSize, scaling: InputScaling) -> Bool {
        !measuresRange && scaling.size(of: size, scale: trainingScale) == size && takesStrips(for: padded(size))
    }

    /// Translates an image that is not held in memory, and neither is its translation: both lie in files without names.
    ///
    /// - Parameters:
    ///   - window: As for `translate`.
    ///   - traits: What counts where the result is put together with the image, which is given by its first rows.
    ///   - observe: Sees the image's rows, with the domain's bands picked.
    ///   - compose: Puts rows of the result together with those of the image.
    /// - Throws: As `translate`, and `FileError` for a disk without room.
    package func translate(
        _ reader: RowReader, name: String, window: ValueRange?, traits: (PixelImage) -> PictureTraits, observe: (PixelImage) -> Void,
        compose: (PixelImage, PixelImage) -> PixelImage
    ) throws -> PixelFile {
        try file.checkMasks(areGiven: false)
        let results = reader.size.height * reader.size.width * outputDomain.channels * outputDomain.writtenDepth.format.byteCount
        let image = try read(reader, name: name, reserving: results, observe)
        let first = try image.rows(0..<1)
        let (input, output) = domains(for: first, measuresRange: false, window: window)
        let pictureTraits = traits(first)
        let source = StripSource(image.size, mask: nil, domain: input, padded: padded(image.size)) { rows in
            try image.rows(rows).converted(to: input, name: name)
        }
        var result: PixelFile?
        try translateStrips(of: source, output, besides: Self.windowBytes, reserving: results, name: name) { strip, start in
            let own = try image.rows(start..<start + strip.height)
            let rows = compose(try finished(strip, of: own, mask: nil, input, output, pictureTraits, name: name), own)
            let file = try result ?? PixelFile(of: image.size, like: rows, in: largeImages.folder)
            try file.write(rows, from: start)
            result = file
        }
        guard let result else { preconditionFailure("a network gave no rows") }
        return result
    }

    private func read(_ reader: RowReader, name: String, reserving results: Int, _ observe: (PixelImage) -> Void) throws -> PixelFile {
        let count = max(1, Self.windowBytes / 4 / reader.rowBytes)
        var (image, start): (PixelFile?, Int) = (nil, 0)
        while let rows = try reader.read(atMost: count)?.picking(bands: inputDomain.bands, name: name) {
            observe(rows)
            let file = try image ?? PixelFile(of: reader.size, like: rows, in: largeImages.folder, reserving: results)
            try file.write(rows, from: start)
            (image, start) = (file, start + rows.height)
        }
        guard let image else { preconditionFailure("an image without rows") }
        return image
    }

    /// What the rows that are looked at take, in all their forms.
    private static let windowBytes = 32_000_000
}
