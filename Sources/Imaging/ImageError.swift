import Support

/// Why an image could not be read, converted or written.
public enum ImageError: Equatable, Sendable {
    /// The file cannot be read at all: missing, a folder, no permission.
    case unreadable(path: String, reason: String)
    /// The file has no bytes.
    case empty(path: String)
    /// The content is none of the formats that are read.
    case unknownFormat(path: String)
    /// The content is of a format that this computer's libvips does not read.
    case notReadHere(path: String, format: ImageFileFormat)
    /// The content is damaged or cut short.
    case undecodable(path: String, format: ImageFileFormat, reason: String)
    /// The content is well, and of a kind that is not read; `command` converts it.
    case unsupported(path: String, format: ImageFileFormat, feature: String, command: String)
    /// The file has fewer pages.
    case missingPage(path: String, page: Int, found: Int)
    /// The image has more pixels than the limit.
    case tooLarge(path: String, width: Int, height: Int, bands: Int, limit: Int)
    /// The image has a number of channels that cannot become the domain's.
    case channelMismatch(path: String, found: Int, expected: Int)
    /// The image has no band of a number that was asked for.
    case missingBand(path: String, band: Int, found: Int)
    /// The samples are numbers, and the domain does not say which of them are black and white.
    case numbersWithoutRange(path: String, type: SampleType, least: Double, greatest: Double)
    /// The type of the samples cannot hold the numbers of the domain's value range.
    case rangeOutOfReach(path: String, type: SampleType, range: ClosedRange<Double>)
    /// A mask is not of its image's size.
    case maskSizeDiffers(mask: String, maskSize: ImageSize, image: String, imageSize: ImageSize)
    /// A picture of a mask is neither grey nor RGB.
    case notAMask(path: String, bands: Int)
    /// The file name's extension is none of the formats that are written.
    case unknownExtension(path: String)
    /// The format cannot hold the image.
    case cannotEncode(format: ImageFileFormat, image: String, able: [ImageFileFormat])
    /// The format cannot hold an image with so long a side.
    case tooLong(path: String, format: ImageFileFormat, side: Int, largest: Int)
    /// The format holds one picture, and there are several.
    case onePage(path: String, format: ImageFileFormat, pages: Int)
    /// A pyramid is of one picture, and there are several.
    case onePyramid(path: String, pages: Int)
    /// The encoder failed.
    case encodingFailed(format: ImageFileFormat, reason: String)
    /// The file cannot be written.
    case unwritable(path: String, reason: String)
    /// The file cannot be written, nor can any other: the disk is full.
    case diskFull(path: String, reason: String)
    /// A domain's configuration has an impossible value, or values that contradict each other.
    case invalidDomain(key: String, value: String, allowed: String)
    /// A file of medicine cannot be read or written, in the words of its reader.
    case medical(description: String)
    /// A font is not installed.
    case missingFont(family: String, package: String)
}

extension ImageError: ErrorWithRemedies {
    /// What happened, to which file, and what to do.
    public var description: String { text(\.description) }

    package var remedies: [ErrorRemedy] {
        switch self {
        case .channelMismatch(_, let found, let expected) where found > expected:
            [.chooseBands((1...expected).map { "\($0)" }.joined(separator: ",")), .other("train with \(found) channels")]
        case .missingBand(_, _, let found): [.chooseBands((1...min(3, found)).map { "\($0)" }.joined(separator: ","))]
        case .numbersWithoutRange(_, _, let least, let greatest) where least < greatest:
            [.giveRange("\(plainNumber(least)),\(plainNumber(greatest))")]
        case .rangeOutOfReach(_, let type, _):
            [
                .other("give files of such numbers"),
                .giveRange("\(plainNumber(type.values.lowerBound)),\(plainNumber(type.values.upperBound))"),
            ]
        default: []
        }
    }

    package var problem: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .empty(let path): "\(path): the file is empty; an image was expected"
        case .unknownFormat(let path):
            "\(path): the content is not a \(ImageFileFormat.names) image; convert it to one of these"
        case .notReadHere(let path, let format):
            "\(path): a \(format.name) image, which libvips of this computer does not read; convert it to PNG or TIFF, or install libvips with it"
        case .undecodable(let path, let format, let reason):
            "\(path): damaged \(format.name) image: \(reason); replace the file or save it again"
        case .unsupported(let path, let format, let feature, let command):
            "\(path): this \(format.name) image has \(feature), which is not read; convert it, such as by: \(command)"
        case .missingPage(let path, let page, let found): "\(path): has \(counted(found, "page")), and page \(page) was asked for"
        case .tooLarge(let path, let width, let height, let bands, let limit):
            "\(path): \(width)x\(height) pixels with \(bands) channels are more than the limit of \(limit) pixels; "
                + "reduce the image or raise the limit"
        case .channelMismatch(let path, let found, let expected):
            "\(path): has \(counted(found, "band")), and its domain takes \(expected)"
                + (found < expected ? "; give files of \(expected) bands, or train with \(counted(found, "channel"))" : "")
        case .missingBand(let path, let band, let found): "\(path): has \(counted(found, "band")), and band \(band) was asked for"
        case .numbersWithoutRange(let path, let type, let least, let greatest):
            "\(path): its \(type.name) samples are numbers, here \(plainNumber(least))...\(plainNumber(greatest)), and nothing says which of "
                + "them are black and white"
        case .rangeOutOfReach(let path, let type, let range):
            "\(path): has \(type.name) samples, \(plainNumber(type.values.lowerBound))...\(plainNumber(type.values.upperBound)), which cannot be "
                + "the numbers \(plainNumber(range.lowerBound))...\(plainNumber(range.upperBound)) of its domain"
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
        case .tooLong(let path, let format, let side, let largest):
            "\(path): a \(format.name) file has at most \(largest) pixels at a side, and the image has \(side); "
                + (format == .tiff ? "reduce the image" : "write a .tif file")
        case .onePage(let path, let format, let pages):
            "\(path): a \(format.name) file holds one picture, and there are \(pages); write a .tif file"
        case .onePyramid(let path, let pages):
            "\(path): a pyramid is of one picture, and there are \(pages); write a TIFF file that is none"
        case .encodingFailed(let format, let reason): "encoding as \(format.name) failed: \(reason)"
        case .unwritable(let path, let reason), .diskFull(let path, let reason): "\(path): cannot be written: \(reason)"
        case .invalidDomain(let key, let value, let allowed): "the domain's \(key): found \(value); allowed: \(allowed)"
        case .medical(let description): description
        case .missingFont(let family, let package):
            "the font “\(family)” is not installed; install it (Debian and Ubuntu: apt-get install \(package))"
        }
    }
}
