import ArgumentParser
import CycleGANRuns
import Foundation

/// `cyclegan dataset fetch`.
struct DatasetFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Download a data set that was published with the papers, and unpack it.",
        discussion: """
            The address comes first, the checksum is compared where one was published, and a transfer that broke off is gone on with by the same \
            command. The folder appears with all of its images or not at all. Offline, or where the server has gone, give the archive with \
            --from. Whose images these are, and what they may be used for, is said at https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix.

            Names: \(PublishedDataset.all.map(\.name).joined(separator: ", ")).
            """)

    @Argument(help: "The data set, such as horse2zebra.", completion: .list(PublishedDataset.all.map(\.name))) var name: String
    @Option(help: "The folder to make; by default that name in the current folder.") var output: String?
    @OptionGroup var fetch: FetchOptions
    @Flag(help: "Keep the archive beside the folder.") var keepArchive = false

    func run() throws {
        let dataset = try PublishedDataset.named(name)
        let display = FetchDisplay()
        let result = try DatasetFetch(dataset, to: url(output ?? dataset.folderName), from: fetch.from, keepsArchive: keepArchive)
            .run(report: display.show)
        display.end()
        let counts = result.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print("Data set: \(result.folder.path) (\(counts.joined(separator: ", ")))")
        print(
            "Train with: cyclegan train \(result.folder.path) \(dataset.isPaired ? "--objective pix2pix " : "")--run runs/\(dataset.folderName)"
        )
    }
}
