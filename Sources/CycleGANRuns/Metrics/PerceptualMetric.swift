import CycleGANMetrics
import Foundation
import Imaging
import Support
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

    /// The distances of pairs of images.
    ///
    /// - Parameters:
    ///   - maps: Where to write where the images differ, black for 0 and white for 1: a file for two images, else a folder.
    ///   - progress: Called after each pair with the number done.
    /// - Throws: Errors of the images, and of what is written.
    public func result(
        of pairs: ImagePairs, workers: Int, maps: URL? = nil, progress: @escaping (Int) -> Void = { _ in }
    ) throws -> MetricResult {
        let files = maps.map { Self.mapFiles(at: $0, pairs) }
        let values = try lpips.distances(
            of: pairs, workers: workers, map: files.map { files in { index, map in try Self.write(map, to: files[index]) } },
            progress: progress)
        var result = MetricResult(pairs: pairs, metric: name, title: "LPIPS (\(lpips.network.rawValue))", values: values) {
            String(format: "%.4f", $0)
        }
        result.weights = trunk.sha256
        result.details["heads"] = .text(heads.sha256)
        result.details["network"] = .text(lpips.network.rawValue)
        if name != "lpips" { result.notes.append("these weights are not the published ones: the number compares with no other") }
        return result
    }

    private static func mapFiles(at target: URL, _ pairs: ImagePairs) -> [URL] {
        let isFile = pairs.pairs.count == 1 && ImageFileFormat(fileExtension: target.pathExtension) != nil && !target.isFolder
        return isFile ? [target] : pairs.pairs.map { target.appending(path: ($0.name as NSString).deletingPathExtension + ".png") }
    }

    private static func write(_ map: Tensor, to file: URL) throws {
        try AtomicFile.createFolder(file.deletingLastPathComponent())
        try PixelImage(tensor: map * 2 - 1, domain: DomainConfiguration(channels: 1)).write(to: file)
    }
}
