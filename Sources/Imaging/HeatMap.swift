import Foundation

/// Colours for values, from black over violet, red and yellow to white, whose brightness rises evenly: 0.30 R + 0.59 G + 0.11 B is the value.
///
/// The colours go once through a part of the circle around the greys. Green, "A colour scheme for the display of astronomical intensity images",
/// Bulletin of the Astronomical Society of India 39, 2011, begun at blue, with 0.6 of a turn and a saturation of 1.4.
package enum HeatMap {
    /// A picture of values, 8-bit RGB.
    ///
    /// - Parameters:
    ///   - values: Row by row, 0 or above.
    ///   - white: The value from which on the picture is white.
    package static func image(_ values: [Float], size: ImageSize, white: Double) -> PixelImage {
        precondition(values.count == size.width * size.height, "\(values.count) values are no picture of \(size.namedDimensions)")
        let colours = (0...255).map { colour(Double($0) / 255) }
        let bytes = values.flatMap { colours[Int((min(max(Double($0) / white, 0), 1) * 255).rounded())] }
        return PixelImage(width: size.width, height: size.height, bands: 3, bytes: bytes)
    }

    /// - Parameter value: In 0...1.
    private static func colour(_ value: Double) -> [UInt8] {
        let angle = 2 * Double.pi * 0.6 * value
        let amplitude = 1.4 * value * (1 - value) / 2
        let levels = [
            value + amplitude * (-0.14861 * cos(angle) + 1.78277 * sin(angle)),
            value + amplitude * (-0.29227 * cos(angle) - 0.90649 * sin(angle)),
            value + amplitude * 1.97294 * cos(angle),
        ]
        return levels.map { UInt8(level: $0 * 255) }
    }
}
