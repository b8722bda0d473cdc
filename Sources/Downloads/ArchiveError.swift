import Support

/// Why an archive was not unpacked.
package enum ArchiveError: Error, CustomStringConvertible, Equatable {
    /// It is neither a zip nor a tar archive; `found` says how it begins.
    case unknown(file: String, found: String)
    /// It breaks the rules of its format.
    case damaged(file: String, reason: String)
    /// An entry would be made elsewhere than in the folder, or is no plain file.
    case unsafe(file: String, entry: String, reason: String)
    /// It unpacks to more than an archive of images does.
    case tooLarge(file: String, limit: Int)
    /// It has more entries than images fit into its bytes.
    case tooManyEntries(file: String, limit: Int)

    package var description: String {
        switch self {
        case .unknown(let file, let found):
            "\(file): neither a zip nor a tar archive: it begins with \(quoted(found)); a server that has moved its files may have sent a page"
        case .damaged(let file, let reason): "\(file): damaged: \(quoted(reason, limit: 400)); get the file again"
        case .unsafe(let file, let entry, let reason):
            "\(file): refused: the entry '\(quoted(entry))' \(reason); unpacking stopped: get the archive from another place"
        case .tooLarge(let file, let limit):
            "\(file): refused: it unpacks to more than \(megabytes(limit)), which no archive of images of its size does; unpacking stopped"
        case .tooManyEntries(let file, let limit):
            "\(file): refused: it has more than \(grouped(limit)) entries, which no archive of images of its size has; unpacking stopped"
        }
    }
}
