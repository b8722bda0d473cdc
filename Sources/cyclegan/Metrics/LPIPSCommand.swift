import ArgumentParser
import CycleGANMetrics
import CycleGANRuns
import Foundation
import Imaging
import Support
import Torch

/// Where the weights of LPIPS come from.
struct LPIPSOptions: ParsableArguments {
    @Option(name: .customLong("lpips-network"), help: "The network whose features LPIPS compares.") var network = PerceptualNetwork.alex
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
        let metric = try PerceptualMetric(
            network.network, trunk: weights.map(url), heads: heads.map(url), device: compute.processor.start())
        let files = try map.map { try mapFiles(url($0), pairs) }
        let status = StatusLine()
        let values = try metric.lpips.distances(
            of: pairs, workers: compute.workers,
            map: files.map { files in { index, map in try Self.write(map, to: files[index]) } }
        ) { status.show("LPIPS \($0)/\(pairs.pairs.count)") }
        status.clear()
        var result = MetricResult(
            pairs: pairs, metric: metric.name, title: "LPIPS (\(network.network.rawValue))", values: values
        ) { String(format: "%.4f", $0) }
        result.weights = metric.trunk.sha256
        result.details["heads"] = .text(metric.heads.sha256)
        result.details["network"] = .text(network.network.rawValue)
        if result.metric != "lpips" { result.notes.append("these weights are not the published ones: the number compares with no other") }
        try result.report(json: json)
        if let map, !json { print("  map: \(url(map).path)") }
    }

    private func mapFiles(_ target: URL, _ pairs: ImagePairs) throws -> [URL] {
        let isSingle = pairs.pairs.count == 1 && ImageFileFormat(fileExtension: target.pathExtension) != nil
        if isSingle, !target.isFolder {
            return [target]
        }
        return pairs.pairs.map { target.appending(path: ($0.name as NSString).deletingPathExtension + ".png") }
    }

    private static func write(_ map: Tensor, to file: URL) throws {
        try AtomicFile.createFolder(file.deletingLastPathComponent())
        try PixelImage(tensor: map * 2 - 1, domain: DomainConfiguration(channels: 1)).write(to: file)
    }
}
