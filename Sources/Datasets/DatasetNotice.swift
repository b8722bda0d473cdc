import Imaging

/// Something about a sample that its user should know but that does not stop training.
public enum DatasetNotice: Sendable, Hashable, CustomStringConvertible {
    /// A file cannot be used; `replacement` takes its place. `reason` names the file.
    case unusable(path: String, reason: String, replacement: String)
    /// An image is smaller than the crop and was scaled up.
    case enlarged(path: String, size: ImageSize, cropSize: ImageSize, folder: String)

    /// Notices with the same topic are worth one warning: one for each unusable file, one for all small images of a folder.
    var topic: String {
        switch self {
        case .unusable(let path, _, _): path
        case .enlarged(_, _, _, let folder): "enlarged " + folder
        }
    }

    /// One line for the log.
    public var description: String {
        switch self {
        case .unusable(_, let reason, let replacement): "\(reason) (\(replacement) takes its place)"
        case .enlarged(let path, let size, let cropSize, let folder):
            "\(path): \(size.namedDimensions) is smaller than the crop of \(cropSize.dimensions) and is scaled up; "
                + "other small images in \(folder) are not reported"
        }
    }
}
