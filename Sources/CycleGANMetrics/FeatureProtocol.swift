import Imaging

/// How images are brought to the size and range of the Inception network: each tool of the field does it in its own way, and its numbers
/// can only be compared with numbers made in the same way.
public enum FeatureProtocol: String, CaseIterable, Codable, Sendable {
    /// pytorch-fid: bilinear to 299x299 (half-pixel centres, no antialiasing), then 2x - 1 for x in 0...1.
    case pytorchFID = "pytorch-fid"
    /// torch-fidelity: bilinear to 299x299 as TensorFlow 1 did it (no half-pixel centres), then (x - 128) / 128 for x in 0...255.
    case torchFidelity = "torch-fidelity"
    /// clean-fid: Pillow's antialiased bicubic to 299x299 without rounding, clamped to 0...255, then (x - 128) / 128.
    case clean
}

extension FeatureProtocol {
    /// Height and width of the network's input.
    static let inputSize = ImageSize(299)

    /// An image as the network takes it: planes [3, 299, 299].
    ///
    /// Grey becomes RGB, opacity is left out, and deep images are brought to 8 bits first, since the tools know 8-bit RGB alone.
    /// - Throws: `MetricError.channels` for images with other channels than grey or RGB.
    func input(_ image: PixelImage, name: String) throws(MetricError) -> [Float] {
        let image = try image.eightBitRGB(name: name)
        switch self {
        case .pytorchFID:
            let planes = LinearResampling(from: image.size, to: Self.inputSize, grid: .halfPixel).planes(of: image)
            return planes.map { 2 * ($0 / 255) - 1 }
        case .torchFidelity:
            let planes = LinearResampling(from: image.size, to: Self.inputSize, grid: .corner).planes(of: image)
            return planes.map { ($0 - 128) / 128 }
        case .clean:
            return image.bicubicPlanes(Self.inputSize).map { (min(max($0, 0), 255) - 128) / 128 }
        }
    }
}

extension PixelImage {
    /// The image as Pillow's `convert("RGB")` gives it; deeper samples are rounded to 8 bits before.
    ///
    /// - Throws: `MetricError.channels` for images with other channels than grey or RGB.
    func eightBitRGB(name: String) throws(MetricError) -> PixelImage {
        let colours = bands - (hasAlpha ? 1 : 0)
        guard colours == 1 || colours == 3 else {
            throw .channels(path: name, found: bands, allowed: "1 or 3, with or without opacity, for networks that know RGB images")
        }
        if bands == 3, format == .uint8 { return self }
        let shallow: PixelImage
        do throws(ImageError) {
            shallow = try converted(to: DomainConfiguration(channels: bands), name: name)
        } catch {
            throw .channels(path: name, found: bands, allowed: "1 or 3")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * 3)
        for pixel in stride(from: 0, to: shallow.bytes.count, by: bands) {
            for band in 0..<3 { bytes.append(shallow.bytes[pixel + (colours == 1 ? 0 : band)]) }
        }
        return PixelImage(width: width, height: height, bands: 3, bytes: bytes)
    }

    /// The planes [3, H, W] of an 8-bit RGB image, scaled by Pillow's bicubic filter without rounding.
    fileprivate func bicubicPlanes(_ size: ImageSize) -> [Float] {
        let levels = bytes.map(Float.init)
        let deep = levels.withUnsafeBytes { PixelImage(width: width, height: height, bands: 3, format: .float32, bytes: Array($0)) }
        let area = size.height * size.width
        return deep.resized(to: size).bytes.withUnsafeBytes { buffer in
            let samples = buffer.bindMemory(to: Float.self)
            return (0..<3 * area).map { samples[$0 % area * 3 + $0 / area] }
        }
    }
}
