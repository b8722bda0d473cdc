import Imaging

/// How much more translated frames change from one to the next than their images do, along the images' own motion.
///
/// mean |o_t(x) - o_{t-1}(x + v)| - mean |i_t(x) - i_{t-1}(x + v)|, in 0...1, where v is the motion of the block of 16x16 pixels that x lies in: the
/// shift by up to 8 pixels at which the images differ least. Frames are looked at with at most 256 pixels at the longer side.
public struct FlickerScore: Sendable {
    private static let (side, block, reach) = (256, 16, 8)

    /// Pairs of frames so far.
    public private(set) var pairs = 0
    private var inputSum = 0.0
    private var outputSum = 0.0
    private var last: (input: Frame, output: Frame)?

    /// Nothing seen yet.
    public init() {}

    /// The mean change of the images along their motion, in 0...1.
    public var inputChange: Double { pairs > 0 ? inputSum / Double(pairs) : 0 }
    /// The mean change of the translations along the images' motion, in 0...1.
    public var outputChange: Double { pairs > 0 ? outputSum / Double(pairs) : 0 }
    /// How much more the translations change.
    public var score: Double { outputChange - inputChange }

    /// Looks at the next frame; one of another size begins anew.
    ///
    /// - Parameters:
    ///   - input: 8 or 16 bits.
    ///   - output: Its translation.
    public mutating func add(_ input: PixelImage, _ output: PixelImage) {
        let scale = min(1, Double(Self.side) / Double(max(input.height, input.width)))
        func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * scale).rounded())) }
        let small = input.resized(to: ImageSize(height: scaled(input.height), width: scaled(input.width)))
        let next = (input: Frame(small), output: Frame(output.resized(to: small.size)))
        defer { last = next }
        guard let last, last.input.size == next.input.size, last.output.bands == next.output.bands else { return }
        pairs += 1
        let size = next.input.size
        var (inputs, outputs) = (0.0, 0.0)
        for y in stride(from: 0, to: size.height, by: Self.block) {
            for x in stride(from: 0, to: size.width, by: Self.block) {
                let area = Area(x..<min(x + Self.block, size.width), y..<min(y + Self.block, size.height))
                let motion = next.input.motion(from: last.input, in: area, reach: Self.reach)
                inputs += next.input.change(from: last.input, in: area, motion)
                outputs += next.output.change(from: last.output, in: area, motion)
            }
        }
        inputSum += inputs / Double(size.height * size.width)
        outputSum += outputs / Double(size.height * size.width)
    }

    private struct Area {
        let columns, rows: Range<Int>
        init(_ columns: Range<Int>, _ rows: Range<Int>) { (self.columns, self.rows) = (columns, rows) }
    }

    private struct Frame: Sendable {
        let size: ImageSize
        let bands: Int
        /// In 0...1, the bands of a pixel side by side.
        private let values: [Float]

        init(_ image: PixelImage) {
            (size, bands) = (image.size, image.bands)
            let white = Float(image.format == .uint8 ? 255 : image.format == .uint16 ? 65535 : 1)
            values = image.sampleLevels.map { $0 / white }
        }

        /// The shift at which an area differs least from the frame before; of equal ones the least.
        func motion(from last: Frame, in area: Area, reach: Int) -> (x: Int, y: Int) {
            var best = (x: 0, y: 0)
            var least = change(from: last, in: area, best)
            if least == 0 { return best }
            for y in -reach...reach where area.rows.lowerBound + y >= 0 && area.rows.upperBound + y <= size.height {
                for x in -reach...reach where area.columns.lowerBound + x >= 0 && area.columns.upperBound + x <= size.width {
                    let found = change(from: last, in: area, (x, y), upTo: least)
                    if found < least { (best, least) = ((x, y), found) }
                }
            }
            return best
        }

        /// The sum over the pixels of an area of the mean difference of their bands.
        ///
        /// - Parameter bound: From here on it does not matter how large it is.
        func change(from last: Frame, in area: Area, _ motion: (x: Int, y: Int), upTo bound: Double = .infinity) -> Double {
            values.withUnsafeBufferPointer { new in
                last.values.withUnsafeBufferPointer { old in
                    var sum = 0.0
                    for row in area.rows {
                        let start = (row * size.width + area.columns.lowerBound) * bands
                        let shift = (motion.y * size.width + motion.x) * bands
                        var line: Float = 0
                        for index in start..<start + area.columns.count * bands { line += abs(new[index] - old[index + shift]) }
                        sum += Double(line) / Double(bands)
                        if sum >= bound { break }
                    }
                    return sum
                }
            }
        }
    }
}
