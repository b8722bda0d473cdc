import CVips
import Foundation
import Support

extension PixelImage {
    /// Writes the image in the format of the file's extension, as a whole or not at all.
    ///
    /// - Parameters:
    ///   - quality: Of JPEG and WebP, from 1 to 100.
    ///   - metadata: What the file says besides the pixels, as far as its format can.
    /// - Throws: `ImageError` naming the file.
    public func write(to url: URL, quality: Int = 95, metadata: ImageMetadata? = nil) throws(ImageError) {
        guard let format = ImageFileFormat(fileExtension: url.pathExtension), format.isWritable else {
            throw .unknownExtension(path: url.path)
        }
        let data: Data
        do throws(ImageError) {
            data = try encoded(as: format, quality: quality, metadata: metadata)
        } catch {
            throw .unwritable(path: url.path, reason: error.description)
        }
        do throws(FileError) {
            try AtomicFile.write(data, to: url)
        } catch {
            throw error.isDiskFull ? .diskFull(path: url.path, reason: error.reason) : .unwritable(path: url.path, reason: error.reason)
        }
    }

    /// The content of a file: TIFF compressed without loss, 16 bits where the image has them.
    ///
    /// - Parameters:
    ///   - quality: Of JPEG and WebP, from 1 to 100. JPEG keeps colours at full resolution from 90 on.
    ///   - metadata: What the file says besides the pixels, as far as its format can. An ICC profile is kept where the image has the number of
    ///     colours that it is for, the place on Earth of a TIFF in a TIFF of the same size.
    /// - Throws: `ImageError.cannotEncode` where the format cannot hold the image's depth or channels.
    public func encoded(
        as fileFormat: ImageFileFormat, quality: Int = 95, metadata: ImageMetadata? = nil
    ) throws(ImageError) -> Data {
        let able = ImageFileFormat.allCases.filter { $0.holds(bands: bands, hasAlpha: hasAlpha, format) }
        guard able.contains(fileFormat) else { throw .cannotEncode(format: fileFormat, image: kind, able: able) }
        if fileFormat == .bmp { return BitmapFile.encode(self) }
        if fileFormat == .ppm { return PortablePixmap.encode(self) }
        if let reason = Vips.start() { throw .encodingFailed(format: fileFormat, reason: reason) }
        let file = try encoded(as: fileFormat, quality: quality, pageHeight: height, timing: nil, metadata)
        guard let metadata, fileFormat == .tiff else { return file }
        return file.edited(by: metadata.editsAddingGeography(to: file, size: size))
    }

    /// - Parameter pageHeight: That of one picture, where several stand one below the other.
    func encoded(
        as fileFormat: ImageFileFormat, quality: Int, pageHeight: Int, timing: AnimationTiming?, _ metadata: ImageMetadata?
    ) throws(ImageError) -> Data {
        try bytes.withUnsafeBytes { pixels in
            Result { () throws(ImageError) in
                try encode(pixels, as: fileFormat, quality: quality, pageHeight: pageHeight, timing: timing, metadata)
            }
        }.get()
    }

    private func encode(
        _ pixels: UnsafeRawBufferPointer, as fileFormat: ImageFileFormat, quality: Int, pageHeight: Int, timing: AnimationTiming?,
        _ metadata: ImageMetadata?
    ) throws(ImageError) -> Data {
        let wrapped = cvips_wrap(
            pixels.baseAddress, pixels.count, Int32(width), Int32(height), Int32(bands), format.bandFormat,
            format.interpretation(colours: bands - (hasAlpha ? 1 : 0)))
        guard let image = Vips.Image(wrapped) else { throw .encodingFailed(format: fileFormat, reason: Vips.takeError()) }
        metadata?.copy(to: image, colours: bands - (hasAlpha ? 1 : 0))
        if pageHeight < height {
            let count = height / pageHeight
            // A tenth of a second each where nothing is said.
            let delays = timing.map(\.delays).flatMap { $0.count == count ? $0 : nil } ?? Array(repeating: 100, count: count)
            cvips_set_pages(image.pointer, Int32(pageHeight), delays, Int32(count), Int32(timing?.loop ?? 0))
        }
        var size = 0
        guard let memory = cvips_encode(image.pointer, fileFormat.code, Int32(quality), &size) else {
            throw .encodingFailed(format: fileFormat, reason: Vips.takeError())
        }
        defer { g_free(memory) }
        let data = Data(bytes: memory, count: size)
        return fileFormat == .tiff && !hasAlpha && bands != 1 && bands != 3 ? data.edited(by: TIFFTags.editsDeclaringData(of: data)) : data
    }

    /// For errors: `a 16-bit image with 3 channels`.
    private var kind: String { ImageFileFormat.kind(bands: bands, format) }
}

extension PixelImage.Format {
    var bandFormat: VipsBandFormat {
        switch self {
        case .uint8: VIPS_FORMAT_UCHAR
        case .uint16: VIPS_FORMAT_USHORT
        case .float32: VIPS_FORMAT_FLOAT
        }
    }

    /// What libvips is told that the bands are.
    ///
    /// - Parameter colours: How many of them are no opacity.
    func interpretation(colours: Int) -> VipsInterpretation {
        switch (colours, self) {
        case (3, .uint16): VIPS_INTERPRETATION_RGB16
        case (3, _): VIPS_INTERPRETATION_sRGB
        // As grey with extra samples; the TIFF writer would mark any other multi-band image as RGB with alpha.
        case (_, .uint16): VIPS_INTERPRETATION_GREY16
        default: VIPS_INTERPRETATION_B_W
        }
    }
}

extension ImageFileFormat {
    /// Whether files of the format hold images of a kind.
    ///
    /// - Parameter bands: Samples of a pixel, opacity included where there is any.
    package func holds(bands: Int, hasAlpha: Bool = false, _ format: PixelImage.Format) -> Bool {
        let isColour = bands == 1 || bands == 3
        let isColourOrAlpha = isColour || (hasAlpha && (bands == 2 || bands == 4))
        return switch self {
        case .tiff: true
        case .png: format != .float32 && isColourOrAlpha
        case .ppm: format != .float32 && isColour
        case .jpeg, .bmp: format == .uint8 && isColour
        case .webp: format == .uint8 && isColourOrAlpha
        case .gif, .jp2, .heif, .jxl, .slide: false
        }
    }

    /// Whether files of the format hold transparency.
    package var holdsOpacity: Bool { holds(bands: 4, hasAlpha: true, .uint8) }

    /// `a 16-bit image with 3 channels`.
    package static func kind(bands: Int, _ format: PixelImage.Format) -> String {
        let depth =
            switch format {
            case .uint8: "an 8-bit"
            case .uint16: "a 16-bit"
            case .float32: "a float"
            }
        return "\(depth) image with \(bands) channel\(bands == 1 ? "" : "s")"
    }
}
