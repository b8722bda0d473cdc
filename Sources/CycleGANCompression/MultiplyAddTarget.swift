import Foundation

/// How many multiply-adds a generator may take for an image of 256x256.
public enum MultiplyAddTarget: Codable, Equatable, Sendable {
    /// A share of what the large generator takes, above 0 and below 1.
    case share(Double)
    /// So many.
    case count(Int)

    /// Reads `10%`, `2.7G`, `300M` or a plain number.
    public init?(_ text: String) {
        let factors: [(suffix: String, factor: Double)] = [("%", 0.01), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1)]
        for (suffix, factor) in factors where text.hasSuffix(suffix) {
            guard let number = Double(text.dropLast(suffix.count)), number > 0, number.isFinite, number * factor < 1e18 else { return nil }
            if suffix == "%" {
                guard number < 100 else { return nil }
                self = .share(number * factor)
            } else {
                self = .count(Int(number * factor))
            }
            return
        }
        return nil
    }

    /// The number for a generator that takes so many itself.
    public func count(of whole: Int) -> Int {
        switch self {
        case .share(let share): Int(share * Double(whole))
        case .count(let count): count
        }
    }
}

/// Multiply-adds as people write them: `2.67 G`.
package func multiplyAddsText(_ count: Int) -> String {
    count >= 1_000_000_000 ? String(format: "%.2f G", Double(count) / 1e9) : String(format: "%.1f M", Double(count) / 1e6)
}
