import Imaging

/// Linear interpolation of images to a fixed size without antialiasing, as networks were fed with when they were measured.
struct LinearResampling {
    /// Where the pixel centres lie.
    enum Grid {
        /// In the middle of pixels: PyTorch's `interpolate` with `align_corners=False`.
        case halfPixel
        /// At the pixels' corners: TensorFlow 1's `resize_bilinear`.
        case corner
    }

    /// The two source positions of every target position of one axis, and the weight of the second.
    private struct Axis {
        let first, second: [Int]
        let weight: [Float]

        init(from source: Int, to target: Int, grid: Grid) {
            let scale = Float(source) / Float(target)
            let positions = (0..<target).map { index -> Float in
                switch grid {
                case .halfPixel: max(0, (Float(index) + 0.5) * scale - 0.5)
                case .corner: Float(index) * scale
                }
            }
            first = positions.map { min(Int($0), source - 1) }
            second = first.map { min($0 + 1, source - 1) }
            weight = zip(positions, first).map { $0 - Float($1) }
        }
    }

    private let rows, columns: Axis
    private let width: Int

    /// - Parameter target: Height and width of the result.
    init(from source: ImageSize, to target: ImageSize, grid: Grid) {
        rows = Axis(from: source.height, to: target.height, grid: grid)
        columns = Axis(from: source.width, to: target.width, grid: grid)
        width = source.width
    }

    /// The planes [3, H, W] of an 8-bit RGB image, with values in 0...255.
    func planes(of image: PixelImage) -> [Float] {
        let area = rows.first.count * columns.first.count
        return [Float](unsafeUninitializedCapacity: 3 * area) { planes, count in
            image.bytes.withUnsafeBufferPointer { pixels in
                var target = 0
                for row in rows.first.indices {
                    let (top, bottom) = (rows.first[row] * width * 3, rows.second[row] * width * 3)
                    let vertical = rows.weight[row]
                    for column in columns.first.indices {
                        let (left, right) = (columns.first[column] * 3, columns.second[column] * 3)
                        let horizontal = columns.weight[column]
                        for band in 0..<3 {
                            let (a, b) = (Float(pixels[top + left + band]), Float(pixels[top + right + band]))
                            let (c, d) = (Float(pixels[bottom + left + band]), Float(pixels[bottom + right + band]))
                            let above = a + (b - a) * horizontal
                            let under = c + (d - c) * horizontal
                            planes[band * area + target] = above + (under - above) * vertical
                        }
                        target += 1
                    }
                }
            }
            count = 3 * area
        }
    }
}
