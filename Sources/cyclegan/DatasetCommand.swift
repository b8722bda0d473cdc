import ArgumentParser
import Datasets
import Foundation

/// `cyclegan dataset`, and `dataset sample`.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Get, make, check and look at data sets.",
        subcommands: [DatasetFetchCommand.self, SampleCommand.self, DatasetCheckCommand.self, DatasetPreviewCommand.self])

    struct SampleCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample",
            abstract: "Draw a small unpaired data set from two fonts: line drawings (A) and colour emoji (B).",
            discussion: "No character is in both training sets; the test sets hold the same characters, which are in neither.")

        @Argument(help: "The folder to make.") var folder: String
        @Option(help: "Width and height of the images.") var size = 64
        @Option(help: "Training images per domain.") var trainCount = 400
        @Option(help: "Test images per domain.") var testCount = 40
        @Option(help: "Decides which characters go where.") var seed: UInt64 = 0

        func run() throws {
            let status = StatusLine()
            let counts = try SampleDataset.write(
                to: url(folder), size: size, trainCount: trainCount, testCount: testCount, seed: seed
            ) { written, total in
                status.show("Drawing \(written)/\(total)")
            }
            status.clear()
            print("Drew \(counts.train) training and \(counts.test) test images per domain: \(url(folder).path)")
        }
    }
}
