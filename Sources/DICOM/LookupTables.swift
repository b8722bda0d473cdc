/// Numbers that stand for others: the descriptor says how many, which stored number is the first, and their bits (PS3.3, C.11.1.1).
private struct TableDescriptor {
    let first: Int
    let bits: Int

    init(_ set: DataSet, _ tag: DICOMTag, name: String, isSigned: Bool) throws(DICOMError) {
        let words = set.words(tag)
        guard words.count == 3, [8, 16].contains(words[2]) || (9...15).contains(words[2]) else {
            throw .damaged(file: name, reason: "the table \(tag) has no description")
        }
        first = isSigned ? Int(Int16(bitPattern: words[1])) : Int(words[1])
        bits = Int(words[2])
    }
}

/// The modality's table, which takes the place of slope and intercept.
struct ValueTable {
    private let first: Int
    private let entries: [UInt16]

    /// `nil` where the file has none.
    init?(_ root: DataSet, name: String, isSigned: Bool) throws(DICOMError) {
        guard root[.slope] == nil, let item = try root.items(.modalityTable, limit: 1).first else { return nil }
        first = try TableDescriptor(item, .tableDescriptor, name: name, isSigned: isSigned).first
        entries = item.words(.tableData)
        guard !entries.isEmpty else { throw .damaged(file: name, reason: "the table \(DICOMTag.tableData) is empty") }
    }

    /// Numbers before the first and behind the last entry take that.
    subscript(stored: Int) -> UInt16 { entries[min(max(stored - first, 0), entries.count - 1)] }
}

/// The colours of PALETTE COLOR, as 8 bits each.
struct DICOMPalette {
    private let first: Int
    private let tables: [[UInt8]]

    init(_ root: DataSet, name: String, isSigned: Bool) throws(DICOMError) {
        if root[.segmentedPalette] != nil, root[DICOMTag.palettes[0]] == nil {
            throw .unsupported(file: name, what: "a segmented palette", remedy: DICOMTransferSyntax.conversion)
        }
        let descriptor = try TableDescriptor(root, DICOMTag.paletteDescriptors[0], name: name, isSigned: isSigned)
        let count = Int(root.words(DICOMTag.paletteDescriptors[0]).first ?? 0)
        let entries = count == 0 ? 1 << 16 : count
        let stored = DICOMTag.palettes.map { tag -> [UInt16] in
            let words = root.words(tag)
            // Entries of 8 bits may lie two in a word.
            return words.count < entries ? root.content(tag).map(UInt16.init) : words
        }
        guard stored.allSatisfy({ $0.count >= entries }) else {
            throw .damaged(file: name, reason: "its palette says \(entries) colours and has \(stored.map(\.count).min() ?? 0)")
        }
        // Some writers say 16 bits and fill the lower 8.
        let isDeep = descriptor.bits > 8 && stored.contains { $0.contains { $0 > 255 } }
        first = descriptor.first
        tables = stored.map { $0.prefix(entries).map { UInt8(truncatingIfNeeded: isDeep ? $0 >> UInt16(descriptor.bits - 8) : $0) } }
    }

    func colours(_ stored: StoredFrame, _ layout: PixelLayout) -> [UInt8] {
        let last = tables[0].count - 1
        return stored.map(layout) { number in min(max(number - first, 0), last) }.flatMap { index in tables.map { $0[index] } }
    }
}
