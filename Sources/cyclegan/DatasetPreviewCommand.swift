import ArgumentParser
import CycleGANRuns
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Support

/// `cyclegan dataset preview`.
struct DatasetPreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show what the networks will see: training images as files and as they are prepared in several epochs.",
        discussion: """
            DATA and the settings are those of 'cyclegan train': give the same flags and --config. One picture is written; each row is an \
            image, first the file, then what is made of it by scaling, cropping and augmentation. With --objective pix2pix both images of \
            a pair come one below the other.
            """)

    private static let possibleSamples = 1...100
    private static let possibleVariants = 1...32

    @Argument(help: "The folder with trainA and trainB, or train for pix2pix.") var data: String?
    @Option(help: "A YAML file with settings.") var config: String?
    @Option(help: "The picture to write.") var output = "preview.png"
    @Option(help: "Images per domain.") var samples = 6
    @Option(help: "Epochs per image.") var variants = 4
    @OptionGroup var options: TrainingOptions

    func validate() throws {
        for (flag, value, allowed) in [
            ("samples", samples, Self.possibleSamples), ("variants", variants, Self.possibleVariants),
        ] where !allowed.contains(value) {
            throw ValidationError("--\(flag): found \(value); allowed: \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        guard ImageFileFormat(fileExtension: url(output).pathExtension) != nil else {
            throw ValidationError("\(ImageError.unknownExtension(path: output))")
        }
    }

    func run() throws {
        var configuration = try options.configuration(config: config, data: data)
        configuration.data.pairing = .serial
        configuration = try configuration.withMeasuredRanges().configuration
        let dataset = try configuration.dataset(.train)
        let preview = try DatasetPreview(
            dataset, samples: samples, variants: variants, diffAugment: configuration.objective.diffAugment,
            names: configuration.domainNames)
        for notice in preview.notices { StandardStreams.writeError("warning: \(notice)\n") }
        let sheet = preview.sheet
        try sheet.write(to: url(output))
        for line in preview.summary { print(line) }
        print("Preview: \(url(output).path) (\(sheet.size.dimensions) pixels; sizes are width x height)")
    }
}
