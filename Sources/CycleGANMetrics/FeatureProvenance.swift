import Support

/// What features depend on: features and statistics can be used again, and compared, where all of it is the same.
public struct FeatureProvenance: Equatable, Sendable {
    /// How images were brought to the network's input.
    public let featureProtocol: FeatureProtocol

    /// The feature's name, such as `2048`.
    public let feature: String

    /// The SHA-256 of the file of weights; see `contentKey(of:)`.
    public let weights: String

    /// The content key of the images, in order.
    public let images: String

    /// - Parameters:
    ///   - feature: The feature's name, such as `2048`.
    ///   - weights: The SHA-256 of the file of weights.
    ///   - images: The content key of the images, in order.
    public init(featureProtocol: FeatureProtocol, feature: String, weights: String, images: String) {
        self.featureProtocol = featureProtocol
        self.feature = feature
        self.weights = weights
        self.images = images
    }

    /// Checks that statistics in a file compare with others: that they are of the same feature, made by the same protocol and weights.
    ///
    /// - Throws: `MetricError.otherStatistics` naming the file and the first difference.
    package func check(
        comparesWith featureProtocol: FeatureProtocol, feature: String, weights: String, path: String
    ) throws(MetricError) {
        for (what, found, expected) in [
            ("protocol", self.featureProtocol.rawValue, featureProtocol.rawValue), ("feature", self.feature, feature),
            ("weights", self.weights, weights),
        ] where found != expected {
            throw .otherStatistics(path: path, what: what, found: found, expected: expected)
        }
    }

    /// Reads what `metadata` gave; `nil` where a part is missing or unknown.
    init?(metadata: [String: String]) {
        guard let featureProtocol = metadata["protocol"].flatMap(FeatureProtocol.init), let feature = metadata["feature"],
            let weights = metadata["weights_sha256"], let images = metadata["images_sha256"]
        else { return nil }
        self.init(featureProtocol: featureProtocol, feature: feature, weights: weights, images: images)
    }

    /// The strings that are kept in files.
    var metadata: [String: String] {
        ["protocol": featureProtocol.rawValue, "feature": feature, "weights_sha256": weights, "images_sha256": images]
    }

    /// A name for a file that holds something of this provenance.
    var key: String {
        // Lengths keep two lists of parts from giving one text.
        let parts = [images, weights, featureProtocol.rawValue, feature].map { "\($0.utf8.count):\($0)" }
        return hexadecimal(SHA256.digest(of: parts.joined().utf8))
    }
}
