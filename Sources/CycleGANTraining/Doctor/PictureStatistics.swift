/// What the detectors need of one picture.
struct PictureStatistics {
    /// Rows and columns of `thumbnail`.
    static let side = 64
    /// Steps of brightness in `distribution`.
    static let levels = 64

    /// The brightness, 0...1, in a square grid of means over equal parts of the picture, whatever its shape.
    let thumbnail: [Float]
    /// The share of the thumbnail that is at most as bright as each level.
    let distribution: [Double]
    /// `nil` for a picture too small for it.
    let grid: GridEnergy?

    /// - Parameters:
    ///   - values: The samples channel by channel, -1...1.
    ///   - sharedBands: Brightness is the mean over so many bands, those that both domains have.
    init(_ values: [Float], width: Int, height: Int, sharedBands: Int) {
        let brightness = Self.brightness(values, area: width * height, bands: sharedBands)
        thumbnail = Self.thumbnail(brightness, width: width, height: height)
        distribution = Self.distribution(thumbnail)
        grid = GridEnergy(brightness: brightness, width: width, height: height)
    }

    private static func brightness(_ values: [Float], area: Int, bands: Int) -> [Float] {
        let scale = 0.5 / Float(bands)
        return values.withUnsafeBufferPointer { values in
            [Float](unsafeUninitializedCapacity: area) { result, count in
                for pixel in 0..<area { result.initializeElement(at: pixel, to: values[pixel] * scale + 0.5) }
                for band in 1..<max(bands, 1) {
                    for pixel in 0..<area { result[pixel] += values[band * area + pixel] * scale }
                }
                count = area
            }
        }
    }

    private static func thumbnail(_ brightness: [Float], width: Int, height: Int) -> [Float] {
        // Parts of at least one pixel: small pictures repeat some.
        func part(_ index: Int, of length: Int) -> Range<Int> {
            let start = index * length / side
            return start..<max(start + 1, (index + 1) * length / side)
        }
        let columns = (0..<side).map { part($0, of: width) }
        return brightness.withUnsafeBufferPointer { brightness in
            (0..<side).flatMap { row in
                let lines = part(row, of: height)
                return columns.map { column in
                    var sum: Float = 0
                    for y in lines {
                        for x in column { sum += brightness[y * width + x] }
                    }
                    return sum / Float(lines.count * column.count)
                }
            }
        }
    }

    private static func distribution(_ brightness: [Float]) -> [Double] {
        var shares = [Double](repeating: 0, count: levels)
        for value in brightness { shares[min(levels - 1, max(0, Int(value * Float(levels))))] += 1 / Double(brightness.count) }
        for level in 1..<levels { shares[level] += shares[level - 1] }
        return shares
    }
}
