import Imaging
import Torch
import TorchNN

/// What the networks keep of the images, which needs neither pairs nor another network.
///
/// | value | over the validation images of its domain |
/// | --- | --- |
/// | `cycleA`, `cycleB` | the mean absolute difference between real and reconstructed images; images have values in -1...1 |
/// | `ssimA`, `ssimB` | the mean structural similarity of real and reconstructed images |
/// | `identityA`, `identityB` | the mean absolute difference between real images and what the generator of their domain makes of them |
/// | `cycle`, `ssim`, `identity` | the mean over the domains |
public final class ReconstructionMetrics: ValidationMetric {
    private struct Comparison {
        let name: String
        let role: PictureRole
        let measure: (_ real: Tensor, _ other: Tensor) -> Tensor
        let isHigherBetter: Bool
    }

    private static func absoluteDifference(_ real: Tensor, _ other: Tensor) -> Tensor { (real - other).abs().mean([1, 2, 3]) }

    private let comparisons: [Comparison]
    // By name with the domain: the sum over images, kept on the device, and their number.
    private var sums: [String: (sum: Tensor, count: Int)] = [:]

    private let domains: [Domain]

    /// - Parameters:
    ///   - domains: Whose images are translated there and back.
    ///   - hasIdentity: Whether the objective makes identity images.
    public init(domains: [Domain] = Domain.pair, hasIdentity: Bool) {
        self.domains = domains
        comparisons =
            [
                Comparison(name: "cycle", role: .reconstructed, measure: Self.absoluteDifference, isHigherBetter: false),
                Comparison(
                    name: "ssim", role: .reconstructed, measure: { structuralSimilarity($0, $1, dataRange: 2) }, isHigherBetter: true),
            ]
            + (hasIdentity
                ? [Comparison(name: "identity", role: .identity, measure: Self.absoluteDifference, isHigherBetter: false)] : [])
    }

    public var values: [ValidationValue] {
        comparisons.flatMap { comparison in
            ([""] + domains.map(\.name)).map { ValidationValue(name: comparison.name + $0, isHigherBetter: comparison.isHigherBetter) }
        }
    }

    public func reset() { sums = [:] }

    public func update(_ batch: TranslatedBatch) {
        withoutGradients {
            for domain in domains {
                guard let real = batch[.real, domain] else { continue }
                for comparison in comparisons {
                    guard let other = batch[comparison.role, domain] else { continue }
                    let name = comparison.name + domain.name
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
            values[comparison.name] = values.mean(of: comparison.name, over: domains)
        }
        return values
    }
}

extension [String: Double] {
    /// The mean over domains of the values of a name; `nil` where one is missing.
    public func mean(of name: String, over domains: [Domain]) -> Double? {
        let values = domains.compactMap { self[name + $0.name] }
        return values.count == domains.count && !values.isEmpty ? values.reduce(0, +) / Double(values.count) : nil
    }
}
