import CVips
import Foundation
import NIfTI
import Support

extension PixelImage {
    /// The number of pixels above which images are refused unless a limit is given: one gigapixel.
    public static let defaultPixelLimit = 1_000_000_000

    /// Reads an image file: upright (EXIF orientation applied), palettes expanded, CMYK and Lab made sRGB, alpha kept as the last band.
    ///
    /// The format is told by the content, not by the file's name. 8- and 16-bit unsigned samples are kept; any other type becomes float
    /// with the same values. Only a band that the file declares as opacity is taken for it. Embedded colour profiles of RGB and grey images are
    /// not applied, as in Pillow; CMYK becomes sRGB by the embedded profile or, without one, by Pillow's formula.
    ///
    /// DICOM and NIfTI files are numbers, such as Hounsfield units; their frames and slices are pages.
    ///
    /// - Parameters:
    ///   - page: Which picture of a file that holds several, from 0.
    ///   - axis: Along which a volume is cut into pages.
    /// - Throws: `ImageError` naming the file.
    public init(
        contentsOf url: URL, page: Int = 0, axis: SliceAxis = .axial, pixelLimit: Int = defaultPixelLimit
    ) throws(ImageError) {
        if let slide = try SlideFile(url) {
            self = try slide.image(pixelLimit: pixelLimit)
            return
        }
        // Of a file of many pages only what is looked at is read.
        let data =
            page == 0 && MedicalFormat(fileName: url.lastPathComponent) == nil
            ? try Self.encodedData(at: url) : try Self.mappedData(at: url)
        if let medical = MedicalFile(data, name: url.path, url: url) {
            self = try medical.image(page: page, axis: axis, pixelLimit: pixelLimit)
        } else {
            try self.init(encoded: data, name: url.path, page: page, pixelLimit: pixelLimit)
        }
    }

    /// Decodes the content of an image file.
    ///
    /// - Parameters:
    ///   - name: What to call the image in errors.
    ///   - page: Which picture of a file that holds several, from 0.
    ///   - axis: Along which a volume is cut into pages.
    /// - Throws: `ImageError` naming the image.
    public init(
        encoded data: Data, name: String, page: Int = 0, axis: SliceAxis = .axial, pixelLimit: Int = defaultPixelLimit
    ) throws(ImageError) {
        guard !data.isEmpty else { throw .empty(path: name) }
        if let medical = MedicalFile(data, name: name) {
            self = try medical.image(page: page, axis: axis, pixelLimit: pixelLimit)
            return
        }
        guard let fileFormat = ImageFileFormat(signature: data) else { throw .unknownFormat(path: name) }
        let directories = fileFormat == .tiff ? TIFFDirectory.all(in: data).filter(\.isPage) : []
        if page > 0 {
            let found = fileFormat == .tiff ? directories.count : PageCount.pages(in: data)
            guard page < found else { throw .missingPage(path: name, page: page + 1, found: found) }
        }
        let directory = page < directories.count ? directories[page] : nil
        self = try (fileFormat == .png ? PNGChunks.removingManyTexts(from: data) : data).withUnsafeBytes { bytes in
            Result { () throws(ImageError) in
                if fileFormat == .bmp { return try BitmapFile.decode(bytes, name: name, pixelLimit: pixelLimit) }
                guard fileFormat.isReadable else { throw .notReadHere(path: name, format: fileFormat) }
                if let reason = Vips.start() { throw .undecodable(path: name, format: fileFormat, reason: reason) }
                let decoder = ImageDecoder(
                    name: name, format: fileFormat, page: directory?.index ?? page, directory: directory, pixelLimit: pixelLimit)
                do throws(ImageError) { return try decoder.decode(bytes) } catch { throw error.explained(directory) }
            }
        }.get()
    }

    /// The bytes of an image file, not decoded.
    ///
    /// - Throws: `ImageError.unreadable` naming the file.
    package static func encodedData(at url: URL) throws(ImageError) -> Data { try data(at: url, isMapped: false) }

    /// The same, read when it is looked at.
    static func mappedData(at url: URL) throws(ImageError) -> Data { try data(at: url, isMapped: true) }

    private static func data(at url: URL, isMapped: Bool) throws(ImageError) -> Data {
        guard url.exists else { throw .unreadable(path: url.path, reason: "there is no such file") }
        guard !url.isFolder else { throw .unreadable(path: url.path, reason: "it is a folder; an image file was expected") }
        if let problem = RegularFile.problem(at: url.path) { throw .unreadable(path: url.path, reason: problem) }
        do throws(FileError) {
            return try RegularFile.content(at: url.path, isMapped: isMapped)
        } catch {
            throw .unreadable(path: url.path, reason: error.reason)
        }
    }
}

