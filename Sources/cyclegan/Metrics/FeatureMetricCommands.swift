import ArgumentParser
import CycleGANMetrics
import CycleGANRuns
import Datasets
import Foundation
import Support

/// `cyclegan metrics fid`, and below the other metrics on Inception features.
struct FIDCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fid", abstract: "Fréchet inception distance of two sets of images: 0 for equal sets.",
        discussion: "X and Y are folders of images, or statistics that `cyclegan metrics statistics` or pytorch-fid saved.")
    @Argument(help: "A folder, or a .npz or .safetensors file of statistics.") var x: String
    @Argument(help: "The same of the other side.") var y: String
    @Option(help: "The layer: 2048 is the one that FID is defined on.") var feature = InceptionFeature.pool3
    @OptionGroup var options: InceptionOptions

    func run() throws {
        if [url(x), url(y)].allSatisfy({ $0.exists && !$0.isFolder }) {
            return try MetricResult.fid(ofStatistics: url(x), and: url(y)).report(json: options.json)
        }
        let reader = try options.reader([feature], for: "FID")
        let (first, second) = (try reader.statistics(of: url(x), feature: feature), try reader.statistics(of: url(y), feature: feature))
        try MetricResult.fid(first, second, reader, feature)
            .report(json: options.json)
    }
}

struct KIDCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kid",
        abstract: "Kernel inception distance of two sets of images: about 0 for equal distributions, also for few images.")
    @Argument(help: "A folder of images.") var x: String
    @Argument(help: "Another folder.") var y: String
    @Option(help: "Random subsets to average over.") var subsets = 100
    @Option(help: "The most images of each folder in a subset.") var subsetSize = 1000
    @Option(help: "Decides the subsets.") var seed: UInt64 = 0
    @OptionGroup var options: InceptionOptions

    func validate() throws {
        if !(1...100_000).contains(subsets) { throw ValidationError("--subsets: found \(subsets); allowed: 1 to 100000") }
        if subsetSize < 2 { throw ValidationError("--subset-size: found \(subsetSize); allowed: 2 and more") }
    }

    func run() throws {
        let reader = try options.reader([.pool3], for: "KID")
        let (first, second) = (
            try reader.features(.pool3, of: FeatureReader.folder(at: url(x))),
            try reader.features(.pool3, of: FeatureReader.folder(at: url(y)))
        )
        let kid = try KernelInceptionDistance(first, second, subsetCount: subsets, subsetSize: subsetSize, seed: seed)
        try MetricResult.kid(kid, first, second, reader, seed: seed).report(json: options.json)
    }
}

struct InceptionScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "is", abstract: "Inception score of a set of images: how sure and how varied a classifier's answers are.")
    @Argument(help: "A folder of images.") var x: String
    @Argument(help: "Another folder, whose score is told beside.") var y: String?
    @Option(help: "Parts that are scored apart.") var splits = 10
    @Option(help: "Decides the order of the images before they are parted.") var seed: UInt64 = 0
    @OptionGroup var options: InceptionOptions

    func validate() throws {
        if splits < 1 { throw ValidationError("--splits: found \(splits); allowed: 1 and more") }
    }

    func run() throws {
        let reader = try options.reader([.logitsUnbiased], for: "the Inception score")
        let (score, count) = try score(x, reader)
        var result = MetricResult("is", "Inception score", score.mean, Self.text(score), count, reader)
        result.details = ["std": .number(score.standardDeviation), "splits": .integer(splits), "seed": .natural(seed)]
        if let y {
            let (other, count) = try self.score(y, reader)
            result.details["other"] = .number(other.mean)
            result.notes.append("\(y): \(Self.text(other)), \(counted(count, "image"))")
        }
        try result.report(json: options.json)
    }

    private func score(_ folder: String, _ reader: FeatureReader) throws -> (score: InceptionScore, count: Int) {
        let logits = try reader.features(.logitsUnbiased, of: FeatureReader.folder(at: url(folder)))
        return (try InceptionScore(logits: logits, splits: splits, shuffleSeed: seed), logits.count)
    }

    private static func text(_ score: InceptionScore) -> String {
        "\(shortNumber(score.mean)) ± \(shortNumber(score.standardDeviation))"
    }
}

struct PrecisionRecallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prc",
        abstract: "Precision and recall: how many generated images look real, and how many real ones could have been generated.",
        discussion: "Measured on the same Inception features as FID; the paper's own features were those of VGG16.")
    @Argument(help: "A folder of generated images.") var x: String
    @Argument(help: "A folder of real images.") var y: String
    @Option(help: "Which nearest neighbour bounds the ball around an image.") var neighbours = 3
    @OptionGroup var options: InceptionOptions

    func validate() throws {
        if neighbours < 1 { throw ValidationError("--neighbours: found \(neighbours); allowed: 1 and more") }
    }

    func run() throws {
        let reader = try options.reader([.pool3], for: "precision and recall")
        let (generated, real) = (
            try reader.features(.pool3, of: FeatureReader.folder(at: url(x))),
            try reader.features(.pool3, of: FeatureReader.folder(at: url(y)))
        )
        let found = try PrecisionRecall(generated: generated, real: real, neighbours: neighbours)
        var result = MetricResult(
            "prc", "Precision and recall", found.fScore,
            String(format: "precision %.3f, recall %.3f, F-score %.3f", found.precision, found.recall, found.fScore), generated.count,
            reader)
        result.details = [
            "precision": .number(found.precision), "recall": .number(found.recall), "neighbours": .integer(neighbours),
            "counts": .integers([generated.count, real.count]),
        ]
        try result.report(json: options.json)
    }
}

struct StatisticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics", abstract: "Save the statistics of a folder, to compare others with it by FID later.",
        discussion: "An .npz file is also read by pytorch-fid; both formats record weights, protocol and content.")
    @Argument(help: "A folder of images.") var folder: String
    @Option(help: "The .npz or .safetensors file to write.") var output: String
    @Option(help: "The layer.") var feature = InceptionFeature.pool3
    @OptionGroup var options: InceptionOptions

    func run() throws {
        let reader = try options.reader([feature], for: "FID")
        let images = try FeatureReader.folder(at: url(folder))
        let statistics = try reader.statistics(of: images.root, feature: feature).values
        let provenance = try reader.provenance(of: images.files.indices.map(images.url), feature: feature)
        try StatisticsFile.write(statistics, provenance: provenance, to: url(output))
        if options.json {
            try printJSON(["output": url(output).path])
        } else {
            print("Statistics of \(counted(images.files.count, "image")): \(url(output).path)")
        }
    }
}
