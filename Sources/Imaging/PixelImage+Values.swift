extension PixelImage {
    /// How the values of an image lie in a range.
    package struct ValueUse: Sendable, Equatable {
        /// All finite samples, those of a band of opacity left out.
        package private(set) var count = 0
        /// Those below the range, and those above it.
        package private(set) var below = 0, above = 0
        /// The least and the greatest of them.
        package private(set) var least = Double.infinity, greatest = -Double.infinity

        /// Those outside the range.
        package var outside: Int { below + above }

        fileprivate mutating func add(_ value: Double, _ range: ClosedRange<Double>) {
            guard value.isFinite else { return }
            count += 1
            if value < range.lowerBound { below += 1 } else if value > range.upperBound { above += 1 }
            if value < least { least = value }
            if value > greatest { greatest = value }
        }
    }

    /// Counts the samples outside a range.
    ///
    /// - Parameter channels: Those of the domain: where the image has one more, its last is opacity.
    package func use(of range: ClosedRange<Double>, channels: Int) -> ValueUse {
        switch format {
        case .uint8: use(UInt8.self, of: range, channels)
        case .uint16: use(UInt16.self, of: range, channels)
        case .float32: use(Float.self, of: range, channels)
        }
    }

    private func use<Sample: PixelSample>(_ type: Sample.Type, of range: ClosedRange<Double>, _ channels: Int) -> ValueUse {
        let colours = hasAlpha && bands != channels ? bands - 1 : bands
        return withSamples(of: type) { samples in
            var use = ValueUse()
            for start in stride(from: 0, to: samples.count, by: bands) {
                for index in start..<start + colours { use.add(samples[index].level, range) }
            }
            return use
        }
    }

    /// The range with a choice of percentiles found in this image.
    ///
    /// - Parameter channels: Those of the domain: where the image has one more, its last is opacity.
    package func bounds(_ choice: RangeChoice, channels: Int) -> ClosedRange<Double>? {
        choice.bounds ?? choice.bounds(of: (hasAlpha && bands != channels ? withoutAlpha() : self).sampleLevels)
    }

    /// Checks that the samples can be what a domain takes.
    ///
    /// - Throws: `ImageError.numbersWithoutRange` where they are numbers and the domain has no range to put them in, and
    ///   `ImageError.rangeOutOfReach` where their type cannot hold the domain's range.
    func checkValues(for domain: DomainConfiguration, name: String) throws(ImageError) {
        if let range = domain.valueRange {
            guard storedAs.canHold(range) else { throw .rangeOutOfReach(path: name, type: storedAs, range: range) }
            return
        }
        guard let white = storedAs.white else { throw numbersWithoutRange(use(of: storedAs.values, channels: domain.channels), name) }
        guard storedAs.isFloat else { return }
        let use = use(of: -0.01...white + 0.01, channels: domain.channels)
        // Filters and bright lights go beyond white here and there.
        if use.outside * 100 > use.count { throw numbersWithoutRange(use, name) }
    }

    private func numbersWithoutRange(_ use: ValueUse, _ name: String) -> ImageError {
        .numbersWithoutRange(path: name, type: storedAs, least: use.least, greatest: use.greatest)
    }

    /// The image as floats, with the ends of a range moved to those of another one and what lies beyond clamped.
    package func stretched(from range: ClosedRange<Double>, to target: ClosedRange<Double>) -> PixelImage {
        let scale = (target.upperBound - target.lowerBound) / (range.upperBound - range.lowerBound)
        let levels = sampleLevels
        return PixelImage(of: Float.self, width: width, height: height, bands: bands) { samples in
            for index in levels.indices {
                let level = target.lowerBound + (Double(levels[index]) - range.lowerBound) * scale
                samples.initializeElement(
                    at: index, to: Float(level > target.lowerBound ? min(level, target.upperBound) : target.lowerBound))
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
