import CycleGANMetrics
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Torch

extension TrainingConfiguration {
    /// The metrics that validation computes: those that need no network, and the chosen ones that do.
    ///
    /// - Throws: `WeightsError` where weights are missing, `ConfigurationError` where the images do not fit.
    func makeValidationMetrics(dataset: (any ImageDataset)?, device: Device) throws -> [any ValidationMetric] {
        let targets =
            objective.kind == .pretrain ? pretrainedDomains : objective.kind.isCyclic ? trainedDomains : [trainedDomains[1]]
        let plain = PictureMetrics(pictureComparisons, domains: targets)
        guard !validation.validationMetrics.isEmpty else { return [plain] }
        if objective.kind.isContrastive, validation.validationMetrics.contains(.lpips) {
            throw ConfigurationError(
                key: "validationMetrics", value: validation.validationMetrics.form.text,
                allowed: "fid and kid with objective \(objective.kind.rawValue): lpips compares images with their reconstructions or truth")
        }
        if imageDomains.count < 2 || objective.kind == .pretrain, validation.validationMetrics.contains(where: { $0 != .lpips }) {
            throw ConfigurationError(
                key: "validationMetrics", value: validation.validationMetrics.form.text,
                allowed: "lpips with objective \(objective.kind.rawValue), which "
                    + (objective.kind == .pretrain ? "translates nothing" : "has no images of the other domain to compare with"))
        }
        guard let dataset else {
            throw ConfigurationError(
                key: "validationMetrics", value: validation.validationMetrics.form.text,
                allowed: "nothing without validation images: give valA and valB, or validationFraction")
        }
        if let odd = trainedDomains.first(where: { ![1, 3].contains(images(of: $0).channels) }) {
            throw ConfigurationError(
                key: "validationMetrics", value: validation.validationMetrics.form.text,
                allowed: "nothing with \(images(of: odd).channels) channels in domain \(odd): these networks know grey and RGB images")
        }
        var metrics: [any ValidationMetric] = [plain]
        let inception = validation.validationMetrics.filter { $0 != .lpips }
        if !inception.isEmpty {
            let folders = targets.map { ($0, dataset.folder(of: $0)) }
            if let small = folders.map(\.1).first(where: { $0.files.count < 2 }) {
                throw MetricError.tooFewImages(
                    path: small.root.path, found: small.files.count, needed: 2, metric: inception[0].rawValue.uppercased())
            }
            // What validation presents depends on the files and on how they are brought to one size.
            let images = try folders.map { domain, folder in
                (domain, "\(try contentKey(of: folder.files.indices.map(folder.url))) \(self.presentation(of: domain))")
            }
            metrics.append(
                try InceptionValidation(
                    metrics: inception, domains: targets,
                    weights: UserCache.weights.weights(of: .inception, for: inception[0].rawValue.uppercased()),
                    images: Dictionary(uniqueKeysWithValues: images), cache: UserCache.features, device: device))
        }
        if validation.validationMetrics.contains(.lpips) {
            metrics.append(
                PerceptualValidation(
                    try PerceptualMetric(.alex, device: device), role: objective.kind.isCyclic ? .reconstructed : .fake, domains: targets))
        }
        return metrics
    }

    /// A metric that validation does not compute, with what would make it do so.
    ///
    /// - Parameters:
    ///   - key: The setting that names the metric.
    ///   - names: What validation computes.
    func unknownMetric(key: String, _ metric: String, names: [String]) -> ConfigurationError {
        let kind = NetworkMetric.allCases.first { metric.lowercased().hasPrefix($0.rawValue) && !validation.validationMetrics.contains($0) }
        let advice = kind.map { "\(metric) only with \(Remedy("validationMetrics", [$0] + validation.validationMetrics).description)" }
        let computed =
            names.isEmpty
            ? "nothing with objective \(objective.kind.rawValue) unless validationMetrics has fid or kid"
            : names.sorted().joined(separator: ", ")
        return ConfigurationError(
            key: key, value: metric, allowed: [computed, advice].compactMap { $0 }.joined(separator: "; "),
            suggestion: kind == nil ? nearest(to: metric, in: names) : nil)
    }

    private var pictureComparisons: [PictureMetrics.Comparison] {
        switch objective.kind {
        case .cycleGAN: PictureMetrics.Comparison.reconstructions + (hasIdentityLoss ? PictureMetrics.Comparison.identities : [])
        case .cut, .fastCUT: cut.nceIdentity ? PictureMetrics.Comparison.identities : []
        case .pix2pix, .distill: PictureMetrics.Comparison.pairs
        case .starGAN, .multiCycle: PictureMetrics.Comparison.reconstructions
        case .pretrain: [.absoluteDifference("l1", .reconstructed), .similarity(.reconstructed)]
        }
    }

    private func presentation(of domain: Domain) -> String {
        "\(domains.preprocess[domain].rawValue) \(domains.loadSize[domain]) \(data.cropSize) \(images(of: domain))"
    }
}
