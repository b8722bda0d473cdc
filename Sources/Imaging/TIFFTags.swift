import Foundation

/// Tags of TIFF files that libvips drops: GeoTIFF's and GDAL's.
///
/// The format: TIFF 6.0, section 2, and https://www.awaresystems.be/imaging/tiff/bigtiff.html; the tags: OGC GeoTIFF 1.1, 7.1, and
/// https://gdal.org/drivers/raster/gtiff.html. Of a file that is damaged, what can be read counts.
enum TIFFTags {
    /// One tag of a directory.
    struct Entry: Equatable {
        let tag, type, count: Int
        /// The values in the order of bytes of a little-endian machine.
        let values: [UInt8]
    }

    /// ModelPixelScale, ModelTiepoint, ModelTransformation, GeoKeyDirectory, GeoDoubleParams, GeoAsciiParams, GDAL_METADATA, GDAL_NODATA.
    static let geographic: Set = [33550, 33922, 34264, 34735, 34736, 34737, 42112, 42113]
    /// Of more pages none are looked at.
    private static let mostPages = 4096
    /// Values of more bytes are no place on Earth.
    private static let mostBytes = 1 << 24

    /// The tags of the place on Earth, by page; empty where no page has any.
    static func geography(of file: Data) -> [[Entry]] {
        guard let reader = Reader(file) else { return [] }
        let pages = reader.directories.map { directory in
            reader.slots(of: directory).filter { geographic.contains($0.tag) }.compactMap(reader.entry)
        }
        return pages.contains { !$0.isEmpty } ? pages : []
    }
}

extension TIFFTags {
    /// A tag as it lies in a directory.
    struct Slot {
        let tag, type, count: Int
        /// Where it lies.
        let offset: Int
    }

    /// Reads a file; every place is checked against its length.
    struct Reader {
        private let file: Data
        private let isLittleEndian: Bool
        /// Whether offsets have 64 bits.
        let isBig: Bool

        var count: Int { file.count }

        /// `nil` for what is no TIFF file.
        init?(_ data: Data) {
            file = data.startIndex == 0 ? data : Data(data)
            guard file.count >= 8, file[0] == file[1], file[0] == UInt8(ascii: "I") || file[0] == UInt8(ascii: "M") else { return nil }
            isLittleEndian = file[0] == UInt8(ascii: "I")
            let version = isLittleEndian ? file[2] : file[3]
            guard version == 42 || version == 43 else { return nil }
            isBig = version == 43
        }

        func integer(at offset: Int, size: Int) -> Int? {
            guard offset >= 0, offset <= file.count - size else { return nil }
            let bytes = file[offset..<offset + size]
            return Int(exactly: (isLittleEndian ? Array(bytes.reversed()) : Array(bytes)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }

        func encoded(_ value: Int, _ size: Int) -> [UInt8] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittleEndian ? bytes : bytes.reversed()
        }

        /// Where the directories of the pages begin, up to one that cannot be.
        var directories: [Int] {
            var found: [Int] = []
            var next = integer(at: isBig ? 8 : 4, size: isBig ? 8 : 4) ?? 0
            while next > 0, next < file.count, !found.contains(next), found.count < mostPages {
                found.append(next)
                next = integer(at: nextPointer(of: next, count: slots(of: next).count), size: isBig ? 8 : 4) ?? 0
            }
            return found
        }

        func slots(of directory: Int) -> [Slot] {
            let (counter, length) = isBig ? (8, 20) : (2, 12)
            let count = integer(at: directory, size: counter) ?? 0
            guard count <= (file.count - directory) / length else { return [] }
            return (0..<count).compactMap { index in
                let offset = directory + counter + index * length
                guard let tag = integer(at: offset, size: 2), let type = integer(at: offset + 2, size: 2),
                    let count = integer(at: offset + 4, size: isBig ? 8 : 4)
                else { return nil }
                return Slot(tag: tag, type: type, count: count, offset: offset)
            }
        }

        /// Where a directory says where the next one is.
        func nextPointer(of directory: Int, count: Int) -> Int {
            directory + (isBig ? 8 + 20 * count : 2 + 12 * count)
        }

        /// A tag as it is.
        func bytes(_ slot: Slot) -> [UInt8] { Array(file[slot.offset..<min(slot.offset + (isBig ? 20 : 12), file.count)]) }

        /// A tag with its values; `nil` where these are not in the file, or of a type that files with offsets of 32 bits do not have.
        func entry(_ slot: Slot) -> Entry? {
            guard let size = Self.size(ofType: slot.type), slot.count > 0, slot.count <= mostBytes / size else { return nil }
            let length = slot.count * size
            let field = slot.offset + (isBig ? 12 : 8)
            let start = length <= (isBig ? 8 : 4) ? field : integer(at: field, size: isBig ? 8 : 4) ?? file.count
            guard start <= file.count - length else { return nil }
            return Entry(
                tag: slot.tag, type: slot.type, count: slot.count, values: ordered(Array(file[start..<start + length]), type: slot.type))
        }

        /// Values in the file's order of bytes from the little-endian one, or the other way.
        func ordered(_ values: [UInt8], type: Int) -> [UInt8] {
            // A rational is two numbers.
            let unit = [5, 10].contains(type) ? 4 : Self.size(ofType: type) ?? 1
            if isLittleEndian || unit == 1 { return values }
            return stride(from: 0, to: values.count, by: unit).flatMap { values[$0..<min($0 + unit, values.count)].reversed() }
        }

        /// Bytes of a value, by type: 1 BYTE, ASCII, SHORT, LONG, RATIONAL, and from 6 the signed ones, FLOAT and DOUBLE.
        private static func size(ofType type: Int) -> Int? {
            let sizes = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
            return (1...sizes.count).contains(type) ? sizes[type - 1] : nil
        }
    }
}
