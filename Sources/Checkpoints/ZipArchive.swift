import CTorch
import Foundation

/// The records of a PyTorch zip archive in memory, found by libtorch.
final class ZipArchiveReader {
    private let file: FileBytes
    private let reader: OpaquePointer

    /// Looks `body` up in an archive; the records are ranges of the file's bytes.
    static func open<Result>(
        _ file: FileBytes, _ body: (ZipArchiveReader) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        // libtorch keeps the address, which holds only inside this closure.
        let result = file.data.withUnsafeBytes { bytes in
            Swift.Result { () throws(CheckpointError) in
                guard let reader = ct_archive_open(bytes.baseAddress, Int64(bytes.count)) else {
                    throw .damaged(file: file.name, reason: "it is not a whole archive of torch.save: \(lastError())")
                }
                return try body(ZipArchiveReader(file, reader))
            }
        }
        return try result.get()
    }

    private init(_ file: FileBytes, _ reader: OpaquePointer) {
        self.file = file
        self.reader = reader
    }

    deinit { ct_archive_close(reader) }

    /// Whether there is a record of that name.
    func contains(_ name: String) -> Bool {
        ct_archive_has_record(reader, name)
    }

    /// Where a record's bytes lie in the file.
    ///
    /// - Throws: `CheckpointError.damaged` when it is missing or lies outside the file.
    func range(of name: String) throws(CheckpointError) -> Range<Int> {
        var offset: Int64 = 0
        var count: Int64 = 0
        guard ct_archive_find(reader, name, &offset, &count) == 0 else { throw .damaged(file: file.name, reason: Self.lastError()) }
        return Int(offset)..<Int(offset + count)
    }

    fileprivate static func lastError() -> String {
        // libtorch's internal checks ask for a report to its authors at the end.
        let message = String(cString: ct_last_error())
        return message.components(separatedBy: "(Could this error message").first?.trimmingCharacters(in: .whitespaces) ?? message
    }
}

/// Writes a PyTorch zip archive record by record.
final class ZipArchiveWriter {
    private let writer: OpaquePointer

    /// - Throws: `ZipArchiveError` with the system's reason.
    init(path: String) throws {
        guard let writer = ct_archive_create(path) else { throw ZipArchiveError() }
        self.writer = writer
    }

    deinit { ct_archive_free(writer) }

    /// Appends a record.
    func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws {
        guard ct_archive_add(writer, name, bytes.baseAddress, Int64(bytes.count)) == 0 else { throw ZipArchiveError() }
    }

    /// Writes the table of contents; without it the file is not an archive.
    func finish() throws {
        guard ct_archive_finish(writer) == 0 else { throw ZipArchiveError() }
    }
}

/// libtorch's or the system's reason why an archive could not be written.
struct ZipArchiveError: Error, CustomStringConvertible {
    let description = ZipArchiveReader.lastError()
}
