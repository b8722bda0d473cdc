/// The records of a PyTorch zip archive, as ranges of its file's bytes: members of one folder, which has any name.
struct PyTorchRecords {
    private let directory: ZipDirectory
    private let folder: String

    /// - Throws: `CheckpointError` when it is not a whole archive.
    init(_ file: FileBytes) throws(CheckpointError) {
        directory = try ZipDirectory(file)
        folder = directory.names.first.map { String($0.prefix { $0 != "/" }) + "/" } ?? ""
    }

    /// Whether there is a record of that name.
    func contains(_ name: String) -> Bool { directory.contains(folder + name) }

    /// Where a record's bytes lie in the file.
    ///
    /// - Throws: `CheckpointError.damaged` when it is missing, compressed or lies outside the file.
    func range(of name: String) throws(CheckpointError) -> Range<Int> { try directory.range(of: folder + name) }
}
