import CycleGANMetrics
import CycleGANTraining
import Imaging

/// LPIPS of real validation images and other pictures of them.
final class PerceptualValidation: ValidationMetric {
    private let metric: PerceptualMetric
    private let role: PictureRole
    private let domains: [Domain]
    private var distances: [Domain: [Double]] = [:]

    /// - Parameters:
    ///   - role: Of the pictures that real images are compared with.
    ///   - domains: Whose images are compared.
    init(_ metric: PerceptualMetric, role: PictureRole, domains: [Domain]) {
        self.metric = metric
        self.role = role
        self.domains = domains
    }

    var values: [ValidationValue] { ValidationValue.values(metric.name, of: domains, isHigherBetter: false) }

    func reset() { distances = [:] }

    func update(_ batch: TranslatedBatch) throws {
        for domain in domains {
            guard let real = batch.truth(of: domain), let other = batch[role, domain] else { continue }
            let found = try metric.lpips.distances(real, other, name: "validation image of domain \(domain)")
            distances[domain, default: []] += found.to(.cpu).array(of: Float.self).map(Double.init)
        }
    }

    func compute() -> [String: Double] {
        ValidationValue.named(metric.name, distances.mapValues { $0.reduce(0, +) / Double($0.count) }, of: domains)
    }
}
