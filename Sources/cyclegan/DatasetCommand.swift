import ArgumentParser
import Datasets
import Foundation

/// What `dataset sample` draws.
enum SampleKind: String, CaseIterable, ExpressibleByArgument {
    case emoji, spectral
}

/// `cyclegan dataset`, and `dataset sample`.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Get, make, check and look at data sets.",
        subcommands: [DatasetFetchCommand.self, SampleCommand.self, DatasetCheckCommand.self, DatasetPreviewCommand.self])

    struct SampleCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample",
            abstract:
                "Draw a small unpaired data set: line drawings (A) and colour emoji (B), or land in eight bands (A) and in true colour (B).",
            discussion: """
                What one training set shows is not in the other; the test sets show the same things, which are in neither. Emoji come from two \
                fonts. The land is made up: reflectances of water, plants, soil, roofs and roads in eight bands of 16 bits (TIFF).
                """)

        @Argument(help: "The folder to make.") var folder: String
        @Option(help: "What to draw.") var kind = SampleKind.emoji
        @Option(help: "Width and height of the images.") var size = 64
        @Option(help: "Training images per domain.") var trainCount = 400
        @Option(help: "Test images per domain.") var testCount = 40
        @Option(help: "Decides which characters go where.") var seed: UInt64 = 0

        func run() throws {
            let status = StatusLine()
            func show(_ written: Int, _ total: Int) { status.show("Drawing \(written)/\(total)") }
            let counts =
                switch kind {
                case .emoji:
                    try SampleDataset.write(
                        to: url(folder), size: size, trainCount: trainCount, testCount: testCount, seed: seed, progress: show)
                case .spectral:
                    try SampleDataset.writeSpectral(
                        to: url(folder), size: size, trainCount: trainCount, testCount: testCount, seed: seed, progress: show)
                }
            status.clear()
            print("Drew \(counts.train) training and \(counts.test) test images per domain: \(url(folder).path)")
        }
    }
}
