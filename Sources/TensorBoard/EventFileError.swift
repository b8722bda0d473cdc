/// Why an event file cannot be written.
public enum EventFileError: Error, CustomStringConvertible, Equatable {
    /// The system did not let the folder be made or the file be written.
    case unwritable(path: String, reason: String)

    public var description: String {
        switch self {
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
        }
    }
}
