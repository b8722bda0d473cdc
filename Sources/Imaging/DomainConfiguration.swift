/// How many bits hold one sample of an image, and of which kind.
public enum BitDepth: Int, Sendable, Codable, CaseIterable {
    /// Whole numbers, 0...255.
    case eight = 8
    /// Whole numbers, 0...65535.
    case sixteen = 16
    /// Floating point, 0...1 unless the domain's value range says otherwise.
    case float = 32

    /// The values from black to white.
    public var fullRange: ClosedRange<Double> {
        switch self {
        case .eight: 0...255
        case .sixteen: 0...65535
        case .float: 0...1
        }
    }
}

/// What the images of one domain are: channels, depth, values, and how they are augmented.
public struct DomainConfiguration: Sendable, Codable, Equatable {
    /// Samples per pixel: 1 for grey, 3 for RGB, any number for multi-band images.
    public var channels: Int
    /// The depth that images are held and written in.
    public var bitDepth: BitDepth
    /// The values that become -1...1; values outside are clamped. `nil` means the full range of the depth.
    public var valueRange: ClosedRange<Double>?
    /// Whether training images are mirrored left to right half of the time.
    public var flip: Bool
    /// What shows through transparent pixels: one value for all channels or one for each, 0 (black) ... 255 (white) at any depth.
    public var background: [Double]

    /// By default 8-bit RGB, flipped, on white.
    public init(
        channels: Int = 3, bitDepth: BitDepth = .eight, valueRange: ClosedRange<Double>? = nil, flip: Bool = true,
        background: [Double] = [255]
    ) {
        self.channels = channels
        self.bitDepth = bitDepth
        self.valueRange = valueRange
        self.flip = flip
        self.background = background
    }

    /// Decodes a configuration in which every key may be missing.
    ///
    /// - Throws: `DecodingError`, or `ImageError.invalidDomain` where values contradict each other.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let defaults = DomainConfiguration()
        self.init(
            channels: try values.decodeIfPresent(Int.self, forKey: .channels) ?? defaults.channels,
            bitDepth: try values.decodeIfPresent(BitDepth.self, forKey: .bitDepth) ?? defaults.bitDepth,
            valueRange: try values.decodeIfPresent(ClosedRange<Double>.self, forKey: .valueRange),
            flip: try values.decodeIfPresent(Bool.self, forKey: .flip) ?? defaults.flip,
            background: try values.decodeIfPresent([Double].self, forKey: .background) ?? defaults.background)
        try validate()
    }

    /// Checks that the values fit together.
    ///
    /// - Throws: `ImageError.invalidDomain` naming the key, the value and what would do.
    public func validate() throws(ImageError) {
        guard channels >= 1 else {
            throw .invalidDomain("channels is \(channels); it must be at least 1 (1 for grey, 3 for RGB)")
        }
        if let valueRange, !(valueRange.lowerBound < valueRange.upperBound && valueRange.upperBound - valueRange.lowerBound < .infinity) {
            throw .invalidDomain("valueRange is \(valueRange.lowerBound)...\(valueRange.upperBound); it must have a finite positive length")
        }
        guard background.count == 1 || background.count == channels else {
            throw .invalidDomain("background has \(background.count) values; give one for all channels or \(channels)")
        }
        guard background.allSatisfy({ (0...255).contains($0) }) else {
            throw .invalidDomain("background is \(background); its values must lie in 0...255")
        }
    }

    /// The values that become -1...1.
    public var effectiveRange: ClosedRange<Double> { valueRange ?? bitDepth.fullRange }
}
