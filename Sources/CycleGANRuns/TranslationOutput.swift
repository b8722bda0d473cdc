import Foundation
import Imaging

/// How translations are written.
public struct TranslationOutput: Sendable {
    /// What becomes of the transparency of images.
    public enum Alpha: String, CaseIterable, Sendable {
        /// Translations have that of their images, where their format can hold it.
        case keep
        /// Translations are opaque: the generator gets what is transparent over the background, and that is all.
        case background
    }

    /// The format of all; `nil` for that of each image, where it can hold the translation.
    public var format: ImageFileFormat?
    /// Of JPEG and WebP, from 1 to 100.
    public var quality = 95
    /// Whether results, which are TIFF files, have smaller copies of themselves, in tiles.
    public var isPyramid = false
    /// What follows the names of images, before the extension.
    public var suffix = ""
    /// Whether images are left out whose translation is there.
    public var skipsExisting = false
    /// What becomes of transparency.
    public var alpha = Alpha.keep
    /// Whether heat maps and numbers of the cycle error are written beside translations, by a translator with a way back.
    public var writesConfidence = false

    /// Translations in the formats and under the names of their images.
    public init() {}

    /// The files that are written with a translation, itself last.
    func files(of output: URL) -> [URL] {
        let others = [TranslationConfidence.heatMap(beside: output), TranslationConfidence.numbers(beside: output)]
        return (writesConfidence ? others : []) + [output]
    }

    /// The path of the translation of an image.
    func path(for path: String, of image: URL) -> String {
        // A volume stays one, and a picture of DICOM becomes one of TIFF, which holds all that comes out of it.
        if let medical = MedicalFormat(at: image) {
            let stem = medical.stem(of: path)
            let usual = medical == .nifti ? String(path.dropFirst(stem.count + 1)) : "tif"
            return "\(stem)\(suffix).\(format?.fileExtensions[0] ?? usual)"
        }
        let (stem, fileExtension) = ((path as NSString).deletingPathExtension, (path as NSString).pathExtension)
        let own = ImageFileFormat(fileExtension: fileExtension)
        let format = format ?? own.flatMap { $0.isWritable ? $0 : nil } ?? .png
        return "\(stem)\(suffix).\(format == own ? fileExtension : format.fileExtensions[0])"
    }

    /// The format for a translation, where that of its image is none that can hold it.
    static func format(holding bands: Int, _ samples: PixelImage.Format, hasPages: Bool = false) -> ImageFileFormat {
        let preferred = hasPages ? ImageFileFormat.webp : .png
        return preferred.holds(bands: bands, samples) ? preferred : .tiff
    }
}

/// Images whose translations are written in another format than theirs.
struct FormatChange: Hashable {
    let from, to: ImageFileFormat
    /// What the model gives, which the first format cannot hold; `nil` where that is only read.
    let kind: String?

    /// - Parameter count: Of how many images.
    func text(count: Int) -> String {
        let reason = kind.map { "\(from.name) cannot hold \($0), as the model gives" } ?? "\(from.name) is only read"
        return "\(count == 1 ? "a translation is" : "\(count) translations are") written as \(to.name): \(reason)"
    }
}
