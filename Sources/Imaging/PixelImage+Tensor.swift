import Torch

extension PixelImage {
    /// The image for a network, shape [1, channels, height, width], float32, the domain's value range mapped to -1...1.
    public func tensor(for domain: DomainConfiguration) -> Tensor {
        var planes = ContiguousArray<Float>(repeating: 0, count: width * height * bands)
        planes.withUnsafeMutableBufferPointer { fill($0, for: domain) }
        return Tensor(sharing: planes, shape: [1, bands, height, width])
    }

    /// Writes the image, channel by channel, with the domain's value range mapped linearly to -1...1 and values outside it clamped.
    ///
    /// Full-range 8-bit samples become bit for bit what PyTorch's `ToTensor` and `Normalize(0.5, 0.5)` make of them.
    ///
    /// - Parameter planes: Room for [channels, height, width].
    package func fill(_ planes: UnsafeMutableBufferPointer<Float>, for domain: DomainConfiguration) {
        precondition(
            bands == domain.channels && (format == domain.bitDepth.format || domain.valueRange != nil),
            "an image with \(bands) bands of \(format) was not converted to its domain (\(domain.channels), \(domain.bitDepth))")
        precondition(planes.count == width * height * bands, "room for \(planes.count) values does not fit the image")
        for band in 0..<bands {
            let scale = ValueScale(domain.effectiveRange[band])
            switch format {
            case .uint8:
                let table = (0...255).map { scale.normalized(Float($0)) }
                withSamples(of: UInt8.self) { fill(planes, band, $0) { table[Int($0)] } }
            case .uint16:
                withSamples(of: UInt16.self) { fill(planes, band, $0) { scale.normalized(Float($0)) } }
            case .float32:
                withSamples(of: Float.self) { fill(planes, band, $0) { scale.normalized($0) } }
            }
        }
    }

    private func fill<Sample>(
        _ planes: UnsafeMutableBufferPointer<Float>, _ band: Int, _ samples: UnsafeBufferPointer<Sample>, value: (Sample) -> Float
    ) {
        let area = width * height
        var source = band
        for target in band * area..<(band + 1) * area {
            planes[target] = value(samples[source])
            source += bands
        }
    }

    /// An image from the values -1...1 of a network: mapped to the domain's value range, clamped and rounded to the nearest sample of
    /// the domain's written depth.
    ///
    /// - Parameter tensor: Shape [channels, height, width], or the same with a leading 1.
    public init(tensor: Tensor, domain: DomainConfiguration) {
        let shape = tensor.rank == 4 && tensor.shape[0] == 1 ? Array(tensor.shape.dropFirst()) : tensor.shape
        precondition(
            shape.count == 3 && shape[0] == domain.channels,
            "a tensor of shape \(tensor.shape) is not one image with \(domain.channels) channels")
        let values = tensor.detached().to(.float32).array(of: Float.self)
        self =
            switch domain.writtenDepth {
            case .eight: Self.image(of: UInt8.self, values, shape, domain)
            case .sixteen: Self.image(of: UInt16.self, values, shape, domain)
            case .float: Self.image(of: Float.self, values, shape, domain)
            }
    }

    private static func image<Sample: PixelSample>(
        of type: Sample.Type, _ values: [Float], _ shape: [Int], _ domain: DomainConfiguration
    ) -> PixelImage {
        let area = shape[1] * shape[2]
        let scales = (0..<shape[0]).map { ValueScale(domain.effectiveRange[$0]) }
        return PixelImage(of: type, width: shape[2], height: shape[1], bands: shape[0]) { target in
            for pixel in 0..<area {
                for band in 0..<shape[0] {
                    let level = scales[band].level(values[band * area + pixel])
                    target.initializeElement(at: pixel * shape[0] + band, to: Sample(level: level))
                }
            }
        }
    }
}

/// The linear map between a value range and -1...1.
private struct ValueScale {
    private let low: Double
    private let high: Double

    init(_ range: ClosedRange<Double>) { (low, high) = (range.lowerBound, range.upperBound) }

    /// In float32 and in PyTorch's order of operations; a level that is not a number becomes -1.
    func normalized(_ level: Float) -> Float {
        let share = (level - Float(low)) / (Float(high) - Float(low))
        let clamped: Float = share >= 0 ? min(share, 1) : 0
        return (clamped - 0.5) / 0.5
    }

    /// A value that is not a number becomes the low end of the range.
    func level(_ value: Float) -> Double {
        let share = (Double(value) + 1) / 2
        return low + (share >= 0 ? min(share, 1) : 0) * (high - low)
    }
}
