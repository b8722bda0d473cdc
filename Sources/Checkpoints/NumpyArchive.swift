import Foundation
import Support
import Torch

/// Files of NumPy's `savez` and `savez_compressed` (`.npz`): zip archives with one `.npy` file for each array.
///
/// Metadata is kept as JSON in the bytes of an array of its own, `__metadata__`, which NumPy reads like any other.
public enum NumpyArchive {
    /// Reads arrays in the archive's order. Integers of other sizes than int64 and uint8 become int64.
    ///
    /// - Parameter isWanted: Which arrays to read by name; what the others hold does not matter.
    /// - Throws: `CheckpointError` naming the file and the array; `.unsupported` for Python objects, text and big-endian numbers.
    public static func read(
        _ url: URL, where isWanted: @escaping (String) -> Bool = { _ in true }
    ) throws(CheckpointError) -> StateDict {
        try read(FileBytes(contentsOf: url, where: isWanted))
    }

    /// Reads the content of a file; `name` stands for it in messages.
    package static func read(_ data: Data, name: String) throws(CheckpointError) -> StateDict {
        try read(FileBytes(name: name, data: data))
    }

    /// Writes all tensors without compression, as `savez` does; the file appears as a whole or not at all.
    ///
    /// - Throws: `CheckpointError.unwritable`, also for bfloat16 and for 4 GiB and more.
    public static func write(_ stateDict: StateDict, to url: URL) throws(CheckpointError) {
        do {
            var arrays = stateDict.map { ($0.name, $0.tensor) }
            if !stateDict.metadata.isEmpty {
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                let text = Array(try encoder.encode(stateDict.metadata))
                arrays.append((SafetensorsFile.metadataKey, Tensor(text, shape: [text.count])))
            }
            try AtomicFile.write(to: url) { path in
                let handle = try FileHandle(forWritingTo: path)
                var archive = ZipWriter(handle)
                for (name, tensor) in arrays {
                    guard let type = tensor.dtype.numpyDescription else {
                        throw CheckpointError.unwritable(file: url.path, reason: "tensor '\(name)' is \(tensor.dtype), which NumPy lacks")
                    }
                    try archive.add(name + ".npy", NumpyHeader.content(for: tensor, type: type))
                }
                try archive.finish()
                try handle.close()
            }
        } catch let error as CheckpointError {
            throw error
        } catch {
            throw .unwritable(file: url.path, reason: systemReason(error))
        }
    }

    private static func read(_ file: FileBytes) throws(CheckpointError) -> StateDict {
        guard PyTorchArchive.isZip(file) || file.data.starts(with: [0x50, 0x4B, 5, 6]) else {
            throw .damaged(file: file.name, reason: "it does not begin as the zip archives of NumPy's savez do")
        }
        let archive = try ZipDirectory(file)
        var result = StateDict()
        for member in archive.names {
            let name = member.hasSuffix(".npy") ? String(member.dropLast(4)) : member
            guard name == SafetensorsFile.metadataKey || file.isWanted(name) else { continue }
            let content = FileBytes(name: file.name, data: try archive.content(of: member))
            let array = try NumpyHeader.read(content, name: name)
            let tensor = try content.data.withUnsafeBytes { bytes in
                Result { () throws(CheckpointError) in try array.tensor(in: bytes, file: file.name) }
            }.get()
            guard name == SafetensorsFile.metadataKey else {
                result[name] = tensor
                continue
            }
            let text = tensor.withUnsafeBytes { Data($0) }
            guard let metadata = try? JSONDecoder().decode([String: String].self, from: text) else {
                throw .damaged(file: file.name, reason: "array '\(name)' is no JSON object of strings")
            }
            result.metadata = metadata
        }
        return result
    }
}
