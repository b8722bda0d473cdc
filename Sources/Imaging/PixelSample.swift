/// A type of sample that images hold, with conversions through the sample's level.
protocol PixelSample {
    static var format: PixelImage.Format { get }

    /// The level of white and of full opacity.
    static var fullScale: Double { get }

    /// The nearest sample to a level; levels out of range are clamped, and one that is not a number becomes 0.
    init(level: Double)

    var level: Double { get }
}

extension UInt8: PixelSample {
    static let format = PixelImage.Format.uint8
    static let fullScale = 255.0

    init(level: Double) {
        self = level > 0 ? UInt8(Swift.min(level, 255).rounded()) : 0
    }

    var level: Double { Double(self) }
}

extension UInt16: PixelSample {
    static let format = PixelImage.Format.uint16
    static let fullScale = 65535.0

    init(level: Double) {
        self = level > 0 ? UInt16(Swift.min(level, 65535).rounded()) : 0
    }

    var level: Double { Double(self) }
}

extension Float: PixelSample {
    static let format = PixelImage.Format.float32
    static let fullScale = 1.0

    init(level: Double) {
        self = level.isNaN ? 0 : Float(level)
    }

    var level: Double { Double(self) }
}

extension PixelImage {
    /// Calls `body` with all samples, which must be of the image's format.
    func withSamples<Sample: PixelSample, Result>(
        of type: Sample.Type, _ body: (UnsafeBufferPointer<Sample>) throws -> Result
    ) rethrows -> Result {
        precondition(Sample.format == format, "the image holds \(format), not \(Sample.format)")
        return try bytes.withUnsafeBytes { try body($0.bindMemory(to: Sample.self)) }
    }

    /// Makes an image by filling its samples.
    init<Sample: PixelSample>(
        of type: Sample.Type, width: Int, height: Int, bands: Int, hasAlpha: Bool = false, storedAs: SampleType? = nil,
        fill: (UnsafeMutableBufferPointer<Sample>) -> Void
    ) {
        let count = width * height * bands * Sample.format.byteCount
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(buffer).bindMemory(to: Sample.self))
            initialized = count
        }
        self.init(
            width: width, height: height, bands: bands, format: Sample.format, hasAlpha: hasAlpha, storedAs: storedAs, bytes: bytes)
    }
}
