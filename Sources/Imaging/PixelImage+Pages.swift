import CVips
import Foundation
import Support

extension ImageFileFormat {
    /// Whether one file can hold several pictures.
    public var holdsPages: Bool { self == .tiff || self == .webp }
}

/// How long the pictures of an animation are shown.
package struct AnimationTiming: Sendable, Equatable {
    /// In milliseconds, one for each picture.
    package let delays: [Int32]
    /// How often it is shown, 0 for always.
    package let loop: Int

    /// That of an animated file; `nil` for any other.
    package init?(of url: URL) {
        guard let data = try? PixelImage.mappedData(at: url), let format = ImageFileFormat(signature: data), format.isReadable,
            Vips.start() == nil
        else {
            return nil
        }
        var delays: [Int32] = []
        var loop = 0
        data.withUnsafeBytes { bytes in
            guard let image = Vips.Image(cvips_open(bytes.baseAddress, bytes.count, format.code)) else {
                _ = Vips.takeError()
                return
            }
            var count: Int32 = 0
            guard let values = cvips_delays(image.pointer, &count) else { return }
            delays = Array(UnsafeBufferPointer(start: values, count: Int(count)))
            loop = image.integer("loop", default: 0)
        }
        if delays.isEmpty { return nil }
        (self.delays, self.loop) = (delays, loop)
    }
}

extension PixelImage {
    /// Writes several images as the pages of one file, as a whole or not at all.
    ///
    /// Pages of TIFF may differ in size; those of an animation may not.
    ///
    /// - Throws: `ImageError` naming the file.
    package static func write(
        _ pages: [PixelImage], to url: URL, quality: Int = 95, metadata: ImageMetadata? = nil, timing: AnimationTiming? = nil
    ) throws(ImageError) {
        guard pages.count != 1 else { return try pages[0].write(to: url, quality: quality, metadata: metadata) }
        guard let format = ImageFileFormat(fileExtension: url.pathExtension), format.isWritable else {
            throw .unknownExtension(path: url.path)
        }
        guard format.holdsPages else { throw .onePage(path: url.path, format: format, pages: pages.count) }
        let data: Data
        do throws(ImageError) {
            data = try encoded(pages, as: format, quality: quality, metadata, timing: timing)
        } catch {
            throw .unwritable(path: url.path, reason: error.description)
        }
        do throws(FileError) { try AtomicFile.write(data, to: url) } catch {
            throw error.isDiskFull ? .diskFull(path: url.path, reason: error.reason) : .unwritable(path: url.path, reason: error.reason)
        }
    }

    private static func encoded(
        _ pages: [PixelImage], as format: ImageFileFormat, quality: Int, _ metadata: ImageMetadata?, timing: AnimationTiming?
    ) throws(ImageError) -> Data {
        if format == .tiff {
            let files = try pages.map { page throws(ImageError) in
                try page.encoded(as: .tiff, quality: quality, pageHeight: page.height, timing: nil, metadata)
            }
            guard let file = TIFFPages.joined(files) else {
                throw .encodingFailed(format: format, reason: "\(pages.count) pages are more than 4 GB")
            }
            return file.edited(by: metadata?.editsAddingGeography(to: file, size: pages[0].size) ?? [])
        }
        let first = pages[0]
        if let other = pages.first(where: { $0.size != first.size || $0.bands != first.bands || $0.format != first.format }) {
            throw .encodingFailed(
                format: format, reason: "its pictures are \(first.size.dimensions) and \(other.size.dimensions); a TIFF file can hold them")
        }
        // One below the other, as libvips has animations.
        let tall = PixelImage(
            width: first.width, height: first.height * pages.count, bands: first.bands, format: first.format, hasAlpha: first.hasAlpha,
            bytes: pages.flatMap(\.bytes))
        return try tall.encoded(as: format, quality: quality, pageHeight: first.height, timing: timing, metadata)
    }
}
