import Foundation

/// Several TIFF files as one of as many pages, which may differ in size and kind.
enum TIFFPages {
    /// Joins files of one page each, as libvips writes them: classic TIFF in little-endian order.
    ///
    /// All places in a file, those of its directories, of values outside them and of pixels, move by what stands before it.
    ///
    /// - Returns: `nil` where a file is none of these, or the whole would be larger than places of 32 bits can tell.
    static func joined(_ files: [Data]) -> Data? {
        guard files.reduce(0, { $0 + $1.count + 1 }) < 1 << 32 else { return nil }
        var result = Data()
        // Where the place of the next directory stands.
        var link: Int?
        for file in files {
            if !result.count.isMultiple(of: 2) { result.append(0) }
            let start = result.count
            result += file
            guard file.starts(with: [0x49, 0x49, 42, 0]), let first = Directory(result, at: start + 4, base: start) else { return nil }
            guard let end = first.move(in: &result, depth: 0) else { return nil }
            if let link { result.replace(link, 4, first.offset) }
            link = end
        }
        return result
    }

    private struct Directory {
        let offset: Int
        private let base: Int

        /// The directory whose place stands somewhere.
        init?(_ data: Data, at place: Int, base: Int) {
            guard let offset = data.number(place, 4), offset > 0 else { return nil }
            (self.offset, self.base) = (base + offset, base)
        }

        /// - Returns: Where the place of the next one stands.
        func move(in data: inout Data, depth: Int) -> Int? {
            let sizes = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
            // Of strips and tiles; of further directories: Exif, GPS and sub-directories.
            let (pixels, directories): (Set, Set) = ([273, 324], [34665, 34853, 330, 40965])
            guard depth < 4, let count = data.number(offset, 2) else { return nil }
            for entry in (0..<count).map({ offset + 2 + 12 * $0 }) {
                guard let tag = data.number(entry, 2), let type = data.number(entry + 2, 2), let values = data.number(entry + 4, 4)
                else { return nil }
                let size = sizes.indices.contains(type) ? sizes[type] : 1
                var place = entry + 8
                if size * values > 4 {
                    guard let outside = data.number(place, 4) else { return nil }
                    data.replace(place, 4, base + outside)
                    place = base + outside
                }
                if directories.contains(tag) {
                    for index in 0..<values {
                        guard let inner = Directory(data, at: place + index * 4, base: base) else { return nil }
                        data.replace(place + index * 4, 4, inner.offset)
                        guard inner.move(in: &data, depth: depth + 1) != nil else { return nil }
                    }
                } else if pixels.contains(tag) {
                    for at in (0..<values).map({ place + $0 * size }) {
                        guard let pixel = data.number(at, size) else { return nil }
                        data.replace(at, size, base + pixel)
                    }
                }
            }
            return offset + 2 + 12 * count
        }
    }
}

extension Data {
    fileprivate func number(_ offset: Int, _ size: Int) -> Int? {
        guard offset >= 0, offset <= count - size else { return nil }
        return (0..<size).reduce(0) { $0 | Int(self[startIndex + offset + $1]) << (8 * $1) }
    }

    fileprivate mutating func replace(_ offset: Int, _ size: Int, _ number: Int) {
        for index in 0..<size { self[startIndex + offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    }
}
