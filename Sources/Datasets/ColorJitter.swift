import Imaging
import Support

/// Random changes of brightness, contrast, saturation and hue, made in random order: torchvision's `ColorJitter`.
///
/// Its text, in the configuration and on the command line, are the four numbers in this order. 0 leaves a property alone.
public struct ColorJitter: Sendable, Equatable, Codable, CustomStringConvertible {
    /// The factor of the brightness is drawn from max(0, 1 - brightness)...1 + brightness; in 0...10.
    public let brightness: Double
    /// The factor of the contrast is drawn likewise; in 0...10.
    public let contrast: Double
    /// The factor of the saturation is drawn likewise; in 0...10. Only for images of 1 or 3 channels, and without effect on 1.
    public let saturation: Double
    /// The hue turns by a share of the colour circle drawn from -hue...hue; in 0...0.5. Channels as for `saturation`.
    public let hue: Double

    /// What may be given, in words.
    public static let allowedValues =
        "four numbers brightness, contrast, saturation (each 0 to 10) and hue (0 to 0.5), such as 0.2,0.2,0.2,0.05; 0 leaves one alone"

    /// - Throws: `DatasetError.invalidAugmentation` for values outside the ranges.
    public init(brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0) throws(DatasetError) {
        try self.init([brightness, contrast, saturation, hue])
    }

    /// Takes brightness, contrast, saturation and hue.
    ///
    /// - Throws: `DatasetError.invalidAugmentation` for values outside the ranges and for more or fewer of them.
    public init(_ values: [Double]) throws(DatasetError) {
        guard values.count == 4, values.dropLast().allSatisfy((0...10).contains), (0...0.5).contains(values[3]) else {
            throw Self.invalid(values.map { "\($0)" }.joined(separator: ","))
        }
        (brightness, contrast, saturation, hue) = (values[0], values[1], values[2], values[3])
    }

    /// Reads four numbers with commas between them.
    ///
    /// - Throws: `DatasetError.invalidAugmentation` with the text.
    public init(_ text: String) throws(DatasetError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { Double($0) }
        guard values.count == parts.count else { throw Self.invalid(text) }
        try self.init(values)
    }

    /// Decodes a list of the four numbers.
    ///
    /// - Throws: `DecodingError` that says what is allowed.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.singleValueContainer().decode([Double].self)
        do throws(DatasetError) {
            try self.init(values)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }

    /// Encodes a list of the four numbers.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    /// The four numbers with commas between them.
    public var description: String { values.map { "\($0)" }.joined(separator: ",") }

    private var values: [Double] { [brightness, contrast, saturation, hue] }

    private static func invalid(_ value: String) -> DatasetError {
        .invalidAugmentation(key: "colorJitter", value: value, allowed: allowedValues)
    }

    /// Draws the changes of one image: an order of all four, then the factors of those that are not left alone.
    func adjustments(using generator: inout SplitMix64) -> [ColorAdjustment] {
        let order = generator.permutation(4)
        func factor(_ strength: Double) -> Double? {
            strength > 0 ? generator.uniform(in: max(0, 1 - strength)...1 + strength) : nil
        }
        let drawn: [ColorAdjustment?] = [
            factor(brightness).map(ColorAdjustment.brightness), factor(contrast).map(ColorAdjustment.contrast),
            factor(saturation).map(ColorAdjustment.saturation),
            hue > 0 ? .hue(generator.uniform(in: -hue...hue)) : nil,
        ]
        return order.compactMap { drawn[$0] }
    }
}
