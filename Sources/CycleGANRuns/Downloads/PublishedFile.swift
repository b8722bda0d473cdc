import CycleGANMetrics
import Foundation

/// A file that others publish.
public struct PublishedFile: Equatable, Sendable {
    /// Its name there.
    public let name: String
    /// Where it can be got, the first choice first.
    public let addresses: [String]
    /// How its SHA-256 begins, in hexadecimal, where somebody has published that; of equal content there may be several files.
    public let checksums: [String]
    /// Its bytes, where they are known.
    public let size: Int?

    /// Names a file.
    public init(name: String, addresses: [String], checksums: [String] = [], size: Int? = nil) {
        self.name = name
        self.addresses = addresses
        self.checksums = checksums
        self.size = size
    }

    /// The weights of a network that metrics use.
    public init(_ network: MetricNetwork) {
        let published = network.published
        self.init(name: published.fileName, addresses: [published.address] + network.mirrors, checksums: published.checksums)
    }

    /// Whether a file with this SHA-256 is the published one; `nil` where nobody has published a checksum.
    func matches(_ sha256: String) -> Bool? {
        checksums.isEmpty ? nil : checksums.contains { sha256.hasPrefix($0) }
    }
}

extension MetricNetwork {
    /// Other places that give the published weights.
    fileprivate var mirrors: [String] {
        let heads = "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/lpips/weights/v0.1/"
        return switch self {
        case .inception:
            // The same file under torch-fidelity's name.
            ["https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"]
        case .alexnet: ["https://download.pytorch.org/models/alexnet-owt-4df8aa71.pth"]
        case .vgg16, .squeezenet: []
        case .lpipsAlex, .lpipsVGG, .lpipsSqueeze: [heads + published.fileName]
        }
    }
}
