import ArgumentParser
import CycleGANRuns
import Imaging

/// How `translate` writes its results.
struct OutputOptions: ParsableArguments {
    /// The formats by their names on the command line.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case jpeg, png, webp, tiff, bmp, ppm

        /// By the name or an extension of the format, such as `jpg` and `tif`.
        init?(argument: String) {
            guard
                let format = Format(rawValue: argument)
                    ?? ImageFileFormat(fileExtension: argument).flatMap({ Format(rawValue: $0.rawValue) })
            else { return nil }
            self = format
        }

        var fileFormat: ImageFileFormat? { ImageFileFormat(rawValue: rawValue) }
    }

    @Option(help: "The format of the results; by default each has that of its image where this can hold it, else PNG or TIFF.")
    var format: Format?
    @Option(help: "The quality of JPEG and WebP, from 1 to 100.") var quality = 95
    @Option(help: "What follows the images' names, before the extension, such as _monet.") var suffix = ""
    @Flag(
        help: """
            Write .tif files as pyramids, for viewers of large images: BigTIFF in tiles of 256x256 pixels, followed by copies of half the size \
            each.
            """)
    var tiffPyramid = false
    @Flag(help: "Leave results that are there as they are, to go on with what was begun.") var skipExisting = false
    @Option(help: "Of images with transparency: keep it in the result where its format can, or put them on the background.")
    var alpha = TranslationOutput.Alpha.keep

    func validate() throws {
        guard (1...100).contains(quality) else { throw ValidationError("--quality: found \(quality); allowed: 1 to 100") }
        if suffix.contains("/") { throw ValidationError("--suffix: found '\(suffix)'; allowed: what a file name may hold, without /") }
        if tiffPyramid, let format, format != .tiff {
            throw ValidationError("--tiff-pyramid is of tiff, not of \(format.rawValue); give --format tiff")
        }
        if quality != 95, let format, format.fileFormat?.hasQuality != true {
            throw ValidationError("--quality is of jpeg and webp, not of \(format.rawValue); leave it out")
        }
    }

    var values: TranslationOutput {
        var output = TranslationOutput()
        output.format = format?.fileFormat
        output.quality = quality
        output.suffix = suffix
        output.isPyramid = tiffPyramid
        output.skipsExisting = skipExisting
        output.alpha = alpha
        return output
    }
}

extension TranslationOutput.Alpha: ExpressibleByArgument {}
