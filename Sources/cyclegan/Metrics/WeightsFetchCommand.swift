import ArgumentParser
import CycleGANMetrics
import CycleGANRuns
import Foundation

extension MetricNetwork: ExpressibleByArgument {}

/// `cyclegan metrics weights fetch`.
struct WeightsFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Download the published weights and import them.",
        discussion: """
            Without names: what FID, KID and LPIPS need by default, \(WeightsFetch.usual.map(\.rawValue).joined(separator: ", ")). The address \
            comes first, the published checksum is compared, and a transfer that broke off is gone on with by the same command. Weights that \
            are there are not downloaded again. Offline, give the file, or a folder with the files, with --from.
            """)

    @Argument(help: ArgumentHelp("The networks.", valueName: "network")) var networks: [MetricNetwork] = []
    @Flag(help: "All networks that some metric uses.") var all = false
    @OptionGroup var fetch: FetchOptions

    func validate() throws {
        if all, !networks.isEmpty {
            throw ValidationError("--all fetches every network; leave out \(networks.map(\.rawValue).joined(separator: ", "))")
        }
    }

    func run() throws {
        let wanted = all ? MetricNetwork.allCases : networks.isEmpty ? WeightsFetch.usual : networks
        let weights = WeightsFetch()
        let missing = weights.missing(of: wanted)
        for network in wanted where !missing.contains(network) { print("\(network.rawValue) is there already") }
        if let source = fetch.from, missing.count > 1, !source.hasSuffix("/"), !isFolder(source) {
            throw ValidationError(
                "--from: found '\(source)' for \(missing.count) files; expected a folder, an address ending in /, or one network's name before it"
            )
        }
        let display = FetchDisplay()
        for network in missing {
            for imported in try weights.run(network, from: fetch.from, report: display.show) {
                display.end()
                print("Imported \(imported.network.rawValue)\(imported.isPublished ? "" : ": not the published weights")")
            }
        }
        print("Weights are kept in \(UserCache.weights.folder.path)")
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
