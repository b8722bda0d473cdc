import CycleGANMetrics
import Datasets
import Foundation
import Torch

/// Features and statistics of folders, computed once and kept for the next time.
public struct FeatureReader {
    /// How far the features of a folder have come.
    public struct Progress: Sendable {
        /// The folder.
        public let path: String
        /// The images that are done, and all of them.
        public let done, count: Int
    }

    /// Statistics with what a person should know about them.
    public struct Statistics {
        /// Mean and covariance.
        public let values: FeatureStatistics
        /// What is not known of them.
        public let notes: [String]
    }

    /// The weights of the network.
    public let weights: MetricWeights
    /// Whose way of scaling images.
    public let featureProtocol: FeatureProtocol
    /// The network.
    public let extractor: FeatureExtractor
    private let features: Set<InceptionFeature>
    private let cache: FeatureCache?
    private let progress: (Progress) -> Void

    // Features of more images are not kept: 8 KB for each.
    private static let largestCachedCount = 10_000

    /// - Parameters:
    ///   - features: All that will be asked for.
    ///   - cache: Where features are kept; `nil` computes them anew.
    ///   - progress: Called after each batch of images; at the end `done` is `count`.
    /// - Throws: Errors of the weights.
    public init(
        weights: MetricWeights, featureProtocol: FeatureProtocol, features: Set<InceptionFeature>, device: Device, workers: Int,
        cache: FeatureCache?, progress: @escaping (Progress) -> Void = { _ in }
    ) throws {
        self.weights = weights
        self.featureProtocol = featureProtocol
        self.features = features
        self.cache = cache
        self.progress = progress
        extractor = try FeatureExtractor(
            weights: weights, featureProtocol: featureProtocol, features: features, device: device, workers: workers)
    }

    /// The features of a folder's images.
    public func features(of folder: ImageFolder) throws -> [InceptionFeature: FeatureSet] {
        let path = folder.root.path
        let files = folder.files.indices.map(folder.url)
        let provenances = try provenances(of: files)
        var found: [InceptionFeature: Tensor] = [:]
        for (feature, provenance) in provenances { found[feature] = cache?.features(for: provenance) }
        if found.count < features.count {
            found = try extractor.features(of: files) { progress(Progress(path: path, done: $0, count: files.count)) }
            for (feature, provenance) in provenances {
                if let values = found[feature] { try cache?.store(values, for: provenance) }
            }
        }
        var sets: [InceptionFeature: FeatureSet] = [:]
        for (feature, values) in found { sets[feature] = try FeatureSet(path: path, values: values) }
        return sets
    }

    /// One of the features of a folder's images, of those that the reader was made for.
    public func features(_ feature: InceptionFeature, of folder: ImageFolder) throws -> FeatureSet {
        guard let features = try features(of: folder)[feature] else {
            preconditionFailure("the reader was made for other features than \(feature.rawValue)")
        }
        return features
    }

    /// Mean and covariance of a folder's features, or those of a file of statistics.
    ///
    /// - Throws: `MetricError.otherStatistics` for a file that was made in another way.
    public func statistics(of path: URL, feature: InceptionFeature) throws -> Statistics {
        if path.exists, !path.isFolder { return try savedStatistics(path, feature: feature) }
        let folder = try Self.folder(at: path)
        if let set = folder.files.count > Self.largestCachedCount ? nil : try features(of: folder)[feature] {
            return Statistics(values: try FeatureStatistics(of: set), notes: [])
        }
        var accumulator = FeatureAccumulator(path: path.path)
        let files = folder.files.indices.map(folder.url)
        try extractor.forEachBatch(of: files) { features, done in
            if let values = features[feature] { try accumulator.update(with: values) }
            progress(Progress(path: path.path, done: done, count: files.count))
        }
        return Statistics(values: try accumulator.statistics(), notes: [])
    }

    /// The images of a folder that a person named.
    ///
    /// - Throws: `MetricError.missingPath`, `DatasetError` for a folder without images.
    public static func folder(at path: URL) throws -> ImageFolder {
        guard path.exists else { throw MetricError.missingPath(path: path.path) }
        return try ImageFolder(path)
    }

    /// What the features of files depend on.
    public func provenance(of files: [URL], feature: InceptionFeature) throws -> FeatureProvenance {
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

    private func savedStatistics(_ file: URL, feature: InceptionFeature) throws -> Statistics {
        let (statistics, provenance) = try StatisticsFile.read(file)
        try provenance?.check(
            comparesWith: featureProtocol, feature: feature.rawValue, weights: weights.sha256, path: file.path)
        return Statistics(saved: statistics, hasProvenance: provenance != nil, path: file.path)
    }
}

extension FeatureReader.Statistics {
    /// Those of a file, which may not say how it was made.
    init(saved values: FeatureStatistics, hasProvenance: Bool, path: String) {
        self.init(values: values, notes: hasProvenance ? [] : ["\(path) does not say which weights and protocol it was made with"])
    }
}
