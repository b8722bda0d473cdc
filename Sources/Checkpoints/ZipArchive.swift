import Foundation
import Torch

/// The records of a PyTorch zip archive, as ranges of its file's bytes.
struct ZipRecords {
    private let file: FileBytes
    private let reader: ZipArchiveReader

    /// Opens an archive for the time of `body`.
    static func open<Result>(
        _ file: FileBytes, _ body: (ZipRecords) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        // The reader keeps the address of the bytes, which holds only inside this closure.
        let result = file.data.withUnsafeBytes { bytes in
            Swift.Result { () throws(CheckpointError) in
                let reader: ZipArchiveReader
                do throws(TorchError) { reader = try ZipArchiveReader(bytes) } catch {
                    throw .damaged(file: file.name, reason: "it is not a whole archive of torch.save: \(error)")
                }
                return try body(ZipRecords(file: file, reader: reader))
            }
        }
        return try result.get()
    }

    /// Whether there is a record of that name.
    func contains(_ name: String) -> Bool { reader.contains(name) }

    /// Where a record's bytes lie in the file.
    ///
    /// - Throws: `CheckpointError.damaged` when it is missing or lies outside the file.
    func range(of name: String) throws(CheckpointError) -> Range<Int> {
        do throws(TorchError) { return try reader.range(of: name) } catch {
            throw .damaged(file: file.name, reason: error.message)
        }
    }
}
