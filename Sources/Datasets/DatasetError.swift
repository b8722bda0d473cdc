import Imaging
import Support

/// Why a data set cannot be used.
public enum DatasetError: Error, CustomStringConvertible, Equatable, Sendable {
    /// A folder of the data set is missing; `found` are the folders that are there.
    case missingFolder(path: String, found: [String])
    /// A folder cannot be listed.
    case unreadableFolder(path: String, reason: String)
    /// A folder holds no image files; `otherFiles` is how many files it holds.
    case noImages(path: String, otherFiles: Int)
    /// The folder with the masks of the images of a folder is missing.
    case missingMaskFolder(path: String, images: String)
    /// An image has no mask; `path` is where it should be in its folder, without an extension.
    case missingMask(image: String, path: String, folder: String)
    /// Too many files of a domain cannot be used.
    case mostlyUnreadable(folder: String, unreadable: Int, checked: Int, examples: [String])
    /// No file of a domain can be used.
    case nothingReadable(folder: String, example: String)
    /// The images of one batch differ in size.
    case sizesDiffer(first: String, firstSize: ImageSize, second: String, secondSize: ImageSize)
    /// An image has fewer pixels on a side than the networks need.
    case tooSmall(path: String, size: ImageSize, smallestSide: Int)
    /// A domain's configuration or a size contradicts itself.
    case invalidConfiguration(String)
    /// An augmentation has an impossible value.
    case invalidAugmentation(key: String, value: String, allowed: String)
    /// A folder's files cannot be parted into training and validation images.
    case invalidHoldOut(path: String, reason: String)
    /// A data set of pairs has neither a folder of pictures of both images side by side nor a folder for each domain.
    case noPairs(root: String, pictures: String, folders: [String], found: [String])
    /// A data set of pairs has both.
    case twoPairLayouts(root: String, pictures: String, folders: [String])
    /// A folder of pictures is there, as of two images side by side each, and no folder of a domain, as unpaired images need them.
    case onlyPairs(root: String, pictures: String, folders: [String])
    /// No image of a folder has a partner; `example` is one of the `count`.
    case noPartners(folder: String, partners: String, count: Int, example: String)
    /// Images of a folder have no partner; `examples` are some of the `count`.
    case missingPartners(folder: String, partners: String, count: Int, examples: [String])
    /// Files of a folder differ by their extension alone, so that either could belong to a pair.
    case ambiguousPair(folder: String, files: [String])
    /// A picture of two images side by side has no middle.
    case oddWidth(path: String, width: Int)
    /// The images of a pair differ in size.
    case partnersDiffer(first: String, firstSize: ImageSize, second: String, secondSize: ImageSize)
    /// The files of a pair hold unlike numbers of pictures.
    case partnerPagesDiffer(first: String, firstPages: Int, second: String, secondPages: Int)
    /// Pairs have an odd width or images of unlike sizes.
    case unalignedPairs(folder: String, unaligned: Int, checked: Int, examples: [String])
    /// The images of two domains would not be transformed alike; `first` and `second` are the values and their domains.
    case unalignedGeometry(key: String, first: String, second: String)
    /// A line of a list of pairs cannot be used.
    case invalidPairTable(path: String, line: Int, found: String, expected: String)
    /// A list of pairs cannot be read.
    case unreadablePairs(path: String, reason: String)
    /// Two fonts have too few characters in common for a sample data set.
    case tooFewCharacters(found: Int, needed: Int)
    /// A folder for a new data set holds a file that is not part of it.
    case foreignFile(folder: String, file: String)
    /// A file of a new data set cannot be written, or a font is missing.
    case image(ImageError)
    /// The folder for a new data set cannot be made.
    case unwritableFolder(path: String, reason: String)
    /// A data set of many domains has too few folders, or too many.
    case domainCount(path: String, found: [String])

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .missingFolder(let path, let found):
            "\(path): there is no such folder; a data set holds trainA and trainB, testA and testB, and optionally valA and valB"
                + (found.isEmpty ? "" : " (found here: \(found.joined(separator: ", ")))")
        case .unreadableFolder(let path, let reason): "\(path): cannot be listed: \(reason)"
        case .noImages(let path, let otherFiles):
            "\(path): holds no images\(otherFiles == 0 ? "" : " (\(counted(otherFiles, "other file")))"); "
                + "files are taken by their extension: \(ImageFileFormat.extensions.map { "." + $0 }.joined(separator: ", "))"
        case .missingMaskFolder(let path, let images):
            "\(path): there is no such folder; with masks, it holds one for each image of \(images): a file of the same path, with any "
                + "image extension, that is white where the image is to change and black elsewhere"
        case .missingMask(let image, let path, let folder):
            "\(image): has no mask: \(folder) holds no \(path) with an image extension, such as \(path).png; add it, or remove the image"
        case .mostlyUnreadable(let folder, let unreadable, let checked, let examples):
            "\(folder): \(unreadable) of \(checked) checked images cannot be used, which is more than half; "
                + "replace or remove them, for example:\n" + examples.map { "  " + $0 }.joined(separator: "\n")
        case .nothingReadable(let folder, let example): "\(folder): none of the images can be used, for example: \(example)"
        case .sizesDiffer(let first, let firstSize, let second, let secondSize):
            "images of one batch must have one size, but \(first) is \(firstSize.namedDimensions) and "
                + "\(second) is \(secondSize.dimensions) after preprocessing; "
                + "use a batch size of 1 or a preprocess mode that crops"
        case .tooSmall(let path, let size, let smallestSide):
            "\(path): \(size.namedDimensions) after scaling is smaller than the \(smallestSide) pixels a side that the networks "
                + "need; use larger images or a preprocess mode that crops"
        case .invalidConfiguration(let reason): "the data set's configuration is not valid: \(reason)"
        case .invalidAugmentation(let key, let value, let allowed): "the augmentation's \(key): found \(value); allowed: \(allowed)"
        case .invalidHoldOut(let path, let reason):
            "\(path): no validation images can be held out: \(reason); "
                + "give a fraction such as 0.1 and at least two images, or make the folders valA and valB"
        case .noPairs(let root, let pictures, let folders, let found):
            "\(root): holds no pairs: there is neither \(pictures), with pictures of both images side by side, nor "
                + "\(folders.joined(separator: " and ")), with files of the same names; make one of these"
                + (found.isEmpty ? "" : " (found here: \(found.joined(separator: ", ")))")
        case .twoPairLayouts(let root, let pictures, let folders):
            "\(root): holds both \(pictures), for pictures of both images side by side, and "
                + "\(folders.joined(separator: " or ")), for files of the same names; remove or rename what is not meant"
        case .onlyPairs(let root, let pictures, let folders):
            "\(root): holds pictures in \(pictures), but neither \(folders.joined(separator: " nor ")): with both images side by side "
                + "these are a set of pairs, for objective pix2pix; other objectives need \(folders.joined(separator: " and "))"
        case .noPartners(let folder, let partners, let count, let example):
            "\(folder): none of the \(counted(count, "image")) has a partner of the same name in \(partners), such as \(example): "
                + "give the images of a pair the same name; images that do not belong together are for objectives other than pix2pix"
        case .missingPartners(let folder, let partners, let count, let examples):
            "\(folder): \(counted(count, "image")) without a partner of the same name in \(partners): "
                + examples.joined(separator: ", ") + (count > examples.count ? " and \(count - examples.count) more" : "")
                + "; add the partners, or remove the images"
        case .ambiguousPair(let folder, let files):
            "\(folder): \(files.joined(separator: " and ")) differ by their extension alone, but a name stands for one image of a pair; "
                + "keep one of them"
        case .oddWidth(let path, let width):
            "\(path): is \(width) pixels wide, but a picture of two images side by side has an even width; save it again with equal halves"
        case .partnersDiffer(let first, let firstSize, let second, let secondSize):
            "\(first) is \(firstSize.namedDimensions), but its partner \(second) is \(secondSize.dimensions); give both the same size"
        case .partnerPagesDiffer(let first, let firstPages, let second, let secondPages):
            "\(first) has \(counted(firstPages, "page")), but its partner \(second) has \(secondPages); give both as many"
        case .unalignedPairs(let folder, let unaligned, let checked, let examples):
            "\(folder): \(unaligned) of \(checked) checked pairs do not fit together; correct or remove them, for example:\n"
                + examples.map { "  " + $0 }.joined(separator: "\n")
        case .unalignedGeometry(let key, let first, let second):
            "both images of a pair are transformed alike, but \(key) is \(first) and \(second); give both domains the same"
        case .invalidPairTable(let path, let line, let found, let expected):
            "\(path):\(line): found \(found); expected \(expected)"
        case .unreadablePairs(let path, let reason):
            "\(path): cannot be used as a list of pairs: \(reason); give a text file with two paths a line, or a folder of pairs"
        case .tooFewCharacters(let found, let needed):
            "the emoji fonts have \(found) usable characters in common, but \(needed) are needed; ask for fewer images"
        case .foreignFile(let folder, let file):
            "\(folder): holds “\(file)”, which is not part of the new data set; give an empty folder or remove the file"
        case .image(let error): error.description
        case .unwritableFolder(let path, let reason): "\(path): cannot be made: \(reason)"
        case .domainCount(let path, let found):
            "\(path): found \(found.isEmpty ? "no folders" : found.joined(separator: ", ")); expected a folder of images for each of "
                + "\(MultiDomainImageDataset.possibleCounts.lowerBound) to \(MultiDomainImageDataset.possibleCounts.upperBound) domains"
        }
    }
}
