import ArgumentParser
import CycleGANBaselines
import CycleGANInference
import CycleGANModels
import CycleGANRuns
import Foundation
import Imaging
import Support

/// `cyclegan baseline`.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Give images the look of others without training, to see what a trained model adds.",
        discussion: """
            reinhard: the means and spreads of the colours become those of the style. histogram: the histogram of each channel becomes that of \
            the style. gatys: the image is optimised until features of VGG16 are correlated as in one image of the style; needs imported \
            weights, and minutes for an image on a CPU. Images, folders and results are treated as `translate` treats them; results have the \
            channels of the style. In --range, --window and --bands, A= is for the images and B= for those of the style. See \
            `evaluate --baselines` for a table beside a model.
            """)

    @Argument(help: "reinhard, histogram or gatys.") var method: BaselineMethod
    @Argument(help: "Image files and folders.") var inputs: [String]
    @Option(help: "The images whose look is wanted: a folder, counted as a whole, or one image.") var style: String
    @Option(help: "A file for one input file, else a folder.") var output: String
    @Option(help: "What images are scaled to first: original; N pixels at the longer side; or HxW (height x width).")
    var size = InputScaling.original
    @Flag(help: "Scale results back to the size of their images, after --size.") var restoreSize = false
    @Option(help: "A folder of masks under the images' paths, or a file for one image: what is black there stays as it is.")
    var masks: String?
    @Flag(help: "Print one JSON object for each image, a line each: input, output, sizes and seconds, or the error.") var json = false
    @OptionGroup var gram: GramOptions
    @OptionGroup var values: ImageOptions
    @OptionGroup var outputs: OutputOptions
    @OptionGroup var jobs: JobOptions
    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        if inputs.contains("") || output.isEmpty || style.isEmpty || masks == "" {
            throw ValidationError("an input, --style, --masks or --output is empty; give a path (. is the current folder)")
        }
        if inputs.isEmpty { throw ValidationError("give at least one image file or folder") }
        if size == .training { throw ValidationError("--size training: there is no training here; give original, pixels or HxW") }
        if restoreSize, size == .original { throw ValidationError("--restore-size undoes --size; give both") }
    }

    func run() throws {
        var plan = try TranslationPlan(inputs: inputs.map(url), output: url(output), masks: masks.map(url), naming: outputs.values)
        let device = try compute.processor.start()
        let adjustments = try values.adjustments(of: .own, .aToB)
        if adjustments.values.contains(where: { $0.range != nil && $0.range?.bounds == nil }) {
            throw ValidationError("--range: baselines take the same values of all images, LOW,HIGH, and no percentiles of each")
        }
        var images = try StyleImages(url(style), axis: adjustments[.b]?.axis ?? .axial)
        images.wording = worded
        let channels = try images.channels(bands: adjustments[.b]?.bands)
        func domain(_ domain: Domain, channels: Int) throws -> DomainConfiguration {
            let adjustment = adjustments[domain]
            let result = DomainConfiguration(
                channels: channels, valueRange: adjustment?.range?.bounds, bands: adjustment?.bands, axis: adjustment?.axis)
            try result.validate()
            return result
        }
        let from = try domain(.a, channels: adjustments[.a]?.bands?.count ?? channels)
        let to = try domain(.b, channels: channels)
        let status = StatusLine()
        let fitted = try images.fitted(method, to, gram, workers: compute.workers, device: device) {
            if $0 < gram.gatysSteps { status.show("step \($0)/\(gram.gatysSteps)") }
        }
        let maker = try BaselineTranslator(fitted.baseline, name: method.rawValue, from: from, to: to)
        try plan.fit(channels: channels, samples: maker.resultFormat)
        try plan.check(keeps: images)
        for notice in plan.notices(\.flags) + [plan.leftOut].compactMap(\.self) + fitted.notes { status.report(printable(notice)) }
        // Once before all images: without it every one of them would fail.
        try AtomicFile.createFolder(plan.folder)
        let work = TranslationRun(
            plan, by: maker, scaling: TranslationScaling(size, restoresSize: restoreSize), output: outputs.values, jobs: jobs.jobs,
            scale: nil)
        let counts = try JobRunner(json: json).run(work, SignalMonitor("Stopping after the images at hand; once more to stop at once."))
        if !json {
            let skipped = counts.skipped > 0 ? ", \(counts.skipped) skipped" : ""
            let style = "in the style of \(printable(images.description))"
            print(
                "\(counts.done) of \(counted(plan.jobs.count, "image")) by \(method.rawValue) \(style)\(skipped): "
                    + printable(url(output).path))
        }
        if let signal = counts.signal { throw ExitCode(128 + signal) }
        if counts.done + counts.skipped < plan.jobs.count { throw ExitCode.failure }
    }
}
