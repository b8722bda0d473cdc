import CycleGANMetrics
import CycleGANTraining
import Datasets
import Foundation
import Torch

extension TrainingConfiguration {
    /// The metrics that validation computes: those that need no network, and the chosen ones that do.
    ///
    /// - Throws: `WeightsError` where weights are missing, `ConfigurationError` where the images do not fit.
    func makeValidationMetrics(dataset: (any ImageDataset)?, device: Device) throws -> [any ValidationMetric] {
        let plain = ReconstructionMetrics(domains: domains, hasIdentity: hasIdentityLoss)
        guard !validationMetrics.isEmpty else { return [plain] }
        guard let dataset else {
            throw ConfigurationError(
                key: "validationMetrics", value: validationMetrics.map(\.rawValue),
                allowed: "nothing without validation images: give valA and valB, or validationFraction")
        }
        if let odd = domains.first(where: { ![1, 3].contains(images(of: $0).channels) }) {
            throw ConfigurationError(
                key: "validationMetrics", value: validationMetrics.map(\.rawValue),
                allowed: "nothing with \(images(of: odd).channels) channels in domain \(odd): these networks know grey and RGB images")
        }
        var metrics: [any ValidationMetric] = [plain]
        let inception = validationMetrics.filter { $0 != .lpips }
        if !inception.isEmpty {
            let folders = domains.map { ($0, dataset.folder(of: $0)) }
            if let small = folders.map(\.1).first(where: { $0.files.count < 2 }) {
                throw MetricError.tooFewImages(
                    path: small.root.path, found: small.files.count, needed: 2, metric: inception[0].rawValue.uppercased())
            }
            // What validation presents depends on the files and on how they are brought to one size.
            let presented = "\(preprocess.rawValue) \(loadSize) \(cropSize)"
            let images = try folders.map { domain, folder in
                (domain, "\(try contentKey(of: folder.files.indices.map(folder.url))) \(presented) \(self.images(of: domain))")
            }
            metrics.append(
                try InceptionValidation(
                    metrics: inception, domains: domains,
                    weights: UserCache.weights.weights(of: .inception, for: inception[0].rawValue.uppercased()),
                    images: Dictionary(uniqueKeysWithValues: images), cache: UserCache.features, device: device))
        }
        if validationMetrics.contains(.lpips) {
            let (lpips, trunk, heads) = try LPIPSOptions.make(.alex, device: device)
            metrics.append(PerceptualValidation(lpips: lpips, name: LPIPSCommand.name(of: "lpips", trunk, heads), domains: domains))
        }
        return metrics
    }
}
