import Support

/// Why something published could not be fetched.
public enum FetchError: ErrorWithRemedies, Equatable {
    /// Nothing of that name is known.
    case unknown(kind: String, name: String, known: [String])
    /// It may not or can no longer be had.
    case notPublished(name: String, reason: String)
    /// No address gave the file; the reasons name the addresses.
    case failed(file: String, reasons: [String])
    /// A file that is there already is not the published one.
    case otherFile(path: String, found: String, expected: String)
    /// What is to be made is there already.
    case exists(path: String)
    /// What was given to take it from is not there.
    case missing(path: String)
    /// An archive holds no data set.
    case noImages(archive: String, found: [String])

    /// What happened and where.
    public var problem: String {
        switch self {
        case .unknown(let kind, let name, let known):
            "no published \(kind) has the name '\(quoted(name))'; known are \(known.joined(separator: ", "))"
        case .notPublished(let name, let reason): "\(name) cannot be fetched: \(reason)"
        case .failed(let file, let reasons): "\(file) was not got:\n  " + reasons.joined(separator: "\n  ") + "\n"
        case .otherFile(let path, let found, let expected):
            "\(path): is there already, and its SHA-256 is \(found), that of the published file \(expected); remove it, or move it away"
        case .exists(let path): "\(path): is there already, and was left as it is"
        case .missing(let path): "\(path): does not exist; expected a file, a folder with the file, or an address (https://...)"
        case .noImages(let archive, let found):
            "\(archive): holds no data set: expected folders trainA and trainB, or train; found "
                + (found.isEmpty
                    ? "nothing" : found.prefix(8).map { quoted($0) }.joined(separator: ", ") + (found.count > 8 ? ", ..." : ""))
        }
    }

    package var remedies: [ErrorRemedy] {
        switch self {
        case .failed(let file, _): [.getElsewhere(file: file)]
        case .exists: [.chooseAnotherOutput]
        case .unknown, .notPublished, .otherFile, .missing, .noImages: []
        }
    }

    package var separator: String {
        if case .failed = self { "" } else { "; " }
    }

    public var description: String { text(\.description) }
}