/// Decodes one image with libvips.
struct ImageDecoder {
    let name: String
    let format: ImageFileFormat
    /// As the decoder counts them.
    let page: Int
    /// Of a TIFF file.
    let directory: TIFFDirectory?
    let pixelLimit: Int

    func decode(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> PixelImage {
        if format == .ppm, let problem = PortablePixmap.problem(in: bytes, pixelLimit: pixelLimit) { throw failure(problem) }
        if let directory, directory.needsLibtiff, directory.unsupportedFeature == nil { return try decode(bytes, directory) }
        let stored = try check(cvips_open_page(bytes.baseAddress, bytes.count, format.code, Int32(page)))
        // libvips keeps sides below 10⁷ and bands below 2¹⁶: the products fit.
        try checkSize(stored.width, stored.height, bands: stored.bands, sampleSize: stored.sampleSize, bytes)
        let upright = stored.integer(VIPS_META_ORIENTATION, default: 1) == 1 ? stored : try check(cvips_upright(stored.pointer))
        return try decode(upright, header: bytes)
    }

    /// Opens a large image that stands upright, to decode parts of it; `nil` for any other.
    func open(_ bytes: UnsafeRawBufferPointer, largePixelCount: Int) throws(ImageError) -> Vips.Image? {
        let stored = try check(cvips_open_page(bytes.baseAddress, bytes.count, format.code, Int32(page)))
        try checkSize(stored.width, stored.height, bands: stored.bands, sampleSize: stored.sampleSize, bytes)
        let isLarge = stored.width * stored.height > largePixelCount
        return isLarge && stored.integer(VIPS_META_ORIENTATION, default: 1) == 1 ? stored : nil
    }

    /// Decodes a rectangle of an open image. Of one image they are asked for from the top down.
    func decode(_ area: ImageArea, of stored: Vips.Image, header bytes: UnsafeRawBufferPointer) throws(ImageError) -> PixelImage {
        precondition(
            area.x >= 0 && area.y >= 0 && area.x + area.size.width <= stored.width && area.y + area.size.height <= stored.height,
            "an area of \(area.size.dimensions) at \(area.x), \(area.y) does not lie in \(stored.width)x\(stored.height)")
        let part = try check(
            cvips_crop(stored.pointer, Int32(area.x), Int32(area.y), Int32(area.size.width), Int32(area.size.height)))
        return try decode(part, header: bytes)
    }

    /// The pixels of an upright image of libvips, in the colours of this library.
    func decode(_ upright: Vips.Image, header bytes: UnsafeRawBufferPointer) throws(ImageError) -> PixelImage {
        let hasAlpha = hasAlpha(upright)
        let isCMYK = upright.interpretation == VIPS_INTERPRETATION_CMYK
        if isCMYK, let converted = Vips.Image(cvips_profile_to_srgb(upright.pointer)) {
            return try image(of: converted, hasAlpha: hasAlpha)
        }
        let coloured = Self.needsConversion(upright.interpretation) ? try check(cvips_to_srgb(upright.pointer)) : upright
        let result = try image(of: coloured, hasAlpha: hasAlpha)
        if isCMYK { return result.inksAsRGB() }
        return format == .ppm ? PortablePixmap.stretchingLevels(of: result, header: bytes) : result
    }

    /// All samples of an image of libvips.
    private func image(of image: Vips.Image, hasAlpha: Bool) throws(ImageError) -> PixelImage {
        let (sampleFormat, type, image) = try withKnownSamples(image)
        var size = 0
        guard let memory = cvips_pixels(image.pointer, &size) else { throw failure(Vips.takeError()) }
        defer { g_free(memory) }
        return PixelImage(
            width: image.width, height: image.height, bands: image.bands, format: sampleFormat, hasAlpha: hasAlpha, storedAs: type,
            bytes: [UInt8](UnsafeRawBufferPointer(start: memory, count: size)))
    }

    private func decode(_ bytes: UnsafeRawBufferPointer, _ directory: TIFFDirectory) throws(ImageError) -> PixelImage {
        let largest = 10_000_000
        guard (1...largest).contains(directory.width), (1...largest).contains(directory.height), (1...65535).contains(directory.samples)
        else {
            throw failure("its header says \(directory.width)x\(directory.height) pixels of \(directory.samples) samples")
        }
        try checkSize(directory.width, directory.height, bands: directory.samples, sampleSize: (directory.bits + 7) / 8, bytes)
        guard let image = TIFFSamples.decode(bytes, directory) else { throw failure("not all of its pixels can be decoded") }
        return image
    }

    private func checkSize(
        _ width: Int, _ height: Int, bands: Int, sampleSize: Int, _ bytes: UnsafeRawBufferPointer
    ) throws(ImageError) {
        let pixels = width * height
        guard pixels <= pixelLimit, pixels * bands <= 4 * pixelLimit else {
            throw .tooLarge(path: name, width: width, height: height, bands: bands, limit: pixelLimit)
        }
        // Decoders make up what a file does not have, gigabytes of it where a header wants that.
        guard pixels * bands * sampleSize <= alwaysDecoded || pixels / mostPixelsPerByte(of: bytes) <= bytes.count else {
            throw failure("its header says \(width)x\(height) pixels, too many for \(bytes.count) bytes")
        }
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
        case .jxl, .heif, .slide: 1 << 16
        }
    }

