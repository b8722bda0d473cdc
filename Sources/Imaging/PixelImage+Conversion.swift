extension PixelImage {
    /// The image as its domain holds images: transparency composited on the background, grey made RGB or RGB grey
    /// (ITU-R 601-2 luma, as Pillow's `convert("L")`), and samples of the domain's depth.
    ///
    /// An image that already has the domain's number of channels keeps all of them: in a domain of four channels the fourth is data.
    /// Between depths black stays black and white stays white: 8 to 16 bits multiplies by 257, and a float 1 is white.
    ///
    /// - Parameter name: The file, for the error.
    /// - Throws: `ImageError.channelMismatch` where the channels cannot become the domain's.
    public func converted(to domain: DomainConfiguration, name: String = "the image") throws(ImageError) -> PixelImage {
        guard domain.accepts(channels: bands, hasAlpha: hasAlpha) else {
            throw .channelMismatch(path: name, found: bands, expected: domain.channels)
        }
        let format = domain.bitDepth.format
        if bands == domain.channels {
            let image = PixelImage(width: width, height: height, bands: bands, format: self.format, bytes: bytes)
            return image.converted(to: format)
        }
        return switch self.format {
        case .uint8: recoloured(as: UInt8.self, domain).converted(to: format)
        case .uint16: recoloured(as: UInt16.self, domain).converted(to: format)
        case .float32: recoloured(as: Float.self, domain).converted(to: format)
        }
    }

    /// The image without its alpha channel, whose transparent pixels keep the colour that they are stored with.
    package func withoutAlpha() -> PixelImage {
        guard hasAlpha, bands > 1 else { return self }
        let (before, after) = (pixelStride, pixelStride - format.byteCount)
        var colours: [UInt8] = []
        colours.reserveCapacity(width * height * after)
        for pixel in 0..<width * height { colours.append(contentsOf: bytes[pixel * before..<pixel * before + after]) }
        return PixelImage(width: width, height: height, bands: bands - 1, format: format, bytes: colours)
    }

    /// The image with another type of samples.
    func converted(to target: Format) -> PixelImage {
        switch (format, target) {
        case (.uint8, .uint16): rescaled(from: UInt8.self, to: UInt16.self)
        case (.uint8, .float32): rescaled(from: UInt8.self, to: Float.self)
        case (.uint16, .uint8): rescaled(from: UInt16.self, to: UInt8.self)
        case (.uint16, .float32): rescaled(from: UInt16.self, to: Float.self)
        case (.float32, .uint8): rescaled(from: Float.self, to: UInt8.self)
        case (.float32, .uint16): rescaled(from: Float.self, to: UInt16.self)
        case (.uint8, .uint8), (.uint16, .uint16), (.float32, .float32): self
        }
    }

    private func rescaled<From: PixelSample, To: PixelSample>(from: From.Type, to: To.Type) -> PixelImage {
        withSamples(of: From.self) { source in
            PixelImage(of: To.self, width: width, height: height, bands: bands, hasAlpha: hasAlpha) { target in
                for index in source.indices {
                    target.initializeElement(at: index, to: To(level: source[index].level / From.fullScale * To.fullScale))
                }
            }
        }
    }

    /// Composites, then converts between grey and RGB; the caller has checked that the channels allow it.
    private func recoloured<Sample: PixelSample>(as type: Sample.Type, _ domain: DomainConfiguration) -> PixelImage {
        var image = self
        // Grey becomes RGB first: the background may have a colour.
        if bands - (hasAlpha ? 1 : 0) == 1, domain.channels == 3 { image = image.greyAsRGB(type) }
        if hasAlpha { image = image.composited(type, on: domain.background) }
        if image.bands == 3, domain.channels == 1 { image = image.luma(type) }
        return image
    }

    private func greyAsRGB<Sample: PixelSample>(_ type: Sample.Type) -> PixelImage {
        let bandsAfter = bands + 2
        return withSamples(of: type) { source in
            PixelImage(of: type, width: width, height: height, bands: bandsAfter, hasAlpha: hasAlpha) { target in
                for pixel in 0..<width * height {
                    for band in 0..<bandsAfter {
                        target.initializeElement(at: pixel * bandsAfter + band, to: source[pixel * bands + max(0, band - 2)])
                    }
                }
            }
        }
    }

    private func composited<Sample: PixelSample>(_ type: Sample.Type, on background: [Double]) -> PixelImage {
        let colours = bands - 1
        let scale = Sample.fullScale
        let behind = (0..<colours).map { (background.count == colours ? background[$0] : background[0]) / 255 * scale }
        return withSamples(of: type) { source in
            PixelImage(of: type, width: width, height: height, bands: colours) { target in
                for pixel in 0..<width * height {
                    let opacity = source[pixel * bands + colours].level
                    for band in 0..<colours {
                        let level = (source[pixel * bands + band].level * opacity + behind[band] * (scale - opacity)) / scale
                        target.initializeElement(at: pixel * colours + band, to: Sample(level: level))
                    }
                }
            }
        }
    }

    private func luma<Sample: PixelSample>(_ type: Sample.Type) -> PixelImage {
        withSamples(of: type) { source in
            PixelImage(of: type, width: width, height: height, bands: 1) { target in
                for pixel in 0..<width * height {
                    let red = source[3 * pixel].level
                    let green = source[3 * pixel + 1].level
                    let blue = source[3 * pixel + 2].level
                    target.initializeElement(at: pixel, to: Sample(level: (19595 * red + 38470 * green + 7471 * blue) / 65536))
                }
            }
        }
    }
}

extension DomainConfiguration {
    /// Whether images with this number of channels, an alpha channel included, can become the domain's.
    package func accepts(channels found: Int, hasAlpha: Bool) -> Bool {
        let colours = hasAlpha ? found - 1 : found
        return found == channels || colours == channels || (colours == 3 && channels == 1) || (colours == 1 && channels == 3)
    }
}

extension BitDepth {
    /// The depth of images whose samples are of a type.
    package init(_ format: PixelImage.Format) {
        switch format {
        case .uint8: self = .eight
        case .uint16: self = .sixteen
        case .float32: self = .float
        }
    }

    /// The type of the samples of images of this depth.
    package var format: PixelImage.Format {
        switch self {
        case .eight: .uint8
        case .sixteen: .uint16
        case .float: .float32
        }
    }
}
