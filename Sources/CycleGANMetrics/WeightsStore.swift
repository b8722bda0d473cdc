import Checkpoints
import Foundation
import Support

/// The imported weights of this computer's user: one file per network, with the checksum of the file it came from.
public struct WeightsStore: Sendable {
    /// Where the files lie.
    public let folder: URL

    /// A store in a folder that need not exist.
    public init(folder: URL) {
        self.folder = folder
    }

    /// Copies a file of weights into the store. Weights of that network other than the published ones take a place of their own.
    ///
    /// - Returns: The weights of the networks that the file holds.
    /// - Throws: Errors of `MetricWeights.read(_:)`, and `CheckpointError.unwritable`.
    public func importWeights(from url: URL) throws -> [MetricWeights] {
        let all = try MetricWeights.read(url)
        try AtomicFile.createFolder(folder)
        for weights in all {
            let used = weights.network.tensors.compactMap { name, _ in weights.stateDict[name].map { (name, $0) } }
            let stored = StateDict(used, metadata: [Self.networkKey: weights.network.rawValue, Self.checksumKey: weights.sha256])
            try SafetensorsFile.write(stored, to: file(of: weights))
        }
        return all
    }

    /// The published weights of a network or, if only others were imported, those that were imported last.
    ///
    /// - Parameter metric: Who needs them, for the error.
    /// - Throws: `WeightsError.missing`, which says where to get them.
    public func weights(of network: MetricNetwork, for metric: String) throws -> MetricWeights {
        guard let file = files(of: network).first else {
            throw WeightsError.missing(network: network, metric: metric, folder: folder.path)
        }
        let stateDict = try SafetensorsFile.read(file)
        guard stateDict.metadata[Self.networkKey] == network.rawValue, let sha256 = stateDict.metadata[Self.checksumKey] else {
            throw WeightsError.unreadable(
                path: file.path, reason: "it was not written when weights were imported; remove it and import them again")
        }
        return MetricWeights(network: network, stateDict: stateDict, sha256: sha256, source: file.path)
    }

    /// Whether weights of a network were imported.
    public func contains(_ network: MetricNetwork) -> Bool { !files(of: network).isEmpty }

    /// Published weights first, then the newest.
    private func files(of network: MetricNetwork) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let published = network.rawValue + ".safetensors"
        let pattern = "\(network.rawValue)-[0-9a-f]{8}\\.safetensors"
        func date(_ name: String) -> Date {
            (try? folder.appending(path: name).resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate)
                ?? .distantPast
        }
        let others = names.filter { $0.range(of: "^\(pattern)$", options: .regularExpression) != nil }
        return (names.filter { $0 == published } + others.sorted { date($0) > date($1) }).map { folder.appending(path: $0) }
    }

    private func file(of weights: MetricWeights) -> URL {
        folder.appending(
            path: (weights.isPublished ? weights.network.rawValue : weights.name(of: weights.network.rawValue)) + ".safetensors")
    }

    private static let networkKey = "network"
    private static let checksumKey = "sha256"
}
