extension PixelImage {
    /// The image as its domain holds images: transparency composited on the background, grey made RGB or RGB grey
    /// (ITU-R 601-2 luma, as Pillow's `convert("L")`), and samples of the domain's depth.
    ///
    /// An image that already has the domain's number of channels keeps all of them: in a domain of four channels the fourth is data.
    /// Between depths black stays black and white stays white: 8 to 16 bits multiplies by 257, and a float 1 is white. In a domain with a
    /// value range numbers stay the numbers that they are, whatever type holds them; those that its depth cannot hold make the image one of
    /// floats.
    ///
    /// - Parameter name: The file, for the error.
    /// - Throws: `ImageError.channelMismatch` where the channels cannot become the domain's, `ImageError.numbersWithoutRange` and
    ///   `ImageError.rangeOutOfReach` where the values cannot.
    public func converted(to domain: DomainConfiguration, name: String = "the image") throws(ImageError) -> PixelImage {
        guard domain.accepts(channels: bands, hasAlpha: hasAlpha) else {
            throw .channelMismatch(path: name, found: bands, expected: domain.channels)
        }
        try checkValues(for: domain, name: name)
        let coloured: PixelImage
        if bands == domain.channels {
            coloured = PixelImage(width: width, height: height, bands: bands, format: format, storedAs: storedAs, bytes: bytes)
        } else {
            // Numbers are not rounded on the way: the same ones give the same in any type.
            let numbers = domain.valueRange == nil ? self : holding(.float32)
            coloured =
                switch numbers.format {
                case .uint8: numbers.recoloured(as: UInt8.self, domain)
                case .uint16: numbers.recoloured(as: UInt16.self, domain)
                case .float32: numbers.recoloured(as: Float.self, domain)
                }
        }
        let format = domain.bitDepth.format
        return domain.valueRange == nil ? coloured.converted(to: format) : coloured.holdingExactly(format)
    }

    /// Some bands of an image in an order of choice; a band of opacity becomes data.
    ///
    /// - Parameters:
    ///   - numbers: Of the bands, from 1; `nil` leaves the image as it is.
    ///   - name: The file, for the error.
    /// - Throws: `ImageError.missingBand`.
    package func picking(bands numbers: [Int]?, name: String) throws(ImageError) -> PixelImage {
        guard let numbers else { return self }
        if let missing = numbers.first(where: { !(1...bands).contains($0) }) {
            throw .missingBand(path: name, band: missing, found: bands)
        }
        let (from, size) = (pixelStride, format.byteCount)
        var picked: [UInt8] = []
        picked.reserveCapacity(width * height * numbers.count * size)
        for start in stride(from: 0, to: bytes.count, by: from) {
            for number in numbers { picked.append(contentsOf: bytes[start + (number - 1) * size..<start + number * size]) }
        }
        return PixelImage(width: width, height: height, bands: numbers.count, format: format, storedAs: storedAs, bytes: picked)
    }

    /// The image without its alpha channel, whose transparent pixels keep the colour that they are stored with.
    package func withoutAlpha() -> PixelImage {
        guard hasAlpha, bands > 1 else { return self }
        let (before, after) = (pixelStride, pixelStride - format.byteCount)
        var colours: [UInt8] = []
        colours.reserveCapacity(width * height * after)
        for pixel in 0..<width * height { colours.append(contentsOf: bytes[pixel * before..<pixel * before + after]) }
        return PixelImage(width: width, height: height, bands: bands - 1, format: format, storedAs: storedAs, bytes: colours)
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
        if hasAlpha { image = image.composited(type, on: domain) }
        if image.bands == 3, domain.channels == 1 { image = image.luma(type) }
        return image
    }

    private func greyAsRGB<Sample: PixelSample>(_ type: Sample.Type) -> PixelImage {
        let bandsAfter = bands + 2
        return withSamples(of: type) { source in
            PixelImage(of: type, width: width, height: height, bands: bandsAfter, hasAlpha: hasAlpha, storedAs: storedAs) { target in
                for pixel in 0..<width * height {
                    for band in 0..<bandsAfter {
                        target.initializeElement(at: pixel * bandsAfter + band, to: source[pixel * bands + max(0, band - 2)])
                    }
                }
            }
        }
    }

    private func composited<Sample: PixelSample>(_ type: Sample.Type, on domain: DomainConfiguration) -> PixelImage {
        let (colours, background) = (bands - 1, domain.background)
        let scale = storedAs.white ?? storedAs.values.upperBound
        let ranges = domain.valueRange ?? ValueRange(0...Sample.fullScale)
        let behind = (0..<colours).map { band in
            let range = ranges[min(band, domain.channels - 1)]
            return range.lowerBound + (background.count == colours ? background[band] : background[0]) / 255
                * (range.upperBound - range.lowerBound)
        }
        return withSamples(of: type) { source in
            PixelImage(of: type, width: width, height: height, bands: colours, storedAs: storedAs) { target in
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
            PixelImage(of: type, width: width, height: height, bands: 1, storedAs: storedAs) { target in
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

extension PixelImage {
    /// Pictures of one size and kind, side by side.
    ///
    /// - Parameter gutter: Pixels of the highest value between two of them.
    package init(sideBySide pictures: [PixelImage], gutter: Int) {
        let first = pictures[0]
        precondition(
            pictures.allSatisfy { $0.size == first.size && $0.bands == first.bands && $0.format == first.format },
            "pictures side by side must be of one size and kind")
        let row = first.width * first.pixelStride
        let white: [UInt8] =
            first.format == .float32
            ? withUnsafeBytes(of: Float(1)) { Array($0) } : [UInt8](repeating: 255, count: first.format.byteCount)
        let between = (0..<gutter * first.bands).flatMap { _ in white }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(first.height * (pictures.count * row + (pictures.count - 1) * between.count))
        for y in 0..<first.height {
            for (index, picture) in pictures.enumerated() {
                if index > 0 { bytes += between }
                bytes += picture.bytes[y * row..<(y + 1) * row]
            }
        }
        self.init(
            width: pictures.count * first.width + (pictures.count - 1) * gutter, height: first.height, bands: first.bands,
            format: first.format, hasAlpha: first.hasAlpha, bytes: bytes)
    }
}
