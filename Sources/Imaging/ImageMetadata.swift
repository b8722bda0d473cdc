import CVips
import Foundation

/// What an image file says besides its pixels: ICC profile, EXIF, XMP, IPTC, resolution and, in a TIFF, its place on Earth.
///
/// It is given to the file of another picture, such as a translation: `PixelImage.encoded(as:quality:metadata:)`. That picture is upright, as
/// decoded images are, so that EXIF's orientation becomes 1, and EXIF's small picture of the image is left behind.
public struct ImageMetadata: Sendable {
    private let encoded: Data
    private let format: ImageFileFormat
    /// Tags that libvips does not know, by page.
    private let geography: [[TIFFTags.Entry]]
    private let size: ImageSize?

    /// That of an image file, of which only what is looked at is read.
    ///
    /// - Throws: `ImageError` for a file that cannot be read.
    package init(contentsOf url: URL) throws(ImageError) { self.init(encoded: try PixelImage.mappedData(at: url)) }

    /// That of the content of an image file; without any where it is no image.
    public init(encoded data: Data) {
        format = ImageFileFormat(signature: data) ?? .bmp
        encoded = format == .png ? PNGChunks.removingManyTexts(from: data) : data
        geography = format == .tiff ? TIFFTags.geography(of: data) : []
        size = geography.isEmpty ? nil : Self.sizeOfUpright(data)
    }

    /// The size of a picture that is stored upright: what is turned has lost its place on Earth.
    private static func sizeOfUpright(_ data: Data) -> ImageSize? {
        guard PixelImage.orientation(ofEncoded: data) == 1 else { return nil }
        return data.withUnsafeBytes { bytes in
            let image = Vips.Image(cvips_open(bytes.baseAddress, bytes.count, CVIPS_FILE_TIFF))
            return image.map { ImageSize(height: $0.height, width: $0.width) }
        }
    }

    /// Gives an image what libvips knows of.
    ///
    /// - Parameter colours: How many bands are no opacity.
    func copy(to image: Vips.Image, colours: Int) {
        withSource { cvips_copy_metadata($0.pointer, image.pointer, Int32(colours)) }
    }

    /// The ICC profile; `nil` without one.
    var profile: Data? {
        guard Vips.start() == nil else { return nil }
        return withSource { source in
            var (blob, size): (UnsafeRawPointer?, Int) = (nil, 0)
            guard vips_image_get_typeof(source.pointer, VIPS_META_ICC_NAME) != 0,
                vips_image_get_blob(source.pointer, VIPS_META_ICC_NAME, &blob, &size) == 0
            else { return nil }
            return blob.map { Data(bytes: $0, count: size) }
        } ?? nil
    }

    /// What `body` finds in the image as libvips has it; `nil` where libvips has none.
    @discardableResult private func withSource<Result>(_ body: (Vips.Image) -> Result) -> Result? {
        guard format.code != CVIPS_FILE_NONE, format != .ppm, format.isReadable else { return nil }
        return encoded.withUnsafeBytes { bytes in
            guard let source = Vips.Image(cvips_open(bytes.baseAddress, bytes.count, format.code)) else {
                _ = Vips.takeError()
                return nil
            }
            return body(source)
        }
    }

    /// What gives a TIFF file the tags of the place on Earth, where the picture has the size of the one that they are of.
    func editsAddingGeography(to file: Data, size: ImageSize) -> [TIFFEdit] {
        size == self.size ? TIFFTags.edits(adding: geography, to: file) : []
    }
}
