import ArgumentParser
import CycleGANMetrics
import CycleGANRuns
import Foundation
import TorchNN

extension SSIMWindow: ExpressibleByArgument {}

/// The difference between the largest and the smallest possible value, as a positive number or as `low...high`.
struct DataRange: ExpressibleByArgument {
    let length: Double

    init?(argument: String) {
        let bounds = argument.components(separatedBy: "...").compactMap(Double.init)
        guard bounds.count == argument.components(separatedBy: "...").count, (1...2).contains(bounds.count) else { return nil }
        length = bounds.count == 1 ? bounds[0] : bounds[1] - bounds[0]
        guard length > 0, length.isFinite else { return nil }
    }
}

/// The options of metrics that compare images pixel by pixel.
struct PixelOptions: ParsableArguments {
    @Argument(help: "An image, or a folder of images.") var x: String
    @Argument(help: "The image to compare it with, or a folder with the same file names; extensions may differ.") var y: String
    @Option(
        name: [.customLong("range"), .customLong("data-range")],
        help: """
            The smallest and the largest possible value as low...high, as --range of train has it, or their difference \
            (default: that of the depth, which is 255, 65535, or 1 for float images). Below zero with =, such as \
            --range=-1024...3071.
            """)
    var range: DataRange?
    @Option(help: "Threads that read and compare images.") var workers = 2
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if !(1...64).contains(workers) { throw ValidationError("--workers: found \(workers); allowed: 1 to 64") }
    }

    func report(_ metric: PixelMetric, title: String, window: SSIMWindow = .gaussian) throws {
        let pairs = try ImagePairs(url(x), url(y))
        let comparison = PixelComparison(metrics: [metric], window: window, dataRange: range?.length)
        let status = StatusLine()
        let count = pairs.pairs.count
        let scores = try comparison.scores(of: pairs, workers: workers) { status.show("\(title) \($0)/\(count)") }
        status.clear()
        try MetricResult(pairs: pairs, metric: metric, title: title, scores: scores).report(json: json)
    }
}

struct SSIMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssim", abstract: "Structural similarity of images, 1 for equal ones: the mean over channels and images.")
    @Option(help: "gaussian: 11x11 pixels as in the paper; uniform: 7x7, scikit-image's default.") var window = SSIMWindow.gaussian
    @OptionGroup var options: PixelOptions

    func run() throws { try options.report(.ssim, title: "SSIM", window: window) }
}

struct MultiScaleSSIMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ms-ssim", abstract: "Structural similarity of images over five scales.")
    @OptionGroup var options: PixelOptions

    func run() throws { try options.report(.multiScaleSSIM, title: "MS-SSIM") }
}

struct PSNRCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "psnr", abstract: "Peak signal-to-noise ratio of images in dB, infinite for equal ones.")
    @OptionGroup var options: PixelOptions

    func run() throws { try options.report(.psnr, title: "PSNR") }
}

struct L1Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "l1", abstract: "Mean absolute difference of images, as a share of the range of their values: from 0 to 1.")
    @OptionGroup var options: PixelOptions

    func run() throws { try options.report(.l1, title: "L1") }
}
