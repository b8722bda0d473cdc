extension PixelImage {
    /// The image scaled to a size by the antialiased bicubic filter of Pillow 13.
    ///
    /// 8-bit images are computed in whole numbers with rounding between the passes and equal Pillow's to the last bit; others are
    /// computed in float.
    public func resized(to size: ImageSize) -> PixelImage {
        if size == self.size { return self }
        switch format {
        case .uint8:
            return replacing(bytes: scaled(bytes, to: size, BicubicResampling.pass), width: size.width, height: size.height)
        case .uint16: return resizedInFloat(UInt16.self, to: size)
        case .float32: return resizedInFloat(Float.self, to: size)
        }
    }

    private func resizedInFloat<Sample: PixelSample>(_ type: Sample.Type, to size: ImageSize) -> PixelImage {
        let levels = withSamples(of: type) { samples in samples.map { Float($0.level) } }
        let scaled = scaled(levels, to: size, BicubicResampling.pass)
        return PixelImage(of: type, width: size.width, height: size.height, bands: bands, hasAlpha: hasAlpha, storedAs: storedAs) {
            target in
            for index in scaled.indices { target.initializeElement(at: index, to: Sample(level: Double(scaled[index]))) }
        }
    }

    private func scaled<Sample>(
        _ samples: [Sample], to size: ImageSize, _ pass: ([Sample], BicubicResampling.Axis, _ outer: Int, _ inner: Int) -> [Sample]
    ) -> [Sample] {
        func horizontally(_ samples: [Sample], rows: Int) -> [Sample] {
            size.width == width ? samples : pass(samples, .init(from: width, to: size.width), rows, bands)
        }
        func vertically(_ samples: [Sample], columns: Int) -> [Sample] {
            size.height == height ? samples : pass(samples, .init(from: height, to: size.height), 1, columns * bands)
        }
        // Pillow's order since version 13; the rounding between the passes makes it visible, by up to 8 levels.
        if height - size.height > 2 * (width - size.width), size.height < height {
            return horizontally(vertically(samples, columns: width), rows: size.height)
        }
        return vertically(horizontally(samples, rows: height), columns: size.width)
    }
}
