import Foundation

/// Lossless JPEG: differences from neighbouring samples, packed by Huffman codes (ITU-T T.81, process 14 and annex H). Scanners write it
/// most often with the first predictor.
struct LosslessJPEG {
    struct Problem: Error {
        let reason: String
    }

    private let bytes: [UInt8]
    private var position = 2
    private var frame: (precision: Int, width: Int, height: Int, components: [UInt8])?
    private var tables: [Int: HuffmanTable] = [:]
    private var restartInterval = 0

    private init(_ data: Data) { bytes = [UInt8](data) }

    /// Unpacks samples that lie pixel by pixel, the lowest byte first.
    ///
    /// - Parameter sampleWidth: Bytes of a sample.
    static func unpacked(_ data: Data, width: Int, height: Int, bands: Int, sampleWidth: Int) throws(Problem) -> [UInt8] {
        var decoder = LosslessJPEG(data)
        let samples = try decoder.samples { frame throws(Problem) in
            guard frame.width == width, frame.height == height, frame.components.count == bands else {
                throw Problem(
                    reason: "a frame is lossless JPEG of \(frame.width)x\(frame.height) pixels with \(frame.components.count) samples, not "
                        + "\(width)x\(height) with \(bands)")
            }
        }
        return sampleWidth == 1
            ? samples.map { UInt8(truncatingIfNeeded: $0) }
            : samples.flatMap { sample in (0..<sampleWidth).map { $0 < 2 ? UInt8(truncatingIfNeeded: sample >> (8 * $0)) : 0 } }
    }

    private typealias Frame = (precision: Int, width: Int, height: Int, components: [UInt8])

    private mutating func samples(check: (Frame) throws(Problem) -> Void) throws(Problem) -> [UInt16] {
        guard bytes.starts(with: [0xFF, 0xD8]) else { throw Problem(reason: "a frame is no JPEG") }
        while position + 4 <= bytes.count {
            guard bytes[position] == 0xFF else { throw Problem(reason: "a marker of lossless JPEG is missing") }
            let marker = bytes[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            let length = word(position + 2)
            guard length >= 2, position + 2 + length <= bytes.count else { throw Problem(reason: "lossless JPEG is cut off") }
            let segment = Array(bytes[position + 4..<position + 2 + length])
            position += 2 + length
            switch marker {
            case 0xC3:
                let frame = try Self.frame(segment)
                try check(frame)
                self.frame = frame
            case 0xC0...0xC2, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                throw Problem(reason: "a frame is JPEG of another process than lossless (marker \(String(marker, radix: 16)))")
            case 0xC4: try readTables(segment)
            case 0xDD where segment.count >= 2: restartInterval = Int(segment[0]) << 8 | Int(segment[1])
            case 0xDA: return try scan(segment)
            default: break
            }
        }
        throw Problem(reason: "lossless JPEG ends without pixels")
    }

    private func word(_ offset: Int) -> Int { Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) }

    private static func frame(_ segment: [UInt8]) throws(Problem) -> Frame {
        guard segment.count >= 6, segment.count >= 6 + 3 * Int(segment[5]), (2...16).contains(segment[0]), (1...3).contains(segment[5])
        else {
            throw Problem(reason: "the header of lossless JPEG is damaged")
        }
        let places = (0..<Int(segment[5])).map { 6 + 3 * $0 }
        guard places.allSatisfy({ segment[$0 + 1] == 0x11 }) else { throw Problem(reason: "lossless JPEG with samples at several scales") }
        let (height, width) = (Int(segment[1]) << 8 | Int(segment[2]), Int(segment[3]) << 8 | Int(segment[4]))
        return (Int(segment[0]), width, height, places.map { segment[$0] })
    }

    private mutating func readTables(_ segment: [UInt8]) throws(Problem) {
        var rest = segment[...]
        while rest.count >= 17 {
            let number = Int(rest[rest.startIndex])
            let counts = rest.dropFirst().prefix(16).map(Int.init)
            let total = counts.reduce(0, +)
            rest = rest.dropFirst(17)
            guard total <= rest.count, let table = HuffmanTable(counts: counts, symbols: Array(rest.prefix(total))) else {
                throw Problem(reason: "a table of lossless JPEG is damaged")
            }
            tables[number] = table
            rest = rest.dropFirst(total)
        }
    }

