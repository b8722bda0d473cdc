import Foundation

/// What one directory of a TIFF file says of its image (https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, section 2): what
/// decoders do not tell.
struct TIFFDirectory: Equatable {
    /// Its place in the chain of directories.
    let index: Int
    /// Up to eight values of each tag that is looked at.
    private let values: [Tag: [Int]]

    private enum Tag: Int {
        case subfileType = 254
        case width = 256
        case height = 257
        case bits = 258
        case compression = 259
        case samples = 277
        case extraSamples = 338
        case sampleFormat = 339
    }

    /// Compressions that libtiff reads wherever it is built.
    private static let compressions: Set = [1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000, 50001]
    /// Names of some others.
    private static let otherCompressions = [
        6: "old-style JPEG", 33003: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000", 34887: "LERC", 50002: "JPEG XL", 34933: "PNG",
    ]

    /// Whether it is an image of its own: no smaller copy of another one, and no mask.
    var isPage: Bool { index == 0 || first(.subfileType, 0) & 0b101 == 0 }

    var width: Int { first(.width, 0) }
    var height: Int { first(.height, 0) }
    var samples: Int { first(.samples, 1) }
    var bits: Int { first(.bits, 1) }

    /// Whether the last band is declared as opacity: `ExtraSamples` names each band beyond the colours, 1 and 2 are opacity.
    ///
    /// Some writers, libvips among them, call all bands of an image of many so, which no image has.
    var hasAlpha: Bool {
        let isOpacity = (values[.extraSamples] ?? []).map((1...2).contains)
        return isOpacity.last == true && isOpacity.count(where: { $0 }) == 1 && samples > 1
    }

    /// The type of the samples, where it is one.
    var sampleType: SampleType? {
        switch (first(.sampleFormat, 1), bits) {
        case (1, 1...8), (4, 1...8): .uint8
        case (1, 9...16), (4, 9...16): .uint16
        case (1, 32): .uint32
        case (1, 64): .uint64
        case (2, 8): .int8
        case (2, 16): .int16
        case (2, 32): .int32
        case (2, 64): .int64
        case (3, 16): .float16
        case (3, 32): .float32
        case (3, 64): .float64
        default: nil
        }
    }

    /// Whether its samples are of a type that libvips leaves out, and libtiff decodes.
    var needsLibtiff: Bool {
        guard let type = sampleType else { return false }
        return [.float16, .float64, .int64, .uint64].contains(type) || (9...15).contains(bits)
    }

    /// Why it is not read, where nothing is wrong with it.
    var unsupportedFeature: String? {
        let compression = first(.compression, 1)
        if !Self.compressions.contains(compression) {
            return "the compression \(Self.otherCompressions[compression].map { "\($0) (\(compression))" } ?? "\(compression)")"
        }
        if sampleType == nil { return [5, 6].contains(first(.sampleFormat, 1)) ? "complex samples" : "samples of \(bits) bits" }
        return nil
    }

    private func first(_ tag: Tag, _ missing: Int) -> Int { values[tag]?.first ?? missing }

    /// The directories of a file, as far as they can be read: those up to the first that is damaged, or that was there before.
    static func all(in file: Data) -> [TIFFDirectory] { file.withUnsafeBytes { Reader(bytes: $0)?.directories() ?? [] } }

    /// Reads classic TIFF and BigTIFF, of either byte order.
    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        let isLittle: Bool
        let isBig: Bool

        /// More pages no one has; each may cost a read.
        private static let mostDirectories = 1 << 16
        private static let mostEntries = 1 << 12

        init?(bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= 16 else { return nil }
            (self.bytes, isLittle) = (bytes, bytes[0] == UInt8(ascii: "I"))
            isBig = bytes[isLittle ? 2 : 3] == 43
        }

        func directories() -> [TIFFDirectory] {
            var found: [TIFFDirectory] = []
            var seen: Set<Int> = []
            var next = isBig ? integer(8, 8) : integer(4, 4)
            while let offset = next, offset > 0, seen.insert(offset).inserted, found.count < Self.mostDirectories {
                guard let count = integer(offset, isBig ? 8 : 2), count <= Self.mostEntries else { break }
                let (start, size) = (offset + (isBig ? 8 : 2), isBig ? 20 : 12)
                var values: [Tag: [Int]] = [:]
                for entry in 0..<count {
                    let at = start + entry * size
                    guard let tag = integer(at, 2).flatMap(Tag.init) else { continue }
                    values[tag] = self.values(ofEntry: at)
                }
                found.append(TIFFDirectory(index: found.count, values: values))
                next = integer(start + count * size, isBig ? 8 : 4)
            }
            return found
        }

        private func values(ofEntry entry: Int) -> [Int]? {
            let sizes = [1: 1, 3: 2, 4: 4, 16: 8]
            guard let size = integer(entry + 2, 2).flatMap({ sizes[$0] }), let count = integer(entry + 4, isBig ? 8 : 4), count > 0
            else { return nil }
            let field = entry + (isBig ? 12 : 8)
            let room = isBig ? 8 : 4
            guard count <= room / size else {
                guard let offset = integer(field, room) else { return nil }
                // The last tells whether a file of many bands has opacity.
                let wanted = Array(0..<min(count, 7)) + [count - 1]
                return wanted.compactMap { count < 1 << 24 ? integer(offset + $0 * size, size) : nil }
            }
            return (0..<count).compactMap { integer(field + $0 * size, size) }
        }

        /// The number at a place; `nil` beyond the end of the file, and for numbers that no place in a file has.
        private func integer(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset <= bytes.count - size else { return nil }
            var number: UInt64 = 0
            for index in 0..<size { number = number << 8 | UInt64(bytes[offset + (isLittle ? size - 1 - index : index)]) }
            return Int(exactly: number).flatMap { $0 < 1 << 48 ? $0 : nil }
        }
    }
}
