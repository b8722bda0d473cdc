import Foundation
import Support
import Torch

/// Files in the safetensors format: eight bytes of header length, a JSON header, the tensors' little-endian bytes.
///
/// Format: https://github.com/huggingface/safetensors#format
public enum SafetensorsFile {
    // The reference implementation's limit; it keeps a damaged length from asking for all memory.
    private static let headerLimit = 100_000_000

    static let metadataKey = "__metadata__"

    /// Reads all tensors in the header's order. Integers of other sizes than int64 and uint8 become int64.
    ///
    /// - Throws: `CheckpointError` naming the file and the tensor.
    public static func read(_ url: URL) throws(CheckpointError) -> StateDict {
        try read(FileBytes(contentsOf: url))
    }

    /// Writes all tensors and the metadata; the file appears as a whole or not at all.
    ///
    /// The header lists tensors in order. Their data is laid out with the widest types first, so that every tensor is aligned.
    ///
    /// - Throws: `CheckpointError.unwritable`.
    public static func write(_ stateDict: StateDict, to url: URL) throws(CheckpointError) {
        guard stateDict[metadataKey] == nil else {
            throw .unwritable(file: url.path, reason: "no tensor can be called \(metadataKey) in a safetensors file")
        }
        do {
            let tensors = stateDict.enumerated().sorted { left, right in
                (-left.element.tensor.dtype.byteCount, left.offset) < (-right.element.tensor.dtype.byteCount, right.offset)
            }
            let header = try header(of: stateDict, layout: tensors.map(\.element))
            try AtomicFile.write(to: url) { path in
                let handle = try FileHandle(forWritingTo: path)
                try handle.write(contentsOf: header)
                for (_, (_, tensor)) in tensors where tensor.count > 0 {
                    // A copy from a GPU, or of a view, may find no memory; the file must not get its place then.
                    try withTorchErrors {
                        try tensor.withUnsafeBytes { bytes in
                            guard let start = bytes.baseAddress else { return }
                            let address = UnsafeMutableRawPointer(mutating: start)
                            try handle.write(contentsOf: Data(bytesNoCopy: address, count: bytes.count, deallocator: .none))
                        }
                    }
                }
                try handle.close()
            }
        } catch {
            throw .unwritable(file: url.path, reason: systemReason(error))
        }
    }

    /// Whether a file begins as safetensors files do.
    static func matches(_ file: FileBytes) -> Bool {
        var cursor = ByteCursor(file)
        guard let length = try? cursor.integer(UInt64.self) else { return false }
        return length >= 2 && length <= headerLimit && cursor.peek() == UInt8(ascii: "{")
    }

    static func read(_ file: FileBytes) throws(CheckpointError) -> StateDict {
        var cursor = ByteCursor(file)
        let length = try cursor.integer(UInt64.self)
        guard length <= headerLimit else {
            throw .damaged(file: file.name, reason: "a header of \(length) bytes; at most \(headerLimit) are allowed")
        }
        let range = try cursor.skip(Int(length))
        let header = try SafetensorsHeader(file, range: range, data: range.upperBound..<file.data.count)
        return try StateDict(header.tensors, in: file, metadata: header.metadata)
    }

    private static func header(of stateDict: StateDict, layout: [(name: String, tensor: Tensor)]) throws -> Data {
        var offsets: [String: Range<Int>] = [:]
        var end = 0
        for (name, tensor) in layout {
            let size = tensor.count * tensor.dtype.byteCount
            offsets[name] = end..<end + size
            end += size
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        func quoted(_ text: String) throws -> String { String(decoding: try encoder.encode(text), as: UTF8.self) }
        var entries: [String] = []
        if !stateDict.metadata.isEmpty {
            entries.append("\"\(metadataKey)\":" + String(decoding: try encoder.encode(stateDict.metadata), as: UTF8.self))
        }
        for (name, tensor) in stateDict {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let range = offsets[name] ?? 0..<0
            entries.append(
                "\(try quoted(name)):{\"dtype\":\"\(tensor.dtype.safetensorsName)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}")
        }
        var header = Data("{\(entries.joined(separator: ","))}".utf8)
        header.append(Data(repeating: UInt8(ascii: " "), count: -header.count & 7))
        return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header
    }
}
