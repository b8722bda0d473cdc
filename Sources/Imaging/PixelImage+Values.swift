extension PixelImage {
    /// How the values of an image lie in the ranges of its bands.
    package struct ValueUse: Sendable {
        /// All finite samples, those of a band of opacity left out.
        package fileprivate(set) var count = 0
        /// Those outside their range.
        package fileprivate(set) var outside = 0
        /// Of each band: its range, and the least and the greatest of its samples.
        fileprivate var bands: [(range: ClosedRange<Double>, least: Double, greatest: Double)] = []

        /// The least and the greatest of all samples.
        package var least: Double { bands.map(\.least).min() ?? .infinity }
        package var greatest: Double { bands.map(\.greatest).max() ?? -.infinity }

        /// The largest share of its range that a band uses, 0...1.
        package var usedShare: Double {
            bands.reduce(0) { share, band in
                let extent = min(band.greatest, band.range.upperBound) - max(band.least, band.range.lowerBound)
                return max(share, extent / (band.range.upperBound - band.range.lowerBound))
            }
        }

        /// Adds those of another part of the image.
        package mutating func add(_ other: ValueUse) {
            count += other.count
            outside += other.outside
            bands =
                bands.isEmpty
                ? other.bands : zip(bands, other.bands).map { ($0.range, min($0.least, $1.least), max($0.greatest, $1.greatest)) }
        }

        package init() {}
    }

    /// Counts the samples outside a range.
    ///
    /// - Parameter channels: Those of the domain: where the image has one more, its last is opacity.
    package func use(of range: ValueRange, channels: Int) -> ValueUse {
        switch format {
        case .uint8: use(UInt8.self, of: range, channels)
        case .uint16: use(UInt16.self, of: range, channels)
        case .float32: use(Float.self, of: range, channels)
        }
    }

    private func use<Sample: PixelSample>(_ type: Sample.Type, of range: ValueRange, _ channels: Int) -> ValueUse {
        let colours = hasAlpha && bands != channels ? bands - 1 : bands
        return withSamples(of: type) { samples in
            var use = ValueUse()
            for band in 0..<colours {
                // Of an image that its domain makes grey or coloured all bands have one range.
                let range = range.common ?? range[min(band, range.bands.count - 1)]
                var (least, greatest) = (Double.infinity, -Double.infinity)
                for index in stride(from: band, to: samples.count, by: bands) {
                    let value = samples[index].level
                    guard value.isFinite else { continue }
                    use.count += 1
                    if !range.contains(value) { use.outside += 1 }
                    if value < least { least = value }
                    if value > greatest { greatest = value }
                }
                use.bands.append((range, least, greatest))
            }
            return use
        }
    }

    /// The image without its band of opacity, which is data where the domain has as many channels as the image has bands.
    package func colours(ofDomainWith channels: Int) -> PixelImage { hasAlpha && bands != channels ? withoutAlpha() : self }

    /// The range with a choice of percentiles found in this image.
    ///
    /// - Parameter channels: Those of the domain: where the image has one more, its last is opacity.
    package func bounds(_ choice: RangeChoice, channels: Int) -> ValueRange? {
        let image = colours(ofDomainWith: channels)
        return choice.bounds ?? choice.bounds(of: image.sampleLevels, bands: image.bands)
    }

    /// Checks that the samples can be what a domain takes.
    ///
    /// - Throws: `ImageError.numbersWithoutRange` where they are numbers and the domain has no range to put them in, and
    ///   `ImageError.rangeOutOfReach` where their type cannot hold the domain's range.
    func checkValues(for domain: DomainConfiguration, name: String) throws(ImageError) {
        if let range = domain.valueRange {
            let hull = range.hull
            guard storedAs.canHold(hull) else { throw .rangeOutOfReach(path: name, type: storedAs, range: hull) }
            return
        }
        guard let white = storedAs.white else {
            throw numbersWithoutRange(use(of: ValueRange(storedAs.values), channels: domain.channels), name)
        }
        guard storedAs.isFloat else { return }
        let use = use(of: ValueRange(-0.01...white + 0.01), channels: domain.channels)
        // Filters and bright lights go beyond white here and there.
        if use.outside * 100 > use.count { throw numbersWithoutRange(use, name) }
    }

    private func numbersWithoutRange(_ use: ValueUse, _ name: String) -> ImageError {
        .numbersWithoutRange(path: name, type: storedAs, least: use.least, greatest: use.greatest)
    }

    /// The image as floats, with the ends of each band's range moved to those of another one and what lies beyond clamped.
    package func stretched(from range: ValueRange, to target: ValueRange) -> PixelImage {
        let levels = sampleLevels
        return PixelImage(of: Float.self, width: width, height: height, bands: bands) { samples in
            for band in 0..<bands {
                let (range, target) = (range[band], target[band])
                let scale = (target.upperBound - target.lowerBound) / (range.upperBound - range.lowerBound)
                for index in stride(from: band, to: levels.count, by: bands) {
                    let level = target.lowerBound + (Double(levels[index]) - range.lowerBound) * scale
                    samples.initializeElement(
                        at: index, to: Float(level > target.lowerBound ? min(level, target.upperBound) : target.lowerBound))
                }
            }
        }
    }

    /// The same numbers in another type, rounded and clamped to what it holds.
    package func holding(_ target: Format) -> PixelImage {
        if target == format { return self }
        func cast<From: PixelSample, To: PixelSample>(_ from: From.Type, _ to: To.Type) -> PixelImage {
            withSamples(of: From.self) { source in
                PixelImage(of: To.self, width: width, height: height, bands: bands, hasAlpha: hasAlpha, storedAs: storedAs) { samples in
                    for index in source.indices { samples.initializeElement(at: index, to: To(level: source[index].level)) }
                }
            }
        }
        func cast<From: PixelSample>(_ from: From.Type) -> PixelImage {
            switch target {
            case .uint8: cast(from, UInt8.self)
            case .uint16: cast(from, UInt16.self)
            case .float32: cast(from, Float.self)
            }
        }
        return switch format {
        case .uint8: cast(UInt8.self)
        case .uint16: cast(UInt16.self)
        case .float32: cast(Float.self)
        }
    }

    /// The same numbers in a type of whole numbers where all of them fit, else as floats: which type a file has makes no difference.
    func holdingExactly(_ target: Format) -> PixelImage {
        if target == format { return self }
        let most = target == .uint8 ? 255 : 65535
        func fits(_ level: Float) -> Bool { level >= 0 && level <= Float(most) && level == level.rounded() }
        let fit =
            switch (format, target) {
            case (_, .float32): false
            case (.uint8, _): true
            case (.uint16, _): withSamples(of: UInt16.self) { $0.allSatisfy { Int($0) <= most } }
            case (.float32, _): withSamples(of: Float.self) { $0.allSatisfy(fits) }
            }
        return holding(fit ? target : .float32)
    }
}
