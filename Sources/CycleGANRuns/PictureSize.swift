import Imaging

/// The size of a picture in JSON: an object with `width` and `height` in pixels.
public struct PictureSize: Encodable, Equatable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int

    /// The size of an image.
    public init(_ size: ImageSize) {
        (width, height) = (size.width, size.height)
    }
}

/// The sizes of several pictures, from the smallest to the largest by area.
public struct PictureSizes: Equatable, Sendable {
    /// The smallest and the largest.
    public private(set) var smallest, largest: ImageSize

    /// The size of one picture.
    public init(_ size: ImageSize) {
        (smallest, largest) = (size, size)
    }

    /// The sizes of some pictures; `nil` for none.
    public init?(_ sizes: some Sequence<ImageSize>) {
        var iterator = sizes.makeIterator()
        guard let first = iterator.next() else { return nil }
        self.init(first)
        while let size = iterator.next() { add(size) }
    }

    /// Takes in the size of another picture.
    public mutating func add(_ size: ImageSize) {
        if Self.key(size) < Self.key(smallest) { smallest = size }
        if Self.key(size) > Self.key(largest) { largest = size }
    }

    // Of equal areas the wider one comes last.
    private static func key(_ size: ImageSize) -> (Int, Int) { (size.height * size.width, size.width) }

    /// `192x128 (width x height)`, or `192x128 to 640x480 (width x height)`.
    public var words: String {
        smallest == largest ? smallest.namedDimensions : "\(smallest.dimensions) to \(largest.namedDimensions)"
    }
}

extension PictureSizes: Encodable {
    private enum CodingKeys: CodingKey { case smallest, largest }

    /// Encodes `{"smallest": {"width": 192, "height": 128}, "largest": ...}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(PictureSize(smallest), forKey: .smallest)
        try container.encode(PictureSize(largest), forKey: .largest)
    }
}
