/// Why a NIfTI volume could not be read or written.
public enum NIfTIError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The file cannot be read at all: missing, a folder, no permission.
    case unreadable(file: String, reason: String)
    /// The content is not NIfTI-1.
    case notNIfTI(file: String)
    /// The content is cut off or contradicts itself.
    case damaged(file: String, reason: String)
    /// The file needs something that is not supported; `remedy` says what to do.
    case unsupported(file: String, what: String, remedy: String)
    /// The volume has more voxels than the limit.
    case tooLarge(file: String, shape: [Int], limit: Int)

    /// What happened, to which file, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .notNIfTI(let file): "\(file): the content is not NIfTI-1: it does not begin with a header of 348 bytes"
        case .damaged(let file, let reason): "\(file): damaged NIfTI file: \(reason); get the file again"
        case .unsupported(let file, let what, let remedy): "\(file): \(what) is not supported; \(remedy)"
        case .tooLarge(let file, let shape, let limit):
            "\(file): \(shape.map(String.init).joined(separator: "x")) voxels are more than the limit of \(limit); cut the volume or raise the limit"
        }
    }
}
