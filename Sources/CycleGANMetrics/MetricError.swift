import Imaging
import Support

/// Why a metric cannot be computed.
public enum MetricError: Error, CustomStringConvertible, Equatable, Sendable {
    /// Fewer images than the metric needs.
    case tooFewImages(path: String, found: Int, needed: Int, metric: String)
    /// An image whose channels the metric does not take.
    case channels(path: String, found: Int, allowed: String)
    /// Two images that can only be compared with equal sizes, channels and depths.
    case unlike(first: String, second: String, found: String, expected: String)
    /// Features of another length, so that they come from another layer or network.
    case featureLength(path: String, found: Int, other: String, expected: Int)
    /// A file of statistics that holds something else.
    case invalidStatistics(path: String, reason: String)
    /// Statistics that were made in another way than those that they are to be compared with; `what` is a weights file, a protocol, a feature.
    case otherStatistics(path: String, what: String, found: String, expected: String)
    /// A value that is no number.
    case notFinite(path: String, what: String)
    /// An image with a side that is too short for the metric.
    case tooSmall(path: String, size: ImageSize, smallestSide: Int, metric: String)
    /// A file or folder to compare is missing.
    case missingPath(path: String)
    /// A file cannot be compared with a folder.
    case fileAndFolder(file: String, folder: String)
    /// Files of one folder that differ only in their extension; each could be the one that is meant.
    case ambiguousNames(folder: String, files: [String])
    /// Images of two folders that have no counterpart of the same name in the other one.
    case unmatched(first: String, onlyFirst: [String], second: String, onlySecond: [String])
    /// A file with the colours of labels that cannot be used; `line` is the line's number where it is one.
    case invalidPalette(path: String, line: Int?, found: String, allowed: String)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .tooFewImages(let path, let found, let needed, let metric):
            "\(path): found \(found) \(found == 1 ? "image" : "images"), but \(metric) needs at least \(needed); add images to the folder"
        case .channels(let path, let found, let allowed):
            "\(path): found \(counted(found, "channel")); allowed: \(allowed)"
        case .unlike(let first, let second, let found, let expected):
            "\(second) has \(found), but \(first) has \(expected) (width x height): give images of one size, number of channels and bit depth"
        case .featureLength(let path, let found, let other, let expected):
            "\(path): has features of \(found) numbers, but \(other) has features of \(expected); compare features of one layer of one network"
        case .invalidStatistics(let path, let reason):
            "\(path): not the statistics of features: \(reason); make the file anew, or give the folder of images instead"
        case .otherStatistics(let path, let what, let found, let expected):
            "\(path): was made with the \(what) \(found), but now \(expected) is used; such numbers cannot be compared"
        case .notFinite(let path, let what):
            "\(path): \(what) is not a finite number; the image or the weights are damaged"
        case .tooSmall(let path, let size, let smallestSide, let metric):
            "\(path): \(size.namedDimensions) is smaller than the \(smallestSide) pixels a side that \(metric) needs; "
                + "use larger images or another metric"
        case .missingPath(let path): "\(path): there is no such file or folder; give two image files or two folders of images"
        case .fileAndFolder(let file, let folder):
            "\(file) is a file, but \(folder) is a folder; give two image files or two folders of images"
        case .ambiguousNames(let folder, let files):
            "\(folder): \(files.joined(separator: " and ")) differ only in their extension, so it is not clear which one is to be compared; "
                + "keep one of them"
        case .unmatched(let first, let onlyFirst, let second, let onlySecond):
            "images are compared with those of the same path (the extension may differ), but "
                + [(onlyFirst, first, second), (onlySecond, second, first)].filter { !$0.0.isEmpty }
                .map { "\(Self.listing($0.0)) of \($0.1) \($0.0.count == 1 ? "has" : "have") no counterpart in \($0.2)" }
                .joined(separator: ", and ") + "; add the missing images or remove the others"
        case .invalidPalette(let path, let line, let found, let allowed):
            "\(path)\(line.map { ", line \($0)" } ?? ""): found \(found); allowed: \(allowed)"
        }
    }

    /// The first few names and how many there are in all.
    private static func listing(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    }
}
