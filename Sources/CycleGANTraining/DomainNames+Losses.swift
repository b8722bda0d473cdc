import CycleGANModels
import Imaging
import Support

extension DomainNames {
    /// A loss or a validation metric for people: `cycleA` as `cycle photo`, `adversarialAB` as `adversarial photo to monet`. Where domains
    /// have no names of their own it stays as it is in logs and files.
    package func legend(of loss: String) -> String {
        let stem = Self.stem(of: loss)
        let domains = loss.dropFirst(stem.count).map { Domain(String($0)) }
        guard self != .own, (1...2).contains(domains.count), domains.allSatisfy(Domain.pair.contains) else { return loss }
        return "\(humanReadable(stem).lowercased()) \(domains.map { self[$0] }.joined(separator: " to "))"
    }

    /// The name of a loss without the letters of its domains: the capital letters at the end, unless these are all of it.
    package static func stem(of loss: String) -> String {
        let suffix = loss.reversed().prefix { $0.isUppercase }.count
        return suffix < loss.count ? String(loss.dropLast(suffix)) : loss
    }
}
