import Datasets
import Torch
import TorchNN

/// What the networks keep of the images, which needs neither pairs nor another network.
///
/// | value | over the validation images of its domain |
/// | --- | --- |
/// | `cycleA`, `cycleB` | the mean absolute difference between real and reconstructed images; images have values in -1...1 |
/// | `ssimA`, `ssimB` | the mean structural similarity of real and reconstructed images |
/// | `identityA`, `identityB` | the mean absolute difference between real images and what the generator of their domain makes of them |
/// | `cycle`, `ssim`, `identity` | the mean of both domains |
public final class ReconstructionMetrics: ValidationMetric {
    private struct Comparison {
        let name: String
        let label: String
        let measure: (_ real: Tensor, _ other: Tensor) -> Tensor
        let isHigherBetter: Bool
    }

    private static func absoluteDifference(_ real: Tensor, _ other: Tensor) -> Tensor { (real - other).abs().mean([1, 2, 3]) }

    private let comparisons: [Comparison]
    // By name with the domain: the sum over images, kept on the device, and their number.
    private var sums: [String: (sum: Tensor, count: Int)] = [:]

    /// - Parameter hasIdentity: Whether the objective makes identity images.
    public init(hasIdentity: Bool) {
        comparisons =
            [
                Comparison(name: "cycle", label: "reconstructed", measure: Self.absoluteDifference, isHigherBetter: false),
                Comparison(
                    name: "ssim", label: "reconstructed", measure: { structuralSimilarity($0, $1, dataRange: 2) }, isHigherBetter: true),
            ]
            + (hasIdentity
                ? [Comparison(name: "identity", label: "identity", measure: Self.absoluteDifference, isHigherBetter: false)] : [])
    }

    public var values: [ValidationValue] {
        comparisons.flatMap { comparison in
            ["", "A", "B"].map { ValidationValue(name: comparison.name + $0, isHigherBetter: comparison.isHigherBetter) }
        }
    }

    public func reset() { sums = [:] }

    public func update(_ batch: TranslatedBatch) {
        withoutGradients {
            for domain in Domain.allCases {
                guard let real = batch["real\(domain.rawValue)"] else { continue }
                for comparison in comparisons {
                    guard let other = batch[comparison.label + domain.rawValue] else { continue }
                    let name = comparison.name + domain.rawValue
                    let sum = comparison.measure(real, other).sum()
                    let before = sums[name]
                    sums[name] = (before.map { $0.sum + sum } ?? sum, (before?.count ?? 0) + real.shape[0])
                }
            }
        }
    }

    public func compute() -> [String: Double] {
        var values = sums.mapValues { $0.sum.item() / Double($0.count) }
        for comparison in comparisons {
            let both = Domain.allCases.compactMap { values[comparison.name + $0.rawValue] }
            if both.count == 2 { values[comparison.name] = (both[0] + both[1]) / 2 }
        }
        return values
    }
}
