import Foundation

/// RLE lossless: one segment of PackBits for each byte of a pixel, the highest byte of a sample first (PS3.5, annex G).
enum RunLengths {
    struct Problem: Error {
        let reason: String
    }

    /// Unpacks a frame to samples that lie pixel by pixel, the lowest byte first.
    ///
    /// - Parameters:
    ///   - pixels: Pixels of the frame.
    ///   - bands: Samples of a pixel.
    ///   - width: Bytes of a sample.
    static func unpacked(_ data: Data, pixels: Int, bands: Int, width: Int) throws(Problem) -> [UInt8] {
        let packed = [UInt8](data)
        guard packed.count >= 64 else { throw Problem(reason: "a frame's run lengths have no header") }
        func number(_ index: Int) -> Int { (0..<4).reversed().reduce(0) { $0 << 8 | Int(packed[4 * index + $1]) } }
        let count = number(0)
        guard count == bands * width, count <= 15 else {
            throw Problem(reason: "a frame has \(count) segments of run lengths, not \(bands * width)")
        }
        let starts = (1...count).map(number) + [packed.count]
        guard starts[0] >= 64, zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw Problem(reason: "the segments of a frame's run lengths are out of order")
        }
        // Two bytes make at most 128.
        guard pixels / 64 <= packed.count else {
            throw Problem(reason: "\(packed.count) bytes of run lengths are too few for \(pixels) pixels")
        }
        var result = [UInt8](repeating: 0, count: pixels * count)
        for segment in 0..<count {
            let first = segment / width * width + (width - 1 - segment % width)
            let made = unpack(packed[starts[segment]..<starts[segment + 1]], into: &result, from: first, step: count)
            guard made == pixels else { throw Problem(reason: "a segment of run lengths has \(made) bytes for \(pixels) pixels") }
        }
        return result
    }

    /// Returns how many bytes were there, at most those that there is room for.
    private static func unpack(_ packed: ArraySlice<UInt8>, into result: inout [UInt8], from first: Int, step: Int) -> Int {
        let most = result.count / step
        var (made, position) = (0, packed.startIndex)
        while made < most, position < packed.endIndex {
            let control = Int(Int8(bitPattern: packed[position]))
            position += 1
            // -128 stands for nothing.
            if control >= 0 {
                for _ in 0..<min(control + 1, packed.endIndex - position, most - made) {
                    result[first + made * step] = packed[position]
                    (made, position) = (made + 1, position + 1)
                }
            } else if control > -128, position < packed.endIndex {
                let value = packed[position]
                position += 1
                for _ in 0..<min(1 - control, most - made) {
                    result[first + made * step] = value
                    made += 1
                }
            }
        }
        return made
    }
}
