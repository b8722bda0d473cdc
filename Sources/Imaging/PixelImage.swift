/// An image in memory: interleaved samples, row by row from the top left.
///
/// A value type that may cross threads; `Tensor` may not.
public struct PixelImage: Sendable, Equatable {
    /// The type of one sample.
    public enum Format: Sendable, CaseIterable {
        case uint8, uint16, float32

        /// Bytes per sample.
        public var byteCount: Int {
            switch self {
            case .uint8: 1
            case .uint16: 2
            case .float32: 4
            }
        }
    }

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Samples per pixel, an alpha channel included.
    public let bands: Int
    /// The type of the samples, in the machine's byte order.
    public let format: Format
    /// Whether the last band is opacity (0 transparent, full scale opaque), not multiplied into the others.
    public let hasAlpha: Bool
    /// The type of the samples in the file: whether they are shares of white or numbers, and what they can be.
    public let storedAs: SampleType
    /// The samples: `height` rows of `width` pixels of `bands` samples, without gaps.
    public let bytes: [UInt8]

    /// Wraps samples; `bytes` must hold exactly the image.
    ///
    /// - Parameter storedAs: The type that the samples had before they were held as `format`; by default that format.
    public init(
        width: Int, height: Int, bands: Int, format: Format = .uint8, hasAlpha: Bool = false, storedAs: SampleType? = nil, bytes: [UInt8]
    ) {
        precondition(width > 0 && height > 0 && bands > 0, "an image (\(width)x\(height), \(bands) bands) must have pixels")
        precondition(
            bytes.count == width * height * bands * format.byteCount,
            "\(bytes.count) bytes are not a \(width)x\(height) image with \(bands) bands of \(format)")
        self.width = width
        self.height = height
        self.bands = bands
        self.format = format
        self.hasAlpha = hasAlpha
        self.storedAs = storedAs ?? SampleType(format)
        self.bytes = bytes
    }

    /// Height and width.
    public var size: ImageSize { ImageSize(height: height, width: width) }

    /// Bytes per pixel.
    var pixelStride: Int { bands * format.byteCount }

    /// The part of `size` whose top left pixel is (`x`, `y`); it must lie inside the image.
    public func cropped(x: Int, y: Int, size: ImageSize) -> PixelImage {
        precondition(
            x >= 0 && y >= 0 && x + size.width <= width && y + size.height <= height,
            "a crop of \(size.width)x\(size.height) at (\(x), \(y)) does not fit a \(width)x\(height) image")
        if size == self.size { return self }
        let rowStride = width * pixelStride
        let length = size.width * pixelStride
        var result: [UInt8] = []
        result.reserveCapacity(size.height * length)
        for row in y..<y + size.height {
            let start = row * rowStride + x * pixelStride
            result.append(contentsOf: bytes[start..<start + length])
        }
        return replacing(bytes: result, width: size.width, height: size.height)
    }

    /// The image mirrored left to right.
    public func flippedHorizontally() -> PixelImage {
        let pixelStride = pixelStride
        let flipped = [UInt8](unsafeUninitializedCapacity: bytes.count) { result, count in
            bytes.withUnsafeBufferPointer { source in
                for row in 0..<height {
                    var from = (row + 1) * width * pixelStride - pixelStride
                    var to = row * width * pixelStride
                    for _ in 0..<width {
                        for byte in 0..<pixelStride { result[to + byte] = source[from + byte] }
                        from -= pixelStride
                        to += pixelStride
                    }
                }
            }
            count = bytes.count
        }
        return replacing(bytes: flipped, width: width, height: height)
    }

    /// An image of the same kind with other pixels.
    func replacing(bytes: [UInt8], width: Int, height: Int) -> PixelImage {
        PixelImage(width: width, height: height, bands: bands, format: format, hasAlpha: hasAlpha, storedAs: storedAs, bytes: bytes)
    }
}
