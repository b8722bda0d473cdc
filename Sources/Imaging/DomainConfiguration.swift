import NIfTI

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

/// What the images of one domain are: channels, depth, values.
public struct DomainConfiguration: Sendable, Codable, Equatable {
    /// Samples per pixel: 1 for grey, 3 for RGB, any number for multi-band images.
    public var channels: Int
    /// The depth that images are held and written in, as far as it can hold the value range; see `writtenDepth`.
    public var bitDepth: BitDepth
    /// The values that become -1...1; values outside are clamped. `nil` means the full range of the depth.
    public var valueRange: ValueRange?
    /// The bands of a file that are its channels, from 1 and in their order; `nil` takes a file as it is.
    public var bands: [Int]?
    /// Along which axis of the patient volumes are cut into images; `nil` for axial ones.
    public var axis: SliceAxis?
    /// What shows through transparent pixels: one value for all channels or one for each, 0 (black) ... 255 (white) at any depth.
    public var background: [Double]

    /// By default 8-bit RGB on white.
    public init(
        channels: Int = 3, bitDepth: BitDepth = .eight, valueRange: ValueRange? = nil, background: [Double] = [255],
        bands: [Int]? = nil, axis: SliceAxis? = nil
    ) {
        self.channels = channels
        self.bitDepth = bitDepth
        self.valueRange = valueRange
        self.background = background
        self.bands = bands
        self.axis = axis
    }

    /// Along which axis volumes are cut.
    package var sliceAxis: SliceAxis { axis ?? .axial }

    /// Decodes a configuration in which every key may be missing.
    ///
    /// - Throws: `DecodingError`, which holds an `ImageError.invalidDomain` where a value is of the right type but impossible.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let defaults = DomainConfiguration()
        self = defaults
        if values.contains(.valueRange), try !values.decodeNil(forKey: .valueRange) {
            let one = try? values.decode([Double].self, forKey: .valueRange)
            let bounds = try one.map { [$0] } ?? values.decode([[Double]].self, forKey: .valueRange)
            do throws(ImageError) { valueRange = try Self.range(bounds) } catch { throw Self.decodingError(error, at: decoder.codingPath) }
        }
        channels = try values.decodeIfPresent(Int.self, forKey: .channels) ?? defaults.channels
        bitDepth = try values.decodeIfPresent(BitDepth.self, forKey: .bitDepth) ?? defaults.bitDepth
        background = try values.decodeIfPresent([Double].self, forKey: .background) ?? defaults.background
        bands = try values.decodeIfPresent([Int].self, forKey: .bands)
        axis = try values.decodeIfPresent(SliceAxis.self, forKey: .axis)
        do throws(ImageError) { try validate() } catch { throw Self.decodingError(error, at: decoder.codingPath) }
    }

    /// The keys of the YAML file.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, bitDepth
        case valueRange = "range"
        case background, bands, axis

        /// The allowed values, in words.
        package var allowedValues: String {
            switch self {
            case .channels:
                "a whole number from \(DomainConfiguration.possibleChannels.lowerBound) "
                    + "to \(DomainConfiguration.possibleChannels.upperBound), such as 1 for grey and 3 for RGB"
            case .bitDepth: BitDepth.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
            case .valueRange: "two finite numbers in rising order, such as [0, 4095], or two for each channel, such as [[0, 4095], [0, 1]]"
            case .background: "a list of numbers in 0...255, one for all channels or one for each"
            case .axis: SliceAxis.allCases.map(\.rawValue).joined(separator: ", ")
            case .bands: "as many numbers of bands, from 1, as the domain has channels, such as [4, 3, 2]"
            }
        }
    }

    /// How many channels the images of a domain may have.
    public static let possibleChannels = 1...4096

    /// Checks that the values are possible and fit together.
    ///
    /// - Throws: `ImageError.invalidDomain` naming the key, the value and what would do.
    public func validate() throws(ImageError) {
        guard Self.possibleChannels.contains(channels) else { throw Self.invalid(.channels, channels) }
        if let valueRange, valueRange.common == nil, valueRange.bands.count != channels {
            throw .invalidDomain(
                key: CodingKeys.valueRange.rawValue, value: "\(valueRange.bands.count) ranges",
                allowed: channels == 1 ? "one range" : "one range, or one for each of the \(channels) channels")
        }
        guard background.count == 1 || background.count == channels, background.allSatisfy((0...255).contains) else {
            throw Self.invalid(.background, background)
        }
        if let bands, bands.count != channels || !bands.allSatisfy(Self.possibleChannels.contains) { throw Self.invalid(.bands, bands) }
    }

    private static func range(_ bounds: [[Double]]) throws(ImageError) -> ValueRange {
        let bands = bounds.compactMap { $0.count == 2 && $0[0] < $0[1] ? $0[0]...$0[1] : nil }
        guard bands.count == bounds.count, let range = ValueRange(bands: bands) else {
            throw invalid(.valueRange, bounds.count == 1 ? bounds[0] : bounds)
        }
        return range
    }

    private static func invalid(_ key: CodingKeys, _ value: Any) -> ImageError {
        .invalidDomain(key: key.rawValue, value: "\(value)", allowed: key.allowedValues)
    }

    private static func decodingError(_ error: ImageError, at path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(.init(codingPath: path, debugDescription: error.description, underlyingError: error))
    }

    /// The depth that images are written in: the domain's, where it can hold the value range, else 16 bits or float.
    ///
    /// Whole numbers can hold a range within theirs, of whole ends and of more than a few steps.
    public var writtenDepth: BitDepth {
        guard let range = valueRange?.hull, bitDepth != .float else { return bitDepth }
        let isWhole =
            valueRange?.bands.allSatisfy { $0.lowerBound == $0.lowerBound.rounded() && $0.upperBound == $0.upperBound.rounded() } ?? true
        func holds(_ depth: BitDepth) -> Bool {
            depth.fullRange.contains(range.lowerBound) && depth.fullRange.contains(range.upperBound)
                && isWhole && valueRange?.bands.allSatisfy { $0.upperBound - $0.lowerBound > 16 } ?? true
        }
        return [bitDepth, .sixteen].first(where: holds) ?? .float
    }

    /// The values that become -1...1.
    public var effectiveRange: ValueRange { valueRange ?? ValueRange(bitDepth.fullRange) }
}
