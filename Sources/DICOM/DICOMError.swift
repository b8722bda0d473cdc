/// Why a DICOM file could not be read.
public enum DICOMError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The file cannot be read at all: missing, a folder, no permission.
    case unreadable(file: String, reason: String)
    /// The content is not DICOM.
    case notDICOM(file: String)
    /// The content is cut off or contradicts itself.
    case damaged(file: String, reason: String)
    /// The file is DICOM and holds no picture, such as a report or a directory.
    case noPicture(file: String, what: String)
    /// The file needs something that is not supported; `remedy` says what to do.
    case unsupported(file: String, what: String, remedy: String)
    /// The picture has more pixels than the limit.
    case tooLarge(file: String, width: Int, height: Int, limit: Int)

    /// What happened, to which file, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .notDICOM(let file):
            "\(file): the content is not DICOM: it has neither DICM at byte 128 nor elements of DICOM at its beginning"
        case .damaged(let file, let reason): "\(file): damaged DICOM file: \(reason); get the file again"
        case .noPicture(let file, let what): "\(file): this DICOM file holds no picture: it is \(what); leave it out"
        case .unsupported(let file, let what, let remedy): "\(file): \(what) is not supported; \(remedy)"
        case .tooLarge(let file, let width, let height, let limit):
            "\(file): \(width)x\(height) pixels are more than the limit of \(limit); reduce the picture or raise the limit"
        }
    }
}