    private func scan(_ header: [UInt8]) throws(Problem) -> [UInt16] {
        guard let frame else { throw Problem(reason: "lossless JPEG has pixels before its header") }
        let bands = frame.components.count
        guard let count = header.first, Int(count) == bands, header.count >= 4 + 2 * bands else {
            throw Problem(reason: "lossless JPEG in several scans is not supported")
        }
        var chosen: [HuffmanTable] = []
        for band in 0..<bands {
            guard header[1 + 2 * band] == frame.components[band], let table = tables[Int(header[2 + 2 * band] >> 4)] else {
                throw Problem(reason: "lossless JPEG names a table that it does not have")
            }
            chosen.append(table)
        }
        let (predictor, transform) = (Int(header[1 + 2 * bands]), Int(header[3 + 2 * bands] & 15))
        guard (1...7).contains(predictor), transform < frame.precision else {
            throw Problem(reason: "lossless JPEG with predictor \(predictor)")
        }
        let total = frame.width * frame.height * bands
        // A sample has a bit at least.
        guard total / 8 <= bytes.count - position else {
            throw Problem(reason: "\(bytes.count - position) bytes of lossless JPEG are too few for \(frame.width)x\(frame.height) pixels")
        }
        guard restartInterval == 0 || restartInterval.isMultiple(of: frame.width) else {
            throw Problem(reason: "lossless JPEG starts over within a row")
        }
        let rowsOfInterval = restartInterval == 0 ? frame.height : restartInterval / frame.width
        let first = 1 << (frame.precision - transform - 1)
        let rowLength = frame.width * bands
        var samples = [UInt16](repeating: 0, count: total)
        var bits = BitReader(bytes, from: position)
        for row in 0..<frame.height {
            let isFirst = row % rowsOfInterval == 0
            if isFirst, row > 0 { try bits.restart() }
            for x in 0..<frame.width {
                for band in 0..<bands {
                    let index = row * rowLength + x * bands + band
                    let prediction: Int
                    if x == 0 {
                        prediction = isFirst ? first : Int(samples[index - rowLength])
                    } else if isFirst {
                        prediction = Int(samples[index - bands])
                    } else {
                        prediction = Self.prediction(
                            predictor, Int(samples[index - bands]), Int(samples[index - rowLength]), Int(samples[index - rowLength - bands])
                        )
                    }
                    samples[index] = UInt16(truncatingIfNeeded: prediction + (try chosen[band].difference(&bits)))
                }
            }
        }
        return transform == 0 ? samples : samples.map { $0 << UInt16(transform) }
    }

    /// Of the neighbours left, above, and left of that.
    private static func prediction(_ predictor: Int, _ a: Int, _ b: Int, _ c: Int) -> Int {
        switch predictor {
        case 1: a
        case 2: b
        case 3: c
        case 4: a + b - c
        case 5: a + (b - c) >> 1
        case 6: b + (a - c) >> 1
        default: (a + b) >> 1
        }
    }
}

/// The bits of a scan, in which a byte of ones is followed by one of zeros.
private struct BitReader {
    private let bytes: [UInt8]
    private var position: Int
    private var buffer: UInt32 = 0
    private var count = 0

    init(_ bytes: [UInt8], from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    mutating func next() throws(LosslessJPEG.Problem) -> Int {
        if count == 0 {
            guard position < bytes.count else { throw LosslessJPEG.Problem(reason: "lossless JPEG ends before its last pixel") }
            let byte = bytes[position]
            if byte == 0xFF {
                guard position + 1 < bytes.count, bytes[position + 1] == 0 else {
                    throw LosslessJPEG.Problem(reason: "lossless JPEG ends before its last pixel")
                }
                position += 1
            }
            position += 1
            (buffer, count) = (UInt32(byte), 8)
        }
        count -= 1
        return Int(buffer >> UInt32(count) & 1)
    }

    /// Goes behind the marker that starts over.
    mutating func restart() throws(LosslessJPEG.Problem) {
        count = 0
        guard position + 1 < bytes.count, bytes[position] == 0xFF, (0xD0...0xD7).contains(bytes[position + 1]) else {
            throw LosslessJPEG.Problem(reason: "lossless JPEG lacks a marker to start over")
        }
        position += 2
    }
}

/// Codes of 1 to 16 bits for how many bits a difference has.
private struct HuffmanTable {
    /// Of each length: the first code, how many there are, and where their symbols begin.
    private let lengths: [(first: Int, count: Int, start: Int)]
    private let symbols: [UInt8]

    init?(counts: [Int], symbols: [UInt8]) {
        var lengths: [(first: Int, count: Int, start: Int)] = []
        var (code, start) = (0, 0)
        for (index, count) in counts.enumerated() {
            lengths.append((code, count, start))
            code += count
            guard code <= 1 << (index + 1) else { return nil }
            code <<= 1
            start += count
        }
        guard symbols.allSatisfy({ $0 <= 16 }) else { return nil }
        self.lengths = lengths
        self.symbols = symbols
    }

    func difference(_ bits: inout BitReader) throws(LosslessJPEG.Problem) -> Int {
        var code = 0
        for length in lengths {
            code = code << 1 | (try bits.next())
            guard code - length.first < length.count else { continue }
            let size = Int(symbols[length.start + code - length.first])
            // The largest difference stands alone.
            if size == 16 { return 1 << 15 }
            if size == 0 { return 0 }
            var value = 0
            for _ in 0..<size { value = value << 1 | (try bits.next()) }
            return value < 1 << (size - 1) ? value - (1 << size) + 1 : value
        }
        throw LosslessJPEG.Problem(reason: "lossless JPEG has a code that its table does not know")
    }
}
