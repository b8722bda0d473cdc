import CycleGANMetrics
import Foundation
import Torch

/// LPIPS with the weights that were given or imported, under the name that these allow.
public struct PerceptualMetric {
    /// The metric.
    public let lpips: LPIPS
    /// The weights of its network, and of its linear layers.
    public let trunk, heads: MetricWeights

    /// - Parameters:
    ///   - trunk: A file of the network's weights; it may hold the linear layers too. By default the imported ones.
    ///   - heads: A file of the linear layers. By default those of `trunk`, or the imported ones.
    /// - Throws: `WeightsError` where weights are missing or are others.
    public init(_ network: PerceptualNetwork, trunk: URL? = nil, heads: URL? = nil, device: Device) throws {
        let store = UserCache.weights
        let given = try trunk.map(MetricWeights.read) ?? []
        if let trunk, !given.contains(where: { $0.network == network.trunk }) {
            throw WeightsError.wrongNetwork(path: trunk.path, found: given.map(\.network), expected: network.trunk)
        }
        self.trunk = try given.first { $0.network == network.trunk } ?? store.weights(of: network.trunk, for: "LPIPS")
        self.heads =
            try heads.map { try MetricWeights.read($0, of: network.heads) }
            ?? given.first { $0.network == network.heads } ?? store.weights(of: network.heads, for: "LPIPS")
        lpips = try LPIPS(network, trunk: self.trunk, heads: self.heads, device: device)
    }

    /// `lpips`, with the checksum of the first weights that are not the published ones.
    public var name: String { trunk.isPublished ? heads.name(of: "lpips") : trunk.name(of: "lpips") }
}
