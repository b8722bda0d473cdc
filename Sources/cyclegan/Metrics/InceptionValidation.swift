import CycleGANMetrics
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Torch

/// FID and KID of translations against the real validation images of their domain, whose features are computed once.
final class InceptionValidation: ValidationMetric {
    private let metrics: [NetworkMetric]
    private let weights: MetricWeights
    private let extractor: FeatureExtractor
    /// Where the real images' features are kept for a resumed run, by domain.
    private let stored: (cache: FeatureCache, provenances: [Domain: FeatureProvenance])?
    private var reals: [Domain: FeatureSet] = [:]
    private var collectors: [String: Collector] = [:]

    /// - Parameter images: What identifies the validation images of each domain, as they are presented.
    init(metrics: [NetworkMetric], weights: MetricWeights, images: [Domain: String], cache: FeatureCache, device: Device) throws {
        self.metrics = metrics
        self.weights = weights
        let featureProtocol = FeatureProtocol.pytorchFID
        extractor = try FeatureExtractor(weights: weights, featureProtocol: featureProtocol, features: [.pool3], device: device)
        let provenances = images.mapValues {
            FeatureProvenance(
                featureProtocol: featureProtocol, feature: InceptionFeature.pool3.rawValue, weights: weights.sha256, images: $0)
        }
        stored = (cache, provenances)
        for (domain, provenance) in provenances {
            if let values = cache.features(for: provenance) {
                reals[domain] = try FeatureSet(path: "real\(domain.rawValue)", values: values)
            }
        }
    }

    var values: [ValidationValue] {
        metrics.flatMap { metric in
            ["", "A", "B"].map { ValidationValue(name: weights.name(of: metric.rawValue) + $0, isHigherBetter: false) }
        }
    }

    func reset() { collectors = [:] }

    func update(_ batch: TranslatedBatch) throws {
        for domain in Domain.allCases {
            try collect("fake\(domain.rawValue)", batch)
            if reals[domain] == nil { try collect("real\(domain.rawValue)", batch) }
        }
    }

    func compute() throws -> [String: Double] {
        var values: [String: Double] = [:]
        for domain in Domain.allCases {
            guard let fakes = try finish("fake\(domain.rawValue)"), let reals = try realFeatures(domain) else { continue }
            for metric in metrics {
                values[weights.name(of: metric.rawValue) + domain.rawValue] = try Self.distance(metric, fakes, reals)
            }
        }
        for name in metrics.map({ weights.name(of: $0.rawValue) }) {
            let both = Domain.allCases.compactMap { values[name + $0.rawValue] }
            if both.count == 2 { values[name] = (both[0] + both[1]) / 2 }
        }
        return values
    }

    private static func distance(_ metric: NetworkMetric, _ fakes: FeatureSet, _ reals: FeatureSet) throws -> Double? {
        switch metric {
        case .fid: try FrechetDistance(FeatureStatistics(of: fakes), FeatureStatistics(of: reals)).value
        case .kid: try KernelInceptionDistance(fakes, reals).mean
        case .lpips: nil
        }
    }

    private func realFeatures(_ domain: Domain) throws -> FeatureSet? {
        if let known = reals[domain] { return known }
        let found = try finish("real\(domain.rawValue)")
        reals[domain] = found
        if let found, let stored, let provenance = stored.provenances[domain] { try stored.cache.store(found.values, for: provenance) }
        return found
    }

    /// Images that wait for a whole batch, and the features so far.
    private struct Collector {
        var waiting: [PixelImage] = []
        var features: [Tensor] = []
    }

    private func collect(_ label: String, _ batch: TranslatedBatch) throws {
        guard let images = batch[label] else { return }
        let domain = DomainConfiguration(channels: images.shape[1])
        for index in 0..<images.shape[0] {
            let image = PixelImage(tensor: images.narrowed(dimension: 0, start: index, length: 1), domain: domain)
            collectors[label, default: Collector()].waiting.append(image)
        }
        if collectors[label, default: Collector()].waiting.count >= 16 { try flush(label) }
    }

    private func flush(_ label: String) throws {
        guard let waiting = collectors[label]?.waiting, !waiting.isEmpty else { return }
        collectors[label]?.waiting = []
        if let features = try extractor.features(of: waiting, name: label)[.pool3] { collectors[label]?.features.append(features) }
    }

    private func finish(_ label: String) throws -> FeatureSet? {
        try flush(label)
        guard let features = collectors[label]?.features, !features.isEmpty else { return nil }
        return try FeatureSet(path: label, values: Tensor.concatenated(features))
    }
}
