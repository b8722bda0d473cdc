/// The height and width of an image in pixels.
public struct ImageSize: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int

    /// A square size.
    public init(_ side: Int) {
        self.init(height: side, width: side)
    }

    /// A size of at least one pixel.
    public init(height: Int, width: Int) {
        precondition(height > 0 && width > 0, "an image size (\(height)x\(width)) must be positive")
        self.height = height
        self.width = width
    }

    /// Reads `256` (a square) or `256x512` (height, then width); `nil` for anything else and for sizes that are not positive.
    public init?(_ text: String) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, (1...2).contains(numbers.count), numbers.allSatisfy({ (1...Self.maximumSide).contains($0) })
        else { return nil }
        self.init(height: numbers[0], width: numbers[numbers.count - 1])
    }

    /// The size of an image that is scaled to a width and keeps its shape, but for a least height.
    package func scaled(toWidth width: Int, leastHeight: Int) -> ImageSize {
        ImageSize(height: max(width * height / self.width, leastHeight), width: width)
    }

    /// The size of an image that is scaled up, where it is too small, so that a crop fits into it.
    package func enlarged(toHold crop: ImageSize) -> ImageSize {
        let factor = max(Double(crop.height) / Double(height), Double(crop.width) / Double(width))
        guard factor > 1 else { return self }
        return ImageSize(
            height: max(crop.height, Int((Double(height) * factor).rounded())),
            width: max(crop.width, Int((Double(width) * factor).rounded())))
    }

    /// For people to read, in the order in which pictures are measured: `512x256`, the width first.
    public var dimensions: String { "\(width)x\(height)" }

    /// The same with the order in words: `512x256 (width x height)`.
    public var namedDimensions: String { "\(dimensions) (width x height)" }

    /// The text that `init(_:)` reads, as settings and flags have it: the height first.
    public var description: String {
        height == width ? "\(height)" : "\(height)x\(width)"
    }

    /// Decodes the text form or, for squares, a plain number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
        guard let size = ImageSize(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is not an image size; write 256 for a square or 256x512 for height x width")
        }
        self = size
    }

    /// Encodes a number for a square, otherwise the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if height == width {
            try container.encode(height)
        } else {
            try container.encode(description)
        }
    }

    // libvips refuses larger sides.
    private static let maximumSide = 10_000_000
}
