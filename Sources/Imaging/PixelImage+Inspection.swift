import CVips
import Foundation
import NIfTI

extension PixelImage {
    /// All samples as numbers, interleaved by row: 0...255, 0...65535, or a float image's own values.
    package var sampleLevels: [Float] {
        switch format {
        case .uint8: withSamples(of: UInt8.self) { $0.map(Float.init) }
        case .uint16: withSamples(of: UInt16.self) { $0.map { Float($0) } }
        case .float32: withSamples(of: Float.self) { Array($0) }
        }
    }

    /// An image of the size and channels of another one.
    ///
    /// - Parameters:
    ///   - levels: All samples as numbers, interleaved by row; whole numbers are rounded and clamped.
    ///   - format: The type of the samples.
    package init(levels: [Float], like image: PixelImage, format: Format) {
        func made<Sample: PixelSample>(_ type: Sample.Type) -> PixelImage {
            PixelImage(of: type, width: image.width, height: image.height, bands: image.bands) { samples in
                for index in levels.indices { samples.initializeElement(at: index, to: Sample(level: Double(levels[index]))) }
            }
        }
        self =
            switch format {
            case .uint8: made(UInt8.self)
            case .uint16: made(UInt16.self)
            case .float32: made(Float.self)
            }
    }

    /// The upright size of an image file; of most formats only the header is read.
    ///
    /// - Throws: `ImageError` naming the file.
    package static func size(contentsOf url: URL, page: Int = 0, axis: SliceAxis = .axial) throws(ImageError) -> ImageSize {
        if let slide = try SlideFile(url) { return slide.size }
        // Of a large file only the header is read.
        let data = try mappedData(at: url)
        if let medical = MedicalFile(data, name: url.path) { return try medical.size(axis) }
        let format = ImageFileFormat(signature: data)
        // These two are read without libvips, or checked before it. Pages may differ.
        guard let format, format != .bmp, format != .ppm, format.isReadable, page == 0, Vips.start() == nil else {
            return try PixelImage(encoded: data, name: url.path, page: page).size
        }
        let size: ImageSize? = (format == .png ? PNGChunks.removingManyTexts(from: data) : data).withUnsafeBytes { bytes in
            guard let image = Vips.Image(cvips_open(bytes.baseAddress, bytes.count, format.code)) else {
                _ = Vips.takeError()
                return nil
            }
            // From 5 on the orientation turns the image by a quarter.
            let isTurned = image.integer(VIPS_META_ORIENTATION, default: 1) >= 5
            return ImageSize(height: isTurned ? image.width : image.height, width: isTurned ? image.height : image.width)
        }
        if let size { return size }
        // Decoding says what is wrong.
        return try PixelImage(encoded: data, name: url.path, page: page).size
    }

    /// The EXIF orientation that decoding undoes: 1 (upright, also where the file names none) to 8. Reads the header only.
    package static func orientation(ofEncoded data: Data) -> Int {
        guard let format = ImageFileFormat(signature: data), format.isReadable, Vips.start() == nil else { return 1 }
        return (format == .png ? PNGChunks.removingManyTexts(from: data) : data).withUnsafeBytes { bytes in
            guard let image = Vips.Image(cvips_open(bytes.baseAddress, bytes.count, format.code)) else {
                _ = Vips.takeError()
                return 1
            }
            return image.integer(VIPS_META_ORIENTATION, default: 1)
        }
    }
}
