import Foundation
import Imaging
import Torch
import TorchNN

/// What comparing the pictures of a validation batch tells, which needs no other network.
///
/// | value | over the validation images of its domain |
/// | --- | --- |
/// | `cycle` | the mean absolute difference between real and reconstructed images; images have values in -1...1 |
/// | `identity` | the mean absolute difference between real images and what the generator of their domain makes of them |
/// | `l1` | the mean absolute difference between translations and the true images of their pairs |
/// | `ssim` | the mean structural similarity of real and reconstructed images, or of translations and true ones |
/// | `psnr` | the mean peak signal-to-noise ratio of translations and true images in dB |
///
/// Where there are several domains, each has its value (`cycleA`), and the plain name is their mean.
public final class PictureMetrics: ValidationMetric {
    /// Compares the real images of a domain with other pictures of it.
    public struct Comparison: Sendable {
        let name: String
        let role: PictureRole
        let isHigherBetter: Bool
        /// One value per image, shape [N], of real and other images of shape [N, C, H, W].
        let measure: @Sendable (_ real: Tensor, _ other: Tensor) -> Tensor

        /// The mean absolute difference.
        public static func absoluteDifference(_ name: String, _ role: PictureRole) -> Comparison {
            Comparison(name: name, role: role, isHigherBetter: false) { ($0 - $1).abs().mean([1, 2, 3]) }
        }

        /// The structural similarity of images brought to 0...1, as files are measured: it depends on where black is.
        public static func similarity(_ role: PictureRole) -> Comparison {
            Comparison(name: "ssim", role: role, isHigherBetter: true) {
                structuralSimilarity(($0 + 1) * 0.5, ($1 + 1) * 0.5, dataRange: 1)
            }
        }

        /// 10 log10(range² / mean squared error) of images in -1...1, at most 96 dB, the noise of 16 bits.
        public static func signalToNoise(_ role: PictureRole) -> Comparison {
            Comparison(name: "psnr", role: role, isHigherBetter: true) {
                (($0 - $1).square().mean([1, 2, 3]).clamped(to: 1e-9...4) / 4).log() * (-10 / log(10))
            }
        }

        /// What translations there and back keep of an image.
        public static let reconstructions = [absoluteDifference("cycle", .reconstructed), similarity(.reconstructed)]
        /// What the generator of an image's own domain keeps of it.
        public static let identities = [absoluteDifference("identity", .identity)]
        /// How near translations come to the true images of their pairs.
        public static let pairs = [absoluteDifference("l1", .fake), similarity(.fake), signalToNoise(.fake)]
    }

    private let comparisons: [Comparison]
    private let domains: [Domain]
    // By name and domain: the sum over images, kept on the device, and their number.
    private var sums: [String: [Domain: (sum: Tensor, count: Int)]] = [:]

    /// - Parameter domains: Whose real images are compared.
    public init(_ comparisons: [Comparison], domains: [Domain] = Domain.pair) {
        self.comparisons = comparisons
        self.domains = domains
    }

    public var values: [ValidationValue] {
        comparisons.flatMap { ValidationValue.values($0.name, of: domains, isHigherBetter: $0.isHigherBetter) }
    }

    public func reset() { sums = [:] }

    public func update(_ batch: TranslatedBatch) {
        withoutGradients {
            for domain in domains {
                guard let real = batch.truth(of: domain) else { continue }
                for comparison in comparisons {
                    guard let other = batch[comparison.role, domain] else { continue }
                    let sum = comparison.measure(real, other).sum()
                    let before = sums[comparison.name]?[domain]
                    sums[comparison.name, default: [:]][domain] = (
                        before.map { $0.sum + sum } ?? sum, (before?.count ?? 0) + real.shape[0]
                    )
                }
            }
        }
    }

    public func compute() -> [String: Double] {
        sums.reduce(into: [:]) { values, entry in
            let means = entry.value.mapValues { $0.sum.item() / Double($0.count) }
            values.merge(ValidationValue.named(entry.key, means, of: domains)) { $1 }
        }
    }
}

extension ValidationValue {
    /// The values of a measure that is taken in some domains: its plain name and, of several domains, one for each.
    public static func values(_ name: String, of domains: [Domain], isHigherBetter: Bool) -> [ValidationValue] {
        ([""] + (domains.count > 1 ? domains.map(\.name) : [])).map { ValidationValue(name: name + $0, isHigherBetter: isHigherBetter) }
    }

    /// A measure's values under those names; the plain name has the mean over the domains and is missing where one of them is.
    public static func named(_ name: String, _ values: [Domain: Double], of domains: [Domain]) -> [String: Double] {
        let present = domains.compactMap { domain in values[domain].map { (name + domain.name, $0) } }
        var named = domains.count > 1 ? Dictionary(uniqueKeysWithValues: present) : [:]
        if present.count == domains.count, !present.isEmpty { named[name] = present.map(\.1).reduce(0, +) / Double(present.count) }
        return named
    }
}
