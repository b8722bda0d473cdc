import CycleGANModels
import Imaging

/// How far an image is from what comes back when its translation is translated back, |x - G_BA(G_AB(x))|: the less, the more of the image the
/// translation has kept. It tells where a model is out of its depth, and nothing of whether a translation looks real.
public struct CycleError: Sendable, Encodable {
    /// A rectangle of the image, in pixels from its upper left corner.
    public struct Region: Sendable, Equatable, Encodable {
        /// The left edge.
        public let x: Int
        /// The upper edge.
        public let y: Int
        /// Columns.
        public let width: Int
        /// Rows.
        public let height: Int
        /// The mean of the values in it.
        public let mean: Double
    }

    /// For each pixel the mean of all channels, as a share of the way from black to white in 0...1, row by row.
    public let values: [Float]
    /// Height and width.
    public let size: ImageSize
    /// The mean of the values.
    public let mean: Double
    /// The greatest value.
    public let maximum: Double
    /// The rectangle of an eighth of each side, at least one pixel, whose mean is the greatest; the first from above and from the left.
    public let worstRegion: Region

    /// The value from which on heat maps are white.
    public static let white = 0.25

    /// - Parameter values: For each pixel, row by row; at least one.
    init(_ values: [Float], size: ImageSize) {
        precondition(values.count == size.width * size.height, "\(values.count) values are no picture of \(size.namedDimensions)")
        self.values = values
        self.size = size
        maximum = Double(values.max() ?? 0)
        let sums = Self.integral(values, size)
        mean = sums[sums.count - 1] / Double(values.count)
        let (width, height, stride) = (max(1, size.width / 8), max(1, size.height / 8), size.width + 1)
        var worst = (sum: -1.0, x: 0, y: 0)
        for y in 0...size.height - height {
            for x in 0...size.width - width {
                let (top, bottom) = (y * stride + x, (y + height) * stride + x)
                let sum = sums[bottom + width] - sums[bottom] - sums[top + width] + sums[top]
                // Rounding of large sums makes no region worse.
                if sum > worst.sum + 1e-9 { worst = (sum, x, y) }
            }
        }
        worstRegion = Region(x: worst.x, y: worst.y, width: width, height: height, mean: worst.sum / Double(width * height))
    }

    /// At (x, y), in rows one longer than those of the image, the sum of all values above and to the left.
    private static func integral(_ values: [Float], _ size: ImageSize) -> [Double] {
        let stride = size.width + 1
        var sums = [Double](repeating: 0, count: stride * (size.height + 1))
        for y in 0..<size.height {
            var row = 0.0
            for x in 0..<size.width {
                row += Double(values[y * size.width + x])
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row
            }
        }
        return sums
    }

    /// The values as colours, 8-bit RGB: black is 0, white is 0.25 and more; brightness rises evenly.
    public var heatMap: PixelImage { HeatMap.image(values, size: size, white: Self.white) }

    private enum CodingKeys: String, CodingKey { case width, height, mean, maximum, worstRegion, heatMapWhite }

    /// Encodes the numbers, without the values.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(size.width, forKey: .width)
        try container.encode(size.height, forKey: .height)
        try container.encode(mean, forKey: .mean)
        try container.encode(maximum, forKey: .maximum)
        try container.encode(worstRegion, forKey: .worstRegion)
        try container.encode(Self.white, forKey: .heatMapWhite)
    }
}
