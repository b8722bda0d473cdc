import Foundation

extension PixelImage {
    /// The image turned and enlarged about its centre, at the same size.
    ///
    /// Output pixel p takes the value at c + R(p - c) / zoom, where c is the centre and R the rotation back: interpolated linearly, and beyond
    /// the edges mirrored without repeating the outermost pixels, as by scipy's `ndimage.affine_transform(order=1, mode="mirror")`.
    ///
    /// - Parameters:
    ///   - degrees: Counter-clockwise.
    ///   - zoom: Above 1 enlarges, below 1 reduces without smoothing.
    package func rotated(degrees: Double, zoom: Double) -> PixelImage {
        precondition(degrees.isFinite && zoom > 0, "a rotation of \(degrees) degrees with a zoom of \(zoom) is not possible")
        return switch format {
        case .uint8: rotated(UInt8.self, degrees: degrees, zoom: zoom)
        case .uint16: rotated(UInt16.self, degrees: degrees, zoom: zoom)
        case .float32: rotated(Float.self, degrees: degrees, zoom: zoom)
        }
    }

    private func rotated<Sample: PixelSample>(_ type: Sample.Type, degrees: Double, zoom: Double) -> PixelImage {
        let radians = degrees * .pi / 180
        let (cosine, sine) = (cos(radians) / zoom, sin(radians) / zoom)
        let (centerX, centerY) = (Double(width - 1) / 2, Double(height - 1) / 2)
        return withSamples(of: type) { source in
            PixelImage(of: type, width: width, height: height, bands: bands, hasAlpha: hasAlpha, storedAs: storedAs) { target in
                for y in 0..<height {
                    for x in 0..<width {
                        let (fromX, fromY) = (Double(x) - centerX, Double(y) - centerY)
                        let column = MirroredPosition(centerX + cosine * fromX - sine * fromY, count: width)
                        let row = MirroredPosition(centerY + sine * fromX + cosine * fromY, count: height)
                        let upperLeft = (row.index * width + column.index) * bands
                        let upperRight = (row.index * width + column.next) * bands
                        let lowerLeft = (row.next * width + column.index) * bands
                        let lowerRight = (row.next * width + column.next) * bands
                        for band in 0..<bands {
                            let upper = column.mix(source[upperLeft + band].level, source[upperRight + band].level)
                            let lower = column.mix(source[lowerLeft + band].level, source[lowerRight + band].level)
                            target.initializeElement(at: (y * width + x) * bands + band, to: Sample(level: row.mix(upper, lower)))
                        }
                    }
                }
            }
        }
    }
}

/// Two neighbouring pixels of an axis and the weight of the second one.
private struct MirroredPosition {
    let index: Int
    let next: Int
    private let weight: Double

    /// - Parameter position: In pixels from the centre of the first one; outside `0...count - 1` it is mirrored back.
    init(_ position: Double, count: Int) {
        let last = Double(count - 1)
        var inside = position
        if position < 0 || position > last {
            // A whole period goes to the last pixel and back.
            let remainder = abs(position).truncatingRemainder(dividingBy: max(1, 2 * last))
            inside = last == 0 ? 0 : min(remainder, 2 * last - remainder)
        }
        index = Int(inside)
        next = min(index + 1, count - 1)
        weight = inside - Double(index)
    }

    func mix(_ first: Double, _ second: Double) -> Double {
        first + (second - first) * weight
    }
}
