import CTorch
import Foundation

/// The records of a PyTorch zip archive in memory, found by libtorch.
package final class ZipArchiveReader {
    private let reader: OpaquePointer

    /// - Parameter bytes: The whole archive; libtorch keeps the address, which has to hold as long as the reader.
    /// - Throws: `TorchError` when it is not a whole archive.
    package init(_ bytes: UnsafeRawBufferPointer) throws(TorchError) {
        guard let reader = ct_archive_open(bytes.baseAddress, Int64(bytes.count)) else { throw archiveError() }
        self.reader = reader
    }

    deinit { ct_archive_close(reader) }

    /// Whether there is a record of that name.
    package func contains(_ name: String) -> Bool {
        ct_archive_has_record(reader, name)
    }

    /// Where a record's bytes lie in the archive.
    ///
    /// - Throws: `TorchError` when it is missing or lies outside.
    package func range(of name: String) throws(TorchError) -> Range<Int> {
        var offset: Int64 = 0
        var count: Int64 = 0
        guard ct_archive_find(reader, name, &offset, &count) == 0 else { throw archiveError() }
        return Int(offset)..<Int(offset + count)
    }
}

/// Writes a PyTorch zip archive record by record.
package final class ZipArchiveWriter {
    private let writer: OpaquePointer

    /// - Throws: `TorchError` with the system's reason.
    package init(path: String) throws(TorchError) {
        guard let writer = ct_archive_create(path) else { throw archiveError() }
        self.writer = writer
    }

    deinit { ct_archive_free(writer) }

    /// Appends a record.
    package func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(TorchError) {
        guard ct_archive_add(writer, name, bytes.baseAddress, Int64(bytes.count)) == 0 else { throw archiveError() }
    }

    /// Writes the table of contents; without it the file is not an archive.
    package func finish() throws(TorchError) {
        guard ct_archive_finish(writer) == 0 else { throw archiveError() }
    }
}

private func archiveError() -> TorchError {
    // libtorch's internal checks ask for a report to its authors at the end.
    let message = String(cString: ct_last_error())
    return TorchError(message.components(separatedBy: "(Could this error message").first?.trimmingCharacters(in: .whitespaces) ?? message)
}