    private static func needsConversion(_ interpretation: VipsInterpretation) -> Bool {
        switch interpretation {
        case VIPS_INTERPRETATION_LAB, VIPS_INTERPRETATION_LABQ, VIPS_INTERPRETATION_LABS,
            VIPS_INTERPRETATION_LCH, VIPS_INTERPRETATION_CMC, VIPS_INTERPRETATION_XYZ, VIPS_INTERPRETATION_YXY,
            VIPS_INTERPRETATION_HSV:
            true
        default: false
        }
    }

    /// A TIFF file declares its opacity. The fourth band of an image without a colour interpretation is data, such as near infrared.
    private func hasAlpha(_ image: Vips.Image) -> Bool {
        if let directory { return directory.hasAlpha && image.bands > 1 }
        return switch image.interpretation {
        case VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16: image.bands == 2
        case VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB, VIPS_INTERPRETATION_RGB16, VIPS_INTERPRETATION_scRGB: image.bands == 4
        default: false
        }
    }

    private func withKnownSamples(_ image: Vips.Image) throws(ImageError) -> (PixelImage.Format, SampleType, Vips.Image) {
        let type: SampleType
        switch image.format {
        case VIPS_FORMAT_UCHAR: return (.uint8, .uint8, image)
        case VIPS_FORMAT_USHORT: return (.uint16, .uint16, image)
        case VIPS_FORMAT_FLOAT: return (.float32, .float32, image)
        case VIPS_FORMAT_CHAR: type = .int8
        case VIPS_FORMAT_SHORT: type = .int16
        case VIPS_FORMAT_INT: type = .int32
        case VIPS_FORMAT_UINT: type = .uint32
        case VIPS_FORMAT_DOUBLE: type = .float64
        default: throw .unsupported(path: name, format: format, feature: "complex samples", command: format.conversion(of: name))
        }
        return (.float32, type, try check(cvips_cast(image.pointer, VIPS_FORMAT_FLOAT)))
    }

    private func check(_ result: UnsafeMutablePointer<VipsImage>?) throws(ImageError) -> Vips.Image {
        guard let image = Vips.Image(result) else { throw failure(Vips.takeError()) }
        return image
    }

    private func failure(_ reason: String) -> ImageError {
        .undecodable(path: name, format: format, reason: reason)
    }
}

extension ImageError {
    /// A file that a decoder refuses for what it is and not for damage.
    fileprivate func explained(_ directory: TIFFDirectory?) -> ImageError {
        guard case .undecodable(let path, let format, let reason) = self else { return self }
        let told = reason.localizedCaseInsensitiveContains("unsupported") ? "something that its decoder does not know (\(reason))" : nil
        guard let feature = directory?.unsupportedFeature ?? told else { return self }
        return .unsupported(path: path, format: format, feature: feature, command: format.conversion(of: path))
    }
}

extension ImageFileFormat {
    /// A command that makes a file of the format one that is read.
    fileprivate func conversion(of path: String) -> String {
        let name = (path as NSString).lastPathComponent
        let stem = (name as NSString).deletingPathExtension
        return switch self {
        case .tiff: "gdal_translate -co COMPRESS=DEFLATE \(name) \(stem)-converted.tif"
        default: "magick \(name) \(stem).png"
        }
    }
}
