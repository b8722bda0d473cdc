import CycleGANMetrics
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Torch

/// FID and KID of translations against the real validation images of their domain, whose features are computed once.
final class InceptionValidation: ValidationMetric {
    private let metrics: [NetworkMetric]
    private let domains: [Domain]
    private let weights: MetricWeights
    private let extractor: FeatureExtractor
    /// Where the real images' features are kept for a resumed run, by domain.
    private let stored: (cache: FeatureCache, provenances: [Domain: FeatureProvenance])?
    private var reals: [Domain: FeatureSet] = [:]
    private var collectors: [Kind: Collector] = [:]

    /// Images that are measured together.
    private struct Kind: Hashable {
        let role: PictureRole
        let domain: Domain

        var name: String { "\(role.rawValue) images of domain \(domain)" }
    }

    /// - Parameters:
    ///   - domains: Those that are translated to.
    ///   - images: What identifies the validation images of each domain, as they are presented.
    init(
        metrics: [NetworkMetric], domains: [Domain], weights: MetricWeights, images: [Domain: String], cache: FeatureCache, device: Device
    ) throws {
        self.domains = domains
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
                reals[domain] = try FeatureSet(path: "real images of \(domain)", values: values)
            }
        }
    }

    var values: [ValidationValue] {
        metrics.flatMap { ValidationValue.values(weights.name(of: $0.rawValue), of: domains, isHigherBetter: false) }
    }

    func reset() { collectors = [:] }

    func update(_ batch: TranslatedBatch) throws {
        for domain in domains {
            try collect(Kind(role: .fake, domain: domain), batch)
            if reals[domain] == nil { try collect(Kind(role: .real, domain: domain), batch) }
        }
    }

    func compute() throws -> [String: Double] {
        var distances: [NetworkMetric: [Domain: Double]] = [:]
        for domain in domains {
            guard let fakes = try finish(Kind(role: .fake, domain: domain)), let reals = try realFeatures(domain) else { continue }
            for metric in metrics { distances[metric, default: [:]][domain] = try Self.distance(metric, fakes, reals) }
        }
        return distances.reduce(into: [:]) { values, entry in
            values.merge(ValidationValue.named(weights.name(of: entry.key.rawValue), entry.value, of: domains)) { $1 }
        }
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
        let found = try finish(Kind(role: .real, domain: domain))
        reals[domain] = found
        if let found, let stored, let provenance = stored.provenances[domain] { try stored.cache.store(found.values, for: provenance) }
        return found
    }

    /// Images that wait for a whole batch, and the features so far.
    private struct Collector {
        var waiting: [PixelImage] = []
        var features: [Tensor] = []
    }

    private func collect(_ kind: Kind, _ batch: TranslatedBatch) throws {
        guard let images = batch[kind.role, kind.domain] else { return }
        let domain = DomainConfiguration(channels: images.shape[1])
        for index in 0..<images.shape[0] {
            let image = PixelImage(tensor: images.narrowed(dimension: 0, start: index, length: 1), domain: domain)
            collectors[kind, default: Collector()].waiting.append(image)
        }
        if collectors[kind, default: Collector()].waiting.count >= 16 { try flush(kind) }
    }

    private func flush(_ kind: Kind) throws {
        guard let waiting = collectors[kind]?.waiting, !waiting.isEmpty else { return }
        collectors[kind]?.waiting = []
        if let features = try extractor.features(of: waiting, name: kind.name)[.pool3] { collectors[kind]?.features.append(features) }
    }

    private func finish(_ kind: Kind) throws -> FeatureSet? {
        try flush(kind)
        guard let features = collectors[kind]?.features, !features.isEmpty else { return nil }
        return try FeatureSet(path: kind.name, values: Tensor.concatenated(features))
    }
}
