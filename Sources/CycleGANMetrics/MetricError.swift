/// Why a metric cannot be computed.
public enum MetricError: Error, CustomStringConvertible, Equatable, Sendable {
    /// Fewer images than the metric needs.
    case tooFewImages(path: String, found: Int, needed: Int, metric: String)
    /// An image whose channels the metric does not take.
    case channels(path: String, found: Int, allowed: String)
    /// An image with too few pixels.
    case tooSmall(path: String, found: String, needed: String)
    /// Two images that can only be compared with equal sizes, channels and depths.
    case unlike(first: String, second: String, found: String, expected: String)
    /// Features of another length, so that they come from another layer or network.
    case featureLength(path: String, found: Int, other: String, expected: Int)
    /// A file of statistics that holds something else.
    case invalidStatistics(path: String, reason: String)
    /// A value that is no number.
    case notFinite(path: String, what: String)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .tooFewImages(let path, let found, let needed, let metric):
            "\(path): found \(found) \(found == 1 ? "image" : "images"), but \(metric) needs at least \(needed); add images to the folder"
        case .channels(let path, let found, let allowed):
            "\(path): found \(found) channels; allowed: \(allowed)"
        case .tooSmall(let path, let found, let needed): "\(path): found \(found) pixels, but it needs at least \(needed)"
        case .unlike(let first, let second, let found, let expected):
            "\(second) has \(found), but \(first) has \(expected): give images of one size, number of channels and bit depth"
        case .featureLength(let path, let found, let other, let expected):
            "\(path): has features of \(found) numbers, but \(other) has features of \(expected); compare features of one layer of one network"
        case .invalidStatistics(let path, let reason):
            "\(path): not the statistics of features: \(reason); make the file anew, or give the folder of images instead"
        case .notFinite(let path, let what):
            "\(path): \(what) is not a finite number; the image or the weights are damaged"
        }
    }
}
