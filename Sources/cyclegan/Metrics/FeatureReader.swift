import CycleGANMetrics
import Datasets
import Foundation
import Torch

/// Features and statistics of folders, computed once and kept for the next time.
struct FeatureReader {
    let weights: MetricWeights
    let featureProtocol: FeatureProtocol
    let extractor: FeatureExtractor
    private let features: Set<InceptionFeature>
    private let cache: FeatureCache?
    private let status = StatusLine()

    // Features of more images are not kept: 8 KB for each.
    private static let largestCachedCount = 10_000

    init(
        weights: MetricWeights, featureProtocol: FeatureProtocol, features: Set<InceptionFeature>, device: Device, workers: Int,
        cache: FeatureCache?
    ) throws {
        self.weights = weights
        self.featureProtocol = featureProtocol
        self.features = features
        self.cache = cache
        extractor = try FeatureExtractor(
            weights: weights, featureProtocol: featureProtocol, features: features, device: device, workers: workers)
    }

    /// The features of a folder's images.
    func features(of folder: ImageFolder) throws -> [InceptionFeature: FeatureSet] {
        let path = folder.root.path
        let files = folder.files.indices.map(folder.url)
        let provenances = try provenances(of: files)
        var found: [InceptionFeature: Tensor] = [:]
        for (feature, provenance) in provenances { found[feature] = cache?.features(for: provenance) }
        if found.count < features.count {
            found = try extractor.features(of: files) { show(path, $0, files.count) }
            for (feature, provenance) in provenances {
                if let values = found[feature] { try cache?.store(values, for: provenance) }
            }
            status.clear()
        }
        var sets: [InceptionFeature: FeatureSet] = [:]
        for (feature, values) in found { sets[feature] = try FeatureSet(path: path, values: values) }
        return sets
    }

    /// Mean and covariance of a folder's features, or those of a file of statistics.
    ///
    /// - Throws: `EvaluationError` for a file that was made in another way.
    func statistics(of path: URL, feature: InceptionFeature) throws -> (statistics: FeatureStatistics, notes: [String]) {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder)
        if exists, !isFolder.boolValue { return try savedStatistics(path, feature: feature) }
        let folder = try Self.folder(at: path)
        if let set = folder.files.count > Self.largestCachedCount ? nil : try features(of: folder)[feature] {
            return (try FeatureStatistics(of: set), [])
        }
        var accumulator = FeatureAccumulator(path: path.path)
        let files = folder.files.indices.map(folder.url)
        try extractor.forEachBatch(of: files) { features, done in
            if let values = features[feature] { try accumulator.update(with: values) }
            show(path.path, done, files.count)
        }
        status.clear()
        return (try accumulator.statistics(), [])
    }

    /// The images of a folder that a person named.
    ///
    /// - Throws: `MetricError.missingPath`, `DatasetError` for a folder without images.
    static func folder(at path: URL) throws -> ImageFolder {
        guard FileManager.default.fileExists(atPath: path.path) else { throw MetricError.missingPath(path: path.path) }
        return try ImageFolder(path)
    }

    /// What the features of files depend on.
    func provenance(of files: [URL], feature: InceptionFeature) throws -> FeatureProvenance {
        FeatureProvenance(
            featureProtocol: featureProtocol, feature: feature.rawValue, weights: weights.sha256, images: try contentKey(of: files))
    }

    private func provenances(of files: [URL]) throws -> [InceptionFeature: FeatureProvenance] {
        guard cache != nil, files.count <= Self.largestCachedCount else { return [:] }
        let images = try contentKey(of: files)
        return Dictionary(
            uniqueKeysWithValues: features.map {
                ($0, FeatureProvenance(featureProtocol: featureProtocol, feature: $0.rawValue, weights: weights.sha256, images: images))
            })
    }

    private func savedStatistics(_ file: URL, feature: InceptionFeature) throws -> (FeatureStatistics, [String]) {
        let (statistics, provenance) = try StatisticsFile.read(file)
        guard let provenance else {
            return (statistics, ["\(file.path) does not say which weights and protocol it was made with"])
        }
        for (what, found, expected) in [
            ("protocol", provenance.featureProtocol.rawValue, featureProtocol.rawValue), ("feature", provenance.feature, feature.rawValue),
            ("weights", provenance.weights, weights.sha256),
        ] where found != expected {
            throw EvaluationError(
                "\(file.path): was made with the \(what) \(found), but now \(expected) is used; such numbers cannot be compared")
        }
        return (statistics, [])
    }

    private func show(_ path: String, _ done: Int, _ count: Int) {
        status.show("Features \(done)/\(count) \(path)")
    }
}

/// A measurement that cannot be made.
struct EvaluationError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
