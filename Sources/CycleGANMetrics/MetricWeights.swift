import Checkpoints
import Foundation

/// The weights of a network that a metric uses, with where they come from.
public struct MetricWeights {
    /// The network.
    public let network: MetricNetwork
    /// The tensors under their published names.
    public let stateDict: StateDict
    /// The SHA-256 of the file that was imported or given, in hexadecimal.
    public let sha256: String
    /// The file.
    public let source: String

    /// Whether these are the weights that everyone uses, so that numbers made with them bear the metric's usual name.
    public var isPublished: Bool { network.published.matches(sha256) }

    /// The first 8 digits of the checksum, which name numbers made with other weights.
    public var shortChecksum: String { String(sha256.prefix(8)) }

    /// The name of a number made with these weights: the metric's own only for the published ones.
    public func name(of metric: String) -> String { isPublished ? metric : "\(metric)-\(shortChecksum)" }

    init(network: MetricNetwork, stateDict: StateDict, sha256: String, source: String) {
        self.network = network
        self.stateDict = stateDict
        self.sha256 = sha256
        self.source = source
    }

    /// Reads a file of weights and finds out whose they are: one network's, or two for a file that holds all of LPIPS.
    ///
    /// - Throws: `CheckpointError` where the file cannot be read, `WeightsError` for a network that no metric uses, and for a file that is
    ///   not the one that its name says, `MetricError.notFinite` for weights that are no numbers.
    public static func read(_ url: URL) throws -> [MetricWeights] {
        let sha256 = try contentKey(of: url)
        if let expected = checksum(inName: url.lastPathComponent), !sha256.hasPrefix(expected) {
            throw WeightsError.damaged(path: url.path, found: sha256, expected: expected)
        }
        let weights = try StateDict.read(from: url).withoutWrapperPrefixes().withTorchvisionNames()
        let networks = MetricNetwork.found(in: weights)
        if networks.isEmpty {
            throw WeightsError.unknownNetwork(path: url.path, names: Array(weights.names.prefix(3)), count: weights.count)
        }
        return try networks.map { network in
            try weights.check(holds: network.tensors, source: url.path)
            // Here, because oneDNN's ReLU makes 0 of what is not a number: the features need not show it.
            for (name, _) in network.tensors where weights[name]?.isAllFinite == false {
                throw MetricError.notFinite(path: url.path, what: name)
            }
            return MetricWeights(network: network, stateDict: weights, sha256: sha256, source: url.path)
        }
    }

    /// Reads the weights of one network.
    ///
    /// - Throws: As `read(_:)`; `WeightsError.wrongNetwork` where the file holds those of another one.
    public static func read(_ url: URL, of network: MetricNetwork) throws -> MetricWeights {
        let all = try read(url)
        guard let weights = all.first(where: { $0.network == network }) else {
            throw WeightsError.wrongNetwork(path: url.path, found: all.map(\.network), expected: network)
        }
        return weights
    }

    /// The digits that the names of published files end in: `vgg16-397923af.pth`.
    private static func checksum(inName name: String) -> String? {
        name.firstMatch(of: /-([0-9a-f]{8,64})\.[a-z]+$/).map { String($0.1) }
    }
}
