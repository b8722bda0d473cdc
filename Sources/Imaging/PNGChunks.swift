import Foundation

/// What PNG files say of themselves: their pixels' size, and texts (chunks tEXt, zTXt and iTXt), which nothing here reads.
enum PNGChunks {
    /// As many bytes of them as any camera or editor writes. They may be compressed, and then become a thousand times as many.
    static let mostTextBytes = 1 << 16

    /// Bits of a pixel in the file, from the header chunk, which is the first: depth times samples. Colour types:
    /// https://www.w3.org/TR/png/#6Colour-values.
    static func bitsPerPixel(of file: UnsafeRawBufferPointer) -> Int {
        guard file.count > 25 else { return 1 }
        let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4]
        return Int(file[24]) * (samples[Int(file[25])] ?? 1)
    }

    /// A file without its texts, where there are more of them than that.
    ///
    /// Chunks: a length, a type, so many bytes, and a check value (https://www.w3.org/TR/png/#5Chunk-layout). What is no chunk is left to
    /// the decoder.
    static func removingManyTexts(from file: Data) -> Data {
        let kinds = ["tEXt", "zTXt", "iTXt"].map { Array($0.utf8) }
        var kept: [Range<Int>] = []
        var (start, textBytes) = (8, 0)
        file.withUnsafeBytes { bytes in
            while start + 12 <= bytes.count {
                let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
                guard length <= bytes.count - start - 12 else { break }
                let end = start + 12 + length
                if kinds.contains(where: { bytes[start + 4..<start + 8].elementsEqual($0) }) {
                    textBytes += length
                } else {
                    kept.append(start..<end)
                }
                start = end
            }
        }
        guard textBytes > mostTextBytes else { return file }
        return (kept + [start..<file.count]).reduce(into: Data(file.prefix(8))) { result, range in
            result += file[file.startIndex + range.lowerBound..<file.startIndex + range.upperBound]
        }
    }
}
