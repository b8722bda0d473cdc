import CycleGANMetrics
import CycleGANTraining
import Datasets

/// LPIPS of real validation images and their reconstructions.
final class PerceptualValidation: ValidationMetric {
    private let lpips: LPIPS
    private let name: String
    private var distances: [Domain: [Double]] = [:]

    /// - Parameter name: `lpips`, or that with the checksum of other weights than the published ones.
    init(lpips: LPIPS, name: String) {
        self.lpips = lpips
        self.name = name
    }

    var values: [ValidationValue] { ["", "A", "B"].map { ValidationValue(name: name + $0, isHigherBetter: false) } }

    func reset() { distances = [:] }

    func update(_ batch: TranslatedBatch) throws {
        for domain in Domain.allCases {
            guard let real = batch["real\(domain.rawValue)"], let other = batch["reconstructed\(domain.rawValue)"] else { continue }
            let found = try lpips.distances(real, other, name: "validation image \(domain.rawValue)")
            distances[domain, default: []] += found.to(.cpu).array(of: Float.self).map(Double.init)
        }
    }

    func compute() -> [String: Double] {
        var values: [String: Double] = [:]
        for (domain, all) in distances { values[name + domain.rawValue] = all.reduce(0, +) / Double(all.count) }
        let both = Domain.allCases.compactMap { values[name + $0.rawValue] }
        if both.count == 2 { values[name] = (both[0] + both[1]) / 2 }
        return values
    }
}
