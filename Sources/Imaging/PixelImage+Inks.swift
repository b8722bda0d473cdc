extension PixelImage {
    /// RGB of four bands of inks, cyan, magenta, yellow and black, as Pillow's `convert("RGB")` makes it: white - black - colour · (white - black)
    /// / white. Bands beyond are kept.
    func inksAsRGB() -> PixelImage {
        switch format {
        case .uint8: inksAsRGB(UInt8.self)
        case .uint16: inksAsRGB(UInt16.self)
        case .float32: inksAsRGB(Float.self)
        }
    }

    private func inksAsRGB<Sample: PixelSample>(_ type: Sample.Type) -> PixelImage {
        guard bands >= 4 else { return self }
        let (white, after) = (Sample.fullScale, bands - 1)
        return withSamples(of: type) { source in
            PixelImage(of: type, width: width, height: height, bands: after, hasAlpha: hasAlpha, storedAs: storedAs) { target in
                for pixel in 0..<width * height {
                    let start = pixel * bands
                    let light = white - source[start + 3].level
                    for band in 0..<3 {
                        // Pillow rounds the product, not the difference.
                        let taken = Sample(level: source[start + band].level * light / white).level
                        target.initializeElement(at: pixel * after + band, to: Sample(level: light - taken))
                    }
                    for band in 3..<after { target.initializeElement(at: pixel * after + band, to: source[start + band + 1]) }
                }
            }
        }
    }
}
