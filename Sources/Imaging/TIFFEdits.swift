import Foundation

/// Bytes that take the place of others in a file, or come behind its end.
struct TIFFEdit: Equatable {
    let offset: Int
    let bytes: [UInt8]
}

extension TIFFTags {
    /// What gives a file further tags, page by page.
    ///
    /// - Returns: Nothing for what is no TIFF file, and where the place of something would be beyond what the file can tell.
    static func edits(adding pages: [[Entry]], to file: Data) -> [TIFFEdit] {
        guard let reader = Reader(file) else { return [] }
        // Bytes of a place, and of the number of a directory's tags.
        let (word, counter) = reader.isBig ? (8, 8) : (4, 2)
        var (edits, end) = ([TIFFEdit](), reader.count)
        // Directories and values begin at even places.
        func append(_ bytes: [UInt8]) -> Int {
            let start = (end + 1) & ~1
            edits.append(TIFFEdit(offset: start, bytes: bytes))
            end = start + bytes.count
            return start
        }
        // Where the directory before it, or the header, says where the next one is.
        var link = word
        for (directory, entries) in zip(reader.directories, pages) {
            let slots = reader.slots(of: directory)
            let next = reader.nextPointer(of: directory, count: slots.count)
            guard !entries.isEmpty else {
                link = next
                continue
            }
            var fields = slots.filter { !geographic.contains($0.tag) }.map { (tag: $0.tag, bytes: reader.bytes($0)) }
            for entry in entries {
                let values = reader.ordered(entry.values, type: entry.type)
                let place =
                    values.count > word
                    ? reader.encoded(append(values), word) : values + [UInt8](repeating: 0, count: word - values.count)
                fields.append(
                    (entry.tag, reader.encoded(entry.tag, 2) + reader.encoded(entry.type, 2) + reader.encoded(entry.count, word) + place))
            }
            let tags = fields.sorted { $0.tag < $1.tag }.flatMap(\.bytes)
            let start = append(
                reader.encoded(fields.count, counter) + tags + reader.encoded(reader.integer(at: next, size: word) ?? 0, word))
            edits.append(TIFFEdit(offset: link, bytes: reader.encoded(start, word)))
            link = start + counter + tags.count
        }
        return reader.isBig || end <= Int(UInt32.max) ? edits : []
    }

    /// What makes bands beyond the colours data: libvips calls them opacity.
    static func editsDeclaringData(of file: Data) -> [TIFFEdit] {
        guard let reader = Reader(file) else { return [] }
        let word = reader.isBig ? 8 : 4
        return reader.directories.flatMap(reader.slots).compactMap { slot in
            guard slot.tag == 338, slot.count < 1 << 16 else { return nil }
            let field = slot.offset + 4 + word
            let place = 2 * slot.count > word ? reader.integer(at: field, size: word) : field
            return place.map { TIFFEdit(offset: $0, bytes: [UInt8](repeating: 0, count: 2 * slot.count)) }
        }
    }
}

extension Data {
    /// The content of a file with edits made to it, in their order.
    func edited(by edits: [TIFFEdit]) -> Data {
        edits.reduce(into: self) { result, edit in
            let end = edit.offset + edit.bytes.count
            if end > result.count { result += [UInt8](repeating: 0, count: end - result.count) }
            result.replaceSubrange(result.startIndex + edit.offset..<result.startIndex + end, with: edit.bytes)
        }
    }
}
