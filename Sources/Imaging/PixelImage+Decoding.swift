import CVips
import Foundation
import Support

extension PixelImage {
    /// The number of pixels above which images are refused unless a limit is given: one gigapixel.
    public static let defaultPixelLimit = 1_000_000_000

    /// Reads an image file: upright (EXIF orientation applied), palettes expanded, CMYK and Lab made sRGB, alpha kept as the last band.
    ///
    /// The format is told by the content, not by the file's name. Of several pages the first is read. 8- and 16-bit unsigned samples
    /// are kept; any other type becomes float with the same values. Embedded colour profiles of RGB and grey images are not applied,
    /// as in Pillow.
    ///
    /// - Throws: `ImageError` naming the file.
    public init(contentsOf url: URL, pixelLimit: Int = defaultPixelLimit) throws(ImageError) {
        let data = try Self.encodedData(at: url)
        try self.init(encoded: data, name: url.path, pixelLimit: pixelLimit)
    }

    /// Decodes the content of an image file.
    ///
    /// - Parameter name: What to call the image in errors.
    /// - Throws: `ImageError` naming the image.
    public init(encoded data: Data, name: String, pixelLimit: Int = defaultPixelLimit) throws(ImageError) {
        guard !data.isEmpty else { throw .empty(path: name) }
        guard let fileFormat = ImageFileFormat(signature: data) else { throw .unknownFormat(path: name) }
        self = try (fileFormat == .png ? PNGChunks.removingManyTexts(from: data) : data).withUnsafeBytes { bytes in
            Result { () throws(ImageError) in
                if fileFormat == .bmp { return try BitmapFile.decode(bytes, name: name, pixelLimit: pixelLimit) }
                guard fileFormat.isReadable else { throw .notReadHere(path: name, format: fileFormat) }
                if let reason = Vips.start() { throw .undecodable(path: name, format: fileFormat, reason: reason) }
                return try ImageDecoder(name: name, format: fileFormat, pixelLimit: pixelLimit).decode(bytes)
            }
        }.get()
    }

    /// The bytes of an image file, not decoded.
    ///
    /// - Throws: `ImageError.unreadable` naming the file.
    package static func encodedData(at url: URL) throws(ImageError) -> Data {
        guard url.exists else { throw .unreadable(path: url.path, reason: "there is no such file") }
        guard !url.isFolder else { throw .unreadable(path: url.path, reason: "it is a folder; an image file was expected") }
        if let problem = RegularFile.problem(at: url.path) { throw .unreadable(path: url.path, reason: problem) }
        do throws(FileError) {
            return try RegularFile.content(at: url.path)
        } catch {
            throw .unreadable(path: url.path, reason: error.reason)
        }
    }
}

/// Decodes one image with libvips.
private struct ImageDecoder {
    let name: String
    let format: ImageFileFormat
    let pixelLimit: Int

    func decode(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> PixelImage {
        if format == .ppm, let problem = PortablePixmap.problem(in: bytes, pixelLimit: pixelLimit) { throw failure(problem) }
        let stored = try check(cvips_open(bytes.baseAddress, bytes.count, format.code))
        // libvips keeps sides below 10⁷ and bands below 2¹⁶: the products fit.
        let pixels = stored.width * stored.height
        guard pixels <= pixelLimit, pixels * stored.bands <= 4 * pixelLimit else {
            throw .tooLarge(path: name, width: stored.width, height: stored.height, bands: stored.bands, limit: pixelLimit)
        }
        // Decoders make up what a file does not have, gigabytes of it where a header wants that.
        let decoded = pixels * stored.bands * stored.sampleSize
        guard decoded <= alwaysDecoded || pixels / mostPixelsPerByte(of: bytes) <= bytes.count else {
            throw failure("its header says \(stored.width)x\(stored.height) pixels, too many for \(bytes.count) bytes")
        }
        let upright = stored.integer(VIPS_META_ORIENTATION, default: 1) == 1 ? stored : try check(cvips_upright(stored.pointer))
        let coloured = Self.needsConversion(upright.interpretation) ? try check(cvips_to_srgb(upright.pointer)) : upright
        let (sampleFormat, image) = try withKnownSamples(coloured)
        var size = 0
        guard let memory = cvips_pixels(image.pointer, &size) else { throw failure(Vips.takeError()) }
        defer { g_free(memory) }
        let result = PixelImage(
            width: image.width, height: image.height, bands: image.bands, format: sampleFormat, hasAlpha: Self.hasAlpha(image),
            bytes: [UInt8](UnsafeRawBufferPointer(start: memory, count: size)))
        return format == .ppm ? PortablePixmap.stretchingLevels(of: result, header: bytes) : result
    }

    /// In bytes, whatever the size of the file. The decoders of two formats keep four bytes for each sample.
    private var alwaysDecoded: Int { [.jp2, .jxl].contains(format) ? 1 << 25 : 1 << 27 }

    /// JPEG has a bit at least for each block of 8x8 pixels. Deflate makes 1032 bytes of one; a pixel has a bit at least, in PNG as many as
    /// the header says.
    private func mostPixelsPerByte(of bytes: UnsafeRawBufferPointer) -> Int {
        switch format {
        case .jpeg: 512
        case .png: 1032 * 8 / max(1, PNGChunks.bitsPerPixel(of: bytes))
        case .tiff, .webp, .bmp, .ppm, .jp2: 1032 * 8
        // LZW: one code of nine bits at least for 4096 pixels.
        case .gif: 4096
        // A tile of 256x256 pixels has an entry of 12 bits in the table of contents; a block of 128x128 pixels a part of a bit.
        case .jxl, .heif: 1 << 16
        }
    }

    private static func needsConversion(_ interpretation: VipsInterpretation) -> Bool {
        switch interpretation {
        case VIPS_INTERPRETATION_CMYK, VIPS_INTERPRETATION_LAB, VIPS_INTERPRETATION_LABQ, VIPS_INTERPRETATION_LABS,
            VIPS_INTERPRETATION_LCH, VIPS_INTERPRETATION_CMC, VIPS_INTERPRETATION_XYZ, VIPS_INTERPRETATION_YXY,
            VIPS_INTERPRETATION_HSV:
            true
        default: false
        }
    }

    /// The fourth band of an image without a colour interpretation is data, such as near infrared.
    private static func hasAlpha(_ image: Vips.Image) -> Bool {
        switch image.interpretation {
        case VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16: image.bands == 2
        case VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB, VIPS_INTERPRETATION_RGB16, VIPS_INTERPRETATION_scRGB: image.bands == 4
        default: false
        }
    }

    private func withKnownSamples(_ image: Vips.Image) throws(ImageError) -> (PixelImage.Format, Vips.Image) {
        switch image.format {
        case VIPS_FORMAT_UCHAR: return (.uint8, image)
        case VIPS_FORMAT_USHORT: return (.uint16, image)
        case VIPS_FORMAT_FLOAT: return (.float32, image)
        case VIPS_FORMAT_CHAR, VIPS_FORMAT_SHORT, VIPS_FORMAT_INT, VIPS_FORMAT_UINT, VIPS_FORMAT_DOUBLE:
            return (.float32, try check(cvips_cast(image.pointer, VIPS_FORMAT_FLOAT)))
        default: throw failure("complex samples are not supported")
        }
    }

    private func check(_ result: UnsafeMutablePointer<VipsImage>?) throws(ImageError) -> Vips.Image {
        guard let image = Vips.Image(result) else { throw failure(Vips.takeError()) }
        return image
    }

    private func failure(_ reason: String) -> ImageError {
        .undecodable(path: name, format: format, reason: reason)
    }
}
