import ArgumentParser
import CycleGANMetrics
import Foundation
import Imaging
import Support
import Torch

/// Where the weights of LPIPS come from.
struct LPIPSOptions: ParsableArguments {
    @Option(name: .customLong("lpips-network"), help: "The network whose features LPIPS compares.") var network = PerceptualNetwork.alex

    /// - Parameters:
    ///   - trunk: A file of the network's weights; it may hold the linear layers too.
    ///   - heads: A file of the linear layers.
    static func make(_ network: PerceptualNetwork, trunk: URL? = nil, heads: URL? = nil, device: Device) throws -> (
        lpips: LPIPS, trunk: MetricWeights, heads: MetricWeights
    ) {
        let store = UserCache.weights
        let given = try trunk.map(MetricWeights.read) ?? []
        if let trunk, !given.contains(where: { $0.network == network.trunk }) {
            throw WeightsError.wrongNetwork(path: trunk.path, found: given.map(\.network), expected: network.trunk)
        }
        let trunkWeights = try given.first { $0.network == network.trunk } ?? store.weights(of: network.trunk, for: "LPIPS")
        let headWeights =
            try heads.map { try MetricWeights.read($0, of: network.heads) }
            ?? given.first { $0.network == network.heads } ?? store.weights(of: network.heads, for: "LPIPS")
        return (try LPIPS(network, trunk: trunkWeights, heads: headWeights, device: device), trunkWeights, headWeights)
    }
}

struct LPIPSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lpips", abstract: "Learned perceptual distance of images, 0 for equal ones.")
    @Argument(help: "An image, or a folder of images.") var x: String
    @Argument(help: "The image to compare it with, or a folder with the same file names; extensions may differ.") var y: String
    @OptionGroup var network: LPIPSOptions
    @Option(help: "A file of the network's weights (default: the imported ones).") var weights: String?
    @Option(help: "A file of the linear layers (default: those in --weights, or the imported ones).") var heads: String?
    @Option(help: "Write where the images differ, black for 0 and white for 1: a file for two images, else a folder.") var map: String?
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var compute: ComputeOptions

    func run() throws {
        let pairs = try ImagePairs(url(x), url(y))
        let (lpips, trunk, linear) = try LPIPSOptions.make(
            network.network, trunk: weights.map(url), heads: heads.map(url), device: compute.processor.start())
        let files = try map.map { try mapFiles(url($0), pairs) }
        let status = StatusLine()
        let values = try lpips.distances(
            of: pairs, workers: compute.workers,
            map: files.map { files in { index, map in try Self.write(map, to: files[index]) } }
        ) { status.show("LPIPS \($0)/\(pairs.pairs.count)") }
        status.clear()
        var result = MetricResult(
            pairs: pairs, metric: Self.name(of: "lpips", trunk, linear), title: "LPIPS (\(network.network.rawValue))", values: values
        ) { String(format: "%.4f", $0) }
        result.weights = trunk.sha256
        result.details["heads"] = .text(linear.sha256)
        result.details["network"] = .text(network.network.rawValue)
        if result.metric != "lpips" { result.notes.append("these weights are not the published ones: the number compares with no other") }
        try result.report(json: json)
        if let map, !json { print("  map: \(url(map).path)") }
    }

    /// The metric's name, with the checksum of the first weights that are not the published ones.
    static func name(of metric: String, _ trunk: MetricWeights, _ heads: MetricWeights) -> String {
        trunk.isPublished ? heads.name(of: metric) : trunk.name(of: metric)
    }

    private func mapFiles(_ target: URL, _ pairs: ImagePairs) throws -> [URL] {
        var isFolder: ObjCBool = false
        let isSingle = pairs.pairs.count == 1 && ImageFileFormat(fileExtension: target.pathExtension) != nil
        if isSingle, !(FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder) && isFolder.boolValue) {
            return [target]
        }
        return pairs.pairs.map { target.appending(path: ($0.name as NSString).deletingPathExtension + ".png") }
    }

    private static func write(_ map: Tensor, to file: URL) throws {
        try AtomicFile.createFolder(file.deletingLastPathComponent())
        try PixelImage(tensor: map * 2 - 1, domain: DomainConfiguration(channels: 1)).write(to: file)
    }
}
