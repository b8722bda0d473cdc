import Foundation
import Support
import Torch

/// Files written by Python's `torch.save`: zip archives since PyTorch 1.6, streams of pickles before.
///
/// Only tensors in dictionaries and lists are read, with numbers and strings as metadata; no code of the file is run.
public enum PyTorchArchive {
    /// Reads all tensors. Nested dictionaries give names with dots; integers of other sizes than int64 and uint8 become int64.
    ///
    /// - Throws: `CheckpointError` naming the file and what is wrong; `.refused` for files that hold more than tensors.
    public static func read(_ url: URL) throws(CheckpointError) -> StateDict {
        try read(FileBytes(contentsOf: url))
    }

    /// Writes all tensors so that `torch.load(weights_only=True)` gives them as an OrderedDict.
    ///
    /// The metadata stand in a record of their own, `cyclegan.json`, which PyTorch does not look at.
    ///
    /// The file appears as a whole or not at all. Tensors that share memory are written one by one.
    ///
    /// - Throws: `CheckpointError.unwritable`.
    public static func write(_ stateDict: StateDict, to url: URL) throws(CheckpointError) {
        do {
            try AtomicFile.write(to: url) { path in
                let archive = try ZipArchiveWriter(path: path.path)
                try PickleWriter(stateDict).data.withUnsafeBytes { try archive.add("data.pkl", $0) }
                try Data("little".utf8).withUnsafeBytes { try archive.add("byteorder", $0) }
                if !stateDict.metadata.isEmpty {
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = .sortedKeys
                    try encoder.encode(stateDict.metadata).withUnsafeBytes { try archive.add(metadataRecord, $0) }
                }
                for (index, (_, tensor)) in stateDict.enumerated() {
                    try withTorchErrors { try tensor.withUnsafeBytes { try archive.add("data/\(index)", $0) } }
                }
                try archive.finish()
            }
        } catch {
            throw .unwritable(file: url.path, reason: systemReason(error))
        }
    }

    static func read(_ file: FileBytes) throws(CheckpointError) -> StateDict {
        isZip(file) ? try readZip(file) : try LegacyPyTorchFile.read(file)
    }

    /// Whether a file begins as zip archives do.
    static func isZip(_ file: FileBytes) -> Bool {
        file.data.starts(with: [0x50, 0x4B, 0x03, 0x04])
    }

    private static func readZip(_ file: FileBytes) throws(CheckpointError) -> StateDict {
        let archive = try PyTorchRecords(file)
        if archive.contains("constants.pkl") {
            let name = URL(filePath: file.name).lastPathComponent
            throw .notWeights(
                file: file.name, what: "a TorchScript program",
                advice: "in Python, save its weights alone:\n  model = torch.jit.load(\"\(name)\", map_location=\"cpu\")\n"
                    + "  torch.save(model.state_dict(), \"weights.pth\")")
        }
        guard archive.contains("data.pkl") else {
            throw .unsupported(file: file.name, what: "a zip archive that torch.save did not write (no data.pkl inside)")
        }
        if archive.contains("byteorder") {
            let range = try archive.range(of: "byteorder")
            guard file.data.withUnsafeBytes({ $0[range].elementsEqual("little".utf8) }) else {
                throw bigEndian(file.name)
            }
        }
        var reader = PickleReader(ByteCursor(file, range: try archive.range(of: "data.pkl")))
        let root = try reader.read()
        var state = try stateDict(root, reader.heap, in: file) { key throws(CheckpointError) in try archive.range(of: "data/\(key)") }
        if archive.contains(metadataRecord) {
            let range = try archive.range(of: metadataRecord)
            guard let metadata = try? JSONDecoder().decode([String: String].self, from: file.data[range]) else {
                throw .damaged(file: file.name, reason: "its record \(metadataRecord) is not a JSON object of texts")
            }
            state.metadata.merge(metadata) { $1 }
        }
        return state
    }

    private static let metadataRecord = "cyclegan.json"

    static func bigEndian(_ file: String) -> CheckpointError {
        .unsupported(file: file, what: "numbers in big-endian byte order; load the file and save it again on a little-endian machine")
    }

    /// Makes the tensors that a pickle describes.
    ///
    /// - Parameter storage: Tells where a storage's bytes lie in the file.
    static func stateDict(
        _ root: PickleValue, _ heap: PickleHeap, in file: FileBytes, storage: (_ key: String) throws(CheckpointError) -> Range<Int>
    ) throws(CheckpointError) -> StateDict {
        let flattened = try PickleFlattening(root, heap, file: file.name)
        var tensors: [StoredTensor] = []
        for (name, tensor) in flattened.tensors {
            let reference = heap.storages[tensor.storage]
            let bytes = try storage(reference.key)
            guard let range = reference.range(in: bytes) else {
                throw .damaged(
                    file: file.name,
                    reason: "tensor '\(name)' needs \(reference.count) elements of storage \(reference.key) with \(bytes.count) bytes")
            }
            tensors.append(
                StoredTensor(
                    name: name, type: reference.type, storage: range, offset: tensor.offset, shape: tensor.shape, strides: tensor.strides))
        }
        return try StateDict(tensors, in: file, metadata: flattened.metadata)
    }
}

extension PickleStorage {
    /// The bytes of this storage within those of the file's storage, or nil if they lie outside.
    fileprivate func range(in bytes: Range<Int>) -> Range<Int>? {
        let capacity = bytes.count / type.byteCount
        guard start >= 0, count >= 0, start <= capacity, count <= capacity - start else { return nil }
        let lower = bytes.lowerBound + start * type.byteCount
        return lower..<lower + count * type.byteCount
    }
}
