import ArgumentParser
import CycleGANMetrics
import CycleGANRuns

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
        let status = StatusLine()
        let result = try metric.result(of: pairs, workers: compute.workers, maps: map.map(url)) {
            status.show("LPIPS \($0)/\(pairs.pairs.count)")
        }
        status.clear()
        try result.report(json: json)
        if let map, !json { print("  map: \(url(map).path)") }
    }
}
