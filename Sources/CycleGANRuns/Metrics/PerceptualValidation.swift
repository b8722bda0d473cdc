import CycleGANMetrics
import CycleGANTraining
import Imaging

/// LPIPS of real validation images and their reconstructions.
final class PerceptualValidation: ValidationMetric {
    private let lpips: LPIPS
    private let name: String
    private let domains: [Domain]
    private var distances: [Domain: [Double]] = [:]

    /// - Parameter domains: Whose images are translated there and back.
    init(_ metric: PerceptualMetric, domains: [Domain]) {
        self.domains = domains
        lpips = metric.lpips
        name = metric.name
    }

    var values: [ValidationValue] { ([""] + domains.map(\.name)).map { ValidationValue(name: name + $0, isHigherBetter: false) } }

    func reset() { distances = [:] }

    func update(_ batch: TranslatedBatch) throws {
        for domain in domains {
            guard let real = batch[.real, domain], let other = batch[.reconstructed, domain] else { continue }
            let found = try lpips.distances(real, other, name: "validation image of domain \(domain)")
            distances[domain, default: []] += found.to(.cpu).array(of: Float.self).map(Double.init)
        }
    }

    func compute() -> [String: Double] {
        var values: [String: Double] = [:]
        for (domain, all) in distances { values[name + domain.name] = all.reduce(0, +) / Double(all.count) }
        values[name] = values.mean(of: name, over: domains)
        return values
    }
}
