/// Pixels of a BMP file as run lengths: pairs of a count and the byte it repeats, and escapes, whose first byte is 0.
///
/// The format: Microsoft's "Bitmap Compression" (https://learn.microsoft.com/windows/win32/gdi/bitmap-compression).
struct BitmapRuns {
    private let bytes: UnsafeRawBufferPointer
    private let width: Int
    private let height: Int
    /// Whether a byte is two pixels, the upper half first.
    private let isHalves: Bool
    private var position: Int
    private var x = 0
    private var row = 0
    private var pixels: [UInt8]

    init(bytes: UnsafeRawBufferPointer, header: BitmapHeader) {
        self.bytes = bytes
        (width, height) = (header.width, header.height)
        isHalves = header.packing == .runs4
        position = header.pixelStart
        pixels = [UInt8](repeating: 0, count: width * height)
    }

    /// Indices into the palette, rows in the file's order; 0 where the file skips pixels.
    consuming func indices() throws(BitmapFile.Problem) -> [UInt8] {
        // A file that fills the picture need not say that it ends.
        while row * width + x < pixels.count {
            let pair = try take(2)
            switch (Int(bytes[pair]), Int(bytes[pair + 1])) {
            case (0, 0): (x, row) = (0, row + 1)
            case (0, 1): return pixels
            case (0, 2): try skip()
            case (0, let count):
                let byteCount = isHalves ? (count + 1) / 2 : count
                try put(count, from: take(byteCount), isRun: false)
                position += byteCount % 2
            case (let count, _): try put(count, from: pair + 1, isRun: true)
            }
        }
        return pixels
    }

    /// Moves on by `count` bytes, and returns where they begin.
    private mutating func take(_ count: Int) throws(BitmapFile.Problem) -> Int {
        guard bytes.count - position >= count else { throw .init(reason: "its pixels are cut off in row \(row) of \(height)") }
        defer { position += count }
        return position
    }

    private mutating func skip() throws(BitmapFile.Problem) {
        let distance = try take(2)
        let (columns, rows) = (Int(bytes[distance]), Int(bytes[distance + 1]))
        guard columns <= width - x, rows <= height - row else {
            throw .init(reason: "it skips \(columns) columns and \(rows) rows at (\(x), \(row)), out of \(width)x\(height) pixels")
        }
        (x, row) = (x + columns, row + rows)
    }

    /// Sets pixels from one byte, or from one after the other.
    private mutating func put(_ count: Int, from source: Int, isRun: Bool) throws(BitmapFile.Problem) {
        guard count <= width - x else { throw .init(reason: "it has \(count) pixels at (\(x), \(row)), in rows of \(width)") }
        let start = row * width + x
        for index in 0..<count {
            let byte = bytes[isRun ? source : source + (isHalves ? index / 2 : index)]
            pixels[start + index] = isHalves ? (index % 2 == 0 ? byte >> 4 : byte & 15) : byte
        }
        x += count
    }
}
