import CTorch
import Foundation

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
