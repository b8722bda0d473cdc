import CVips
import Foundation

/// A rectangle of an image, in pixels from its upper left corner.
package struct ImageArea: Sendable, Equatable {
    package let x, y: Int
    package let size: ImageSize

    package init(x: Int, y: Int, size: ImageSize) { (self.x, self.y, self.size) = (x, y, size) }

    /// The middle of an image, at most so large.
    package init(middleOf size: ImageSize, atMost side: Int) {
        let (height, width) = (min(size.height, side), min(size.width, side))
        self.init(x: (size.width - width) / 2, y: (size.height - height) / 2, size: ImageSize(height: height, width: width))
    }
}

extension PixelImage {
    /// The pixels from which on a picture is large: reading a part of it pays.
    package static let largePixelCount = 1 << 20

    /// Decodes a rectangle of a large picture in the memory of the rectangle, with the same samples as the whole has there.
    ///
    /// Files are decoded as far as the rectangle reaches down, tiled TIFF files only where it lies. No limit holds for the pixels of the whole.
    ///
    /// - Parameters:
    ///   - page: Which picture of a file that holds several, from 0.
    ///   - area: Chooses the rectangle by the size of the picture; `nil` for the whole.
    /// - Returns: `nil` where the whole has to be read: a picture that is not large or not upright, one of medicine, and samples and formats
    ///   that are not decoded on demand.
    /// - Throws: `ImageError` naming the file.
    package static func part(
        of url: URL, page: Int = 0, area: (ImageSize) -> ImageArea?
    ) throws(ImageError) -> PixelImage? {
        guard !SlideFile.isSlide(url) else { return nil }
        guard let (data, decoder, _) = try decoder(onDemand: url, page: page) else { return nil }
        return try data.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in
                guard let stored = try decoder.open(bytes, largePixelCount: largePixelCount) else { return nil }
                let size = ImageSize(height: stored.height, width: stored.width)
                return try area(size).map { area throws(ImageError) in try decoder.decode(area, of: stored, header: bytes) }
            }
        }.get()
    }

    /// The content of a file, what decodes parts of it, and whether the content is in memory only where it is looked at; `nil` where the whole has
    /// to be read.
    static func decoder(onDemand url: URL, page: Int) throws(ImageError) -> (Data, ImageDecoder, isMapped: Bool)? {
        let data = try mappedData(at: url)
        guard MedicalFile(data, name: url.path) == nil, let format = ImageFileFormat(signature: data), format.decodesOnDemand,
            Vips.start() == nil
        else {
            return nil
        }
        let directories = format == .tiff ? TIFFDirectory.all(in: data).filter(\.isPage) : []
        let directory = page < directories.count ? directories[page] : nil
        guard page == 0 || directory != nil, directory?.needsLibtiff != true else { return nil }
        let decoder = ImageDecoder(
            name: url.path, format: format, page: directory?.index ?? page, directory: directory, pixelLimit: 1 << 40)
        let content = format == .png ? PNGChunks.removingManyTexts(from: data) : data
        return (content, decoder, content.count == data.count)
    }
}

extension ImageFileFormat {
    /// Whether a part can be decoded without the rest.
    fileprivate var decodesOnDemand: Bool { [.tiff, .png, .jpeg].contains(self) }
}
