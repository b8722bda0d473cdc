import ArgumentParser
import CycleGANMetrics
import CycleGANRuns
import Foundation

/// `cyclegan metrics weights`.
struct WeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights", abstract: "Download, import and list the weights of the networks that metrics use.",
        subcommands: [WeightsFetchCommand.self, ImportCommand.self, ListCommand.self])

    struct ImportCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Check files of weights and keep them for all later measurements.",
            discussion: """
                Names, shapes and the checksum in the file name are checked, and the SHA-256 is recorded. Taken are the files that people \
                have: pytorch-fid's or torch-fidelity's Inception, torchvision's AlexNet, VGG16 and SqueezeNet 1.1, and the linear layers of \
                lpips. Numbers that were made with other weights bear their checksum in their name.
                """)

        @Argument(help: "The files: .pth or .safetensors.") var files: [String]

        func run() throws {
            for file in files {
                for weights in try UserCache.weights.importWeights(from: url(file)) {
                    print("Imported \(weights.network.rawValue): \(weights.source)\n  SHA-256 \(weights.sha256)")
                    if weights.isPublished { continue }
                    print(
                        "  These are not the published weights (SHA-256 \(weights.network.published.checksums[0].prefix(8))...); "
                            + "numbers made with them are named after their checksum, \(weights.shortChecksum)")
                }
            }
            print("Weights are kept in \(UserCache.weights.folder.path)")
        }
    }

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Say which weights are there, and where to get the others.")
        @Flag(help: "Print one JSON object.") var json = false

        private struct Entry: Encodable {
            let network: MetricNetwork
            let sha256: String?
            let isPublished: Bool?
            let file: String
            let address: String
        }

        func run() throws {
            let entries = try MetricNetwork.allCases.map { network in
                let weights = UserCache.weights.contains(network) ? try UserCache.weights.weights(of: network, for: network.rawValue) : nil
                return Entry(
                    network: network, sha256: weights?.sha256, isPublished: weights?.isPublished,
                    file: network.published.fileName, address: network.published.address)
            }
            if json { return try printJSON(["weights": entries]) }
            for entry in entries {
                let name = entry.network.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0)
                let state =
                    entry.sha256.map { "\(entry.isPublished == true ? "published" : "other weights") \($0)" } ?? "get \(entry.address)"
                print(name + state)
            }
            if entries.contains(where: { $0.isPublished != true }) { print("To get one: cyclegan metrics weights fetch NAME") }
            print("Folder: \(UserCache.weights.folder.path)")
        }
    }
}
