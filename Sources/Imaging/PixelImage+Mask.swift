extension PixelImage {
    /// The region that a picture of a mask marks, as 8-bit grey: 255 inside and 0 outside.
    ///
    /// Inside is what is brighter than half of the full scale, so 128 and above of 8 bits; of numbers, which have none, what is greater than
    /// half of the greatest. Colours count by their luma, and what is
    /// transparent counts as black: a white shape on transparency is a mask, too.
    ///
    /// - Parameters:
    ///   - size: That of the image that the mask belongs to.
    ///   - name: The mask's file, for the errors.
    ///   - imageName: The image's file, for the errors.
    /// - Throws: `ImageError.maskSizeDiffers`, and `ImageError.notAMask` for a picture that is neither grey nor RGB.
    public func asMask(of size: ImageSize, name: String, imageName: String) throws(ImageError) -> PixelImage {
        guard self.size == size else { throw .maskSizeDiffers(mask: name, maskSize: self.size, image: imageName, imageSize: size) }
        // In float, so that a 16-bit or float level just above or below the half is not rounded to the other side.
        var grey = DomainConfiguration(channels: 1, bitDepth: .float, background: [0])
        let greatest = storedAs.white == nil ? use(of: ValueRange(storedAs.values), channels: 1).greatest : 1
        if storedAs.white == nil || storedAs.isFloat { grey.valueRange = ValueRange(0...max(1, greatest)) }
        do throws(ImageError) {
            return try converted(to: grey, name: name).split(Float.self, at: greatest / 2)
        } catch {
            throw .notAMask(path: name, bands: bands)
        }
    }

    /// A mask whose edges scaling or turning left grey, made black and white again: inside is what is more than half inside.
    package func withHardEdges() -> PixelImage { split(UInt8.self, at: 127.5) }

    private func split<Sample: PixelSample>(_ type: Sample.Type, at threshold: Double) -> PixelImage {
        let bytes: [UInt8] = withSamples(of: type) { samples in samples.map { $0.level > threshold ? 255 : 0 } }
        return PixelImage(width: width, height: height, bands: 1, bytes: bytes)
    }

    /// The image with the pixels of another one, of the same kind and size, wherever a mask is 0.
    package func masked(by mask: PixelImage, over background: PixelImage) -> PixelImage {
        precondition(mask.size == size && mask.bands == 1 && mask.format == .uint8, "a mask is an 8-bit grey image of the image's size")
        precondition(
            background.size == size && background.bands == bands && background.format == format, "the images must be of one kind and size")
        let stride = pixelStride
        var result = bytes
        for pixel in mask.bytes.indices where mask.bytes[pixel] == 0 {
            for byte in pixel * stride..<(pixel + 1) * stride { result[byte] = background.bytes[byte] }
        }
        return replacing(bytes: result, width: width, height: height)
    }
}

extension DomainConfiguration {
    /// Masks as tensors: 255 becomes 1, and 0 stays 0.
    package static let mask = DomainConfiguration(channels: 1, valueRange: ValueRange(-255...255))
}
