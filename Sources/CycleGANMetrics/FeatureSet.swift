import Torch

/// The features that a network found in a set of images, checked to be finite.
public struct FeatureSet {
    /// Where the images come from, as messages name it.
    public let path: String

    /// One row for each image, shape [N, D] on the CPU.
    public let values: Tensor

    /// - Parameters:
    ///   - path: Where the images come from, as messages name it.
    ///   - values: One row for each image, shape [N, D], of any floating-point type.
    /// - Throws: `MetricError.notFinite`.
    public init(path: String, values: Tensor) throws(MetricError) {
        precondition(
            values.rank == 2 && values.dtype.isFloatingPoint, "features are numbers of shape [N, D], not \(values.dtype)\(values.shape)")
        self.path = path
        self.values = values.detached().to(.cpu)
        guard self.values.isAllFinite else { throw .notFinite(path: path, what: "a feature") }
    }

    /// The number of images, N.
    public var count: Int { values.shape[0] }

    /// The numbers for each image, D.
    public var length: Int { values.shape[1] }

    /// - Throws: `MetricError.tooFewImages`.
    func requireImages(_ needed: Int, for metric: String) throws(MetricError) {
        guard count >= needed else { throw .tooFewImages(path: path, found: count, needed: needed, metric: metric) }
    }

    /// - Throws: `MetricError.featureLength`.
    func requireLength(of other: FeatureSet) throws(MetricError) {
        guard length == other.length else { throw .featureLength(path: path, found: length, other: other.path, expected: other.length) }
    }
}

extension Tensor {
    /// Whether no element is NaN or infinite.
    var isAllFinite: Bool { isFinite().to(.uint8).sum().item() == Double(count) }
}
