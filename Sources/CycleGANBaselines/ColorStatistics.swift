import Foundation
import Imaging

/// The mean and the standard deviation of each channel over all pixels of any number of images.
///
/// Colours are counted in lαβ of the logarithms of cone responses, where their channels hardly depend on each other; images of other than three
/// channels as shares of white, each channel for itself.
public struct ColorStatistics: Sendable, Equatable {
    /// Pixels.
    public private(set) var count = 0
    /// Of each channel.
    public private(set) var means: [Double] = []
    private var squares: [Double] = []

    /// Of no image yet.
    public init() {}

    /// Of one image of a domain.
    public init(of image: PixelImage, in domain: DomainConfiguration) {
        self.init(of: Self.values(of: image, in: domain), bands: image.bands)
    }

    /// Of interleaved values.
    init(of values: [Double], bands: Int) {
        count = values.count / bands
        means = [Double](repeating: 0, count: bands)
        squares = means
        // Two passes: a sum of squares loses what the difference needs.
        for index in values.indices { means[index % bands] += values[index] }
        for band in 0..<bands { means[band] /= Double(count) }
        for index in values.indices {
            let distance = values[index] - means[index % bands]
            squares[index % bands] += distance * distance
        }
    }

    /// Of each channel, over the pixels themselves: the squares are divided by their number.
    public var deviations: [Double] { squares.map { ($0 / Double(count)).squareRoot() } }

    /// Counts the pixels of other images, too (Chan, Golub and LeVeque 1979).
    public mutating func add(_ other: ColorStatistics) {
        guard count > 0, other.count > 0 else {
            if count == 0 { self = other }
            return
        }
        precondition(means.count == other.means.count, "statistics of \(means.count) and \(other.means.count) channels have no sum")
        let (own, added) = (Double(count), Double(other.count))
        for band in means.indices {
            let distance = other.means[band] - means[band]
            means[band] += distance * added / (own + added)
            squares[band] += other.squares[band] + distance * distance * own * added / (own + added)
        }
        count += other.count
    }

    /// The values that are counted: lαβ of three channels, else shares of white.
    static func values(of image: PixelImage, in domain: DomainConfiguration) -> [Double] {
        let range = SampleUnit(image, domain).range
        let extent = range.upperBound - range.lowerBound
        // What is no number is black, as everywhere.
        var values = image.sampleLevels.map { $0.isNaN ? 0 : (Double($0) - range.lowerBound) / extent }
        if image.bands == 3 { ConeSpace.convert(&values, ConeSpace.opponents) }
        return values
    }
}

/// The colour space of Ruderman et al. 1998 as Reinhard et al. 2001 use it: logarithms of cone responses, turned so that a channel is lightness,
/// one yellow against blue and one red against green.
enum ConeSpace {
    typealias Color = SIMD3<Double>

    // The least response that has a logarithm here, a quarter of a level of 8 bits: black would be infinitely far away.
    static let least = 1.0 / 1024

    private static let cones = Matrix([0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444])
    private static let axes = Matrix(
        Color(1, 1, 1) / 3.0.squareRoot(), Color(1, 1, -2) / 6.0.squareRoot(), Color(1, -1, 0) / 2.0.squareRoot())
    // The inverses, not the rounded numbers of the paper: equal statistics leave an image as it is.
    private static let colors = cones.inverse
    private static let logarithms = axes.inverse

    /// RGB, shares of white, in lαβ.
    static func opponents(_ rgb: Color) -> Color {
        let response = cones * rgb
        return axes * Color(log10(max(response.x, least)), log10(max(response.y, least)), log10(max(response.z, least)))
    }

    /// The other way.
    static func rgb(_ opponents: Color) -> Color {
        let logarithm = logarithms * opponents
        return colors * Color(pow(10, logarithm.x), pow(10, logarithm.y), pow(10, logarithm.z))
    }

    /// Changes interleaved triples.
    static func convert(_ values: inout [Double], _ change: (Color) -> Color) {
        for start in stride(from: 0, to: values.count, by: 3) {
            let result = change(Color(values[start], values[start + 1], values[start + 2]))
            (values[start], values[start + 1], values[start + 2]) = (result.x, result.y, result.z)
        }
    }

    private struct Matrix {
        let rows: [Color]

        init(_ first: Color, _ second: Color, _ third: Color) { rows = [first, second, third] }

        static func * (matrix: Matrix, vector: Color) -> Color {
            Color((matrix.rows[0] * vector).sum(), (matrix.rows[1] * vector).sum(), (matrix.rows[2] * vector).sum())
        }

        /// By cross products, which are the columns of the inverse but for the determinant.
        var inverse: Matrix {
            func cross(_ a: Color, _ b: Color) -> Color {
                Color(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
            }
            let columns = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])]
            let determinant = (rows[0] * columns[0]).sum()
            func row(_ index: Int) -> Color { Color(columns[0][index], columns[1][index], columns[2][index]) / determinant }
            return Matrix(row(0), row(1), row(2))
        }
    }
}
