import Foundation

/// The stream that torch.save wrote before PyTorch 1.6: pickles of a magic number, the protocol version, facts about the machine,
/// the object and the list of its storages' keys; then every storage as a 64-bit count and its numbers.
enum LegacyPyTorchFile {
    // 0x1950a86a20f9469cfc6c, little-endian.
    private static let magic = Data([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])
    private static let protocolVersion = 1001

    /// Whether a file begins with a pickle; such files may still be something else than weights.
    static func matches(_ file: FileBytes) -> Bool {
        let start = Array(file.data.prefix(2))
        return start.first == 0x80 && (2...5).contains(start.last ?? 0)
    }

    static func read(_ file: FileBytes) throws(CheckpointError) -> StateDict {
        var reader = PickleReader(ByteCursor(file))
        guard case .bigInteger(magic) = try reader.read() else {
            throw .unsupported(file: file.name, what: "a pickle that torch.save did not write")
        }
        guard case .integer(protocolVersion) = try reader.read() else {
            throw .unsupported(file: file.name, what: "a protocol of torch.save other than \(protocolVersion)")
        }
        guard isLittleEndian(try reader.read(), reader.heap) else { throw PyTorchArchive.bigEndian(file.name) }
        let root = try reader.read()
        let keys = try reader.read()
        let ranges = try storages(keys, reader.heap, ByteCursor(file, range: reader.position..<file.data.count))
        return try PyTorchArchive.stateDict(root, reader.heap, in: file) { key throws(CheckpointError) in
            guard let range = ranges[key] else { throw .damaged(file: file.name, reason: "storage \(key) is missing") }
            return range
        }
    }

    private static func isLittleEndian(_ facts: PickleValue, _ heap: PickleHeap) -> Bool {
        guard case .dictionary(let index) = facts else { return true }
        return !heap.dictionaries[index].contains { key, value in
            if case .string("little_endian") = key, case .bool(false) = value { true } else { false }
        }
    }

    /// Finds the bytes of every storage, which follow each other in the order of `keys`.
    private static func storages(
        _ keys: PickleValue, _ heap: PickleHeap, _ start: ByteCursor
    ) throws(CheckpointError) -> [String: Range<Int>] {
        var cursor = start
        guard case .sequence(let list) = keys else { throw .damaged(file: cursor.file.name, reason: "the list of storages is missing") }
        // The stream counts elements; their size is known only to the references to the storage.
        let types = Dictionary(heap.storages.map { ($0.key, $0.type) }) { first, _ in first }
        var ranges: [String: Range<Int>] = [:]
        for value in heap.sequences[list] {
            guard case .string(let key) = value, let type = types[key] else {
                throw .damaged(file: cursor.file.name, reason: "a storage is listed that no tensor refers to")
            }
            let count = try cursor.integer(Int64.self)
            let (size, overflow) = Int(count).multipliedReportingOverflow(by: type.byteCount)
            ranges[key] = try cursor.skip(overflow ? -1 : size)
        }
        return ranges
    }
}
