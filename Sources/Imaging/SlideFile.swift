import CVips
import Foundation
import Support

/// A scan of a microscope at full resolution, read by OpenSlide (https://openslide.org/formats), which opens several files of some.
struct SlideFile {
    let stored: Vips.Image
    let decoder: ImageDecoder

    static func isSlide(_ url: URL) -> Bool { ImageFileFormat.slide.fileExtensions.contains(url.pathExtension.lowercased()) }

    /// `nil` for files with other extensions.
    ///
    /// - Throws: `ImageError` naming the file.
    init?(_ url: URL) throws(ImageError) {
        guard Self.isSlide(url) else { return nil }
        guard url.exists else { throw .unreadable(path: url.path, reason: "there is no such file") }
        guard ImageFileFormat.slide.isReadable else { throw .notReadHere(path: url.path, format: .slide) }
        guard let stored = Vips.Image(cvips_open_slide(url.path)) else {
            throw .undecodable(path: url.path, format: .slide, reason: Vips.takeError())
        }
        self.stored = stored
        decoder = ImageDecoder(name: url.path, format: .slide, page: 0, directory: nil, pixelLimit: 1 << 40)
    }

    var size: ImageSize { ImageSize(height: stored.height, width: stored.width) }

    func image(pixelLimit: Int) throws(ImageError) -> PixelImage {
        guard stored.width * stored.height <= pixelLimit else {
            throw .tooLarge(path: decoder.name, width: stored.width, height: stored.height, bands: stored.bands, limit: pixelLimit)
        }
        return try decoder.decode(stored, header: UnsafeRawBufferPointer(start: nil, count: 0))
    }
}
