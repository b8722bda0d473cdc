import Support

/// Why an image could not be read, converted or written.
public enum ImageError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The file cannot be read at all: missing, a folder, no permission.
    case unreadable(path: String, reason: String)
    /// The file has no bytes.
    case empty(path: String)
    /// The content is none of the formats that are read.
    case unknownFormat(path: String)
    /// The content is of a format that this computer's libvips does not read.
    case notReadHere(path: String, format: ImageFileFormat)
    /// The content is damaged, cut short or of a kind that is not supported.
    case undecodable(path: String, format: ImageFileFormat, reason: String)
    /// The image has more pixels than the limit.
    case tooLarge(path: String, width: Int, height: Int, bands: Int, limit: Int)
    /// The image has a number of channels that cannot become the domain's.
    case channelMismatch(path: String, found: Int, expected: Int)
    /// A mask is not of its image's size.
    case maskSizeDiffers(mask: String, maskSize: ImageSize, image: String, imageSize: ImageSize)
    /// A picture of a mask is neither grey nor RGB.
    case notAMask(path: String, bands: Int)
    /// The file name's extension is none of the formats that are written.
    case unknownExtension(path: String)
    /// The format cannot hold the image.
    case cannotEncode(format: ImageFileFormat, image: String, able: [ImageFileFormat])
    /// The encoder failed.
    case encodingFailed(format: ImageFileFormat, reason: String)
    /// The file cannot be written.
    case unwritable(path: String, reason: String)
    /// The file cannot be written, nor can any other: the disk is full.
    case diskFull(path: String, reason: String)
    /// A domain's configuration has an impossible value, or values that contradict each other.
    case invalidDomain(key: String, value: String, allowed: String)
    /// A font is not installed.
    case missingFont(family: String, package: String)

    /// What happened, to which file, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .empty(let path): "\(path): the file is empty; an image was expected"
        case .unknownFormat(let path):
            "\(path): the content is not a \(ImageFileFormat.names) image; convert it to one of these"
        case .notReadHere(let path, let format):
            "\(path): a \(format.name) image, which libvips of this computer does not read; convert it to PNG or TIFF, or install libvips with it"
        case .undecodable(let path, let format, let reason):
            "\(path): damaged or unsupported \(format.name) image: \(reason); replace the file or save it again"
        case .tooLarge(let path, let width, let height, let bands, let limit):
            "\(path): \(width)x\(height) pixels with \(bands) channels are more than the limit of \(limit) pixels; "
                + "reduce the image or raise the limit"
        case .channelMismatch(let path, let found, let expected):
            "\(path): has \(found) channel\(found == 1 ? "" : "s"), which cannot become the \(expected) of its domain; "
                + "set the domain's channels to \(found) or convert the file"
        case .maskSizeDiffers(let mask, let maskSize, let image, let imageSize):
            "\(mask): the mask is \(maskSize.namedDimensions), but its image \(image) is \(imageSize.dimensions); "
                + "give a mask of the image's size"
        case .notAMask(let path, let bands):
            "\(path): has \(bands) channels; a mask is grey or RGB, with or without transparency: save it as one of these"
        case .unknownExtension(let path):
            "\(path): the extension names no image format that can be written; "
                + "use \(ImageFileFormat.writableExtensions.map { "." + $0 }.joined(separator: ", "))"
        case .cannotEncode(let format, let image, let able):
            "\(format.name) cannot hold \(image); use \(able.map(\.name).joined(separator: " or "))"
        case .encodingFailed(let format, let reason): "encoding as \(format.name) failed: \(reason)"
        case .unwritable(let path, let reason), .diskFull(let path, let reason): "\(path): cannot be written: \(reason)"
        case .invalidDomain(let key, let value, let allowed): "the domain's \(key): found \(value); allowed: \(allowed)"
        case .missingFont(let family, let package):
            "the font “\(family)” is not installed; install it (Debian and Ubuntu: apt-get install \(package))"
        }
    }
}
