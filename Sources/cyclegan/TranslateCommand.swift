import ArgumentParser
import CycleGANInference
import CycleGANModels
import CycleGANRuns
import Foundation
import Imaging
import Support
import Torch

/// `cyclegan translate`.
struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate",
        abstract: "Translate images with a trained generator, each at its own size and bit depth.",
        discussion: """
            Folders are searched for images; their tree and the file names are kept under --output. Colour profile, EXIF, XMP, resolution and \
            a GeoTIFF's place are kept where the result's format can. A model that translates both ways, as a \
            CycleGAN does, needs --direction, --from or --to. A generator has learned images of one \
            scale: where some are more than 1.5 times larger or smaller, a warning says so, and --size training brings them to that scale. \
            - stands for standard input and output: of one image, or of frames that come one after the other (PPM, YUV4MPEG2). Videos are \
            read and written through ffmpeg.
            """)

    @Argument(help: "Image files and folders, a video, or - for standard input.") var inputs: [String]
    @Option(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one generator.") var model: String
    @OptionGroup var translation: TranslationOptions
    @OptionGroup var strength: StrengthOptions
    @OptionGroup var finish: FinishOptions
    @OptionGroup var blend: BlendOptions
    @OptionGroup var generator: GeneratorOptions
    @Option(help: "A file for one input file, - for standard output, else a folder.") var output: String
    @Option(
        help: """
            What images are scaled to before the generator: original; training, as the images there; N pixels at the longer side, keeping the \
            shape; or HxW (height x width), whatever the shape.
            """)
    var size = InputScaling.original
    @Flag(help: "Scale the translations back to the size of their images, after --size.") var restoreSize = false
    @OptionGroup var values: ImageOptions
    @Option(
        help: """
            A folder of masks under the images' paths, or a file for one image: what is black there stays as it is, with any model. One that was \
            trained with masks needs them.
            """)
    var masks: String?
    @OptionGroup var inspection: InspectionOptions
    @OptionGroup var frames: FrameOptions
    @Flag(
        help:
            "Print one JSON object for each image, a line each: input, output, sizes and seconds, with --confidence the mean, or the error."
    ) var json = false
    @OptionGroup var outputs: OutputOptions
    @OptionGroup var jobs: JobOptions
    @OptionGroup var large: LargeImageOptions
    @OptionGroup var processor: ProcessorOptions

    func validate() throws {
        if inputs.contains("") || output.isEmpty || model.isEmpty || masks == "" {
            throw ValidationError("an input, --model, --masks or --output is empty; give a path (. is the current folder)")
        }
        if inputs.isEmpty { throw ValidationError("give at least one image file or folder") }
        if inputs.count > 1, inputs.contains("-") || output == "-" {
            throw ValidationError("- is of one image or stream, and \(inputs.count) inputs are given; translate files into a folder")
        }
        if output == "-", json || inspection.confidence || inspection.compare == .html {
            throw ValidationError("--output - writes the translation alone; give a file with --json, --confidence and --compare html")
        }
        if restoreSize, size == .original { throw ValidationError("--restore-size undoes --size; give both") }
        if translation.isToAll, inspection.confidence || inspection.compare != nil {
            throw ValidationError("--to all shows all domains side by side already; give one domain for --confidence and --compare")
        }
        if finish.feather != nil, masks == nil { throw ValidationError("--feather is of the edges of --masks; give both") }
    }

    func run() throws {
        switch try TranslationInput(inputs: inputs, output: output, format: outputs.format) {
        case .files(let files): try translate(files.map(url), to: url(output))
        case .image(let held): try held.translated { try translate([$0], to: $1, naming: $2) }
        case .frames(let reader): try translateFrames(of: reader)
        case .video(let video): try translate(video)
        }
    }

    /// - Parameter naming: What messages call files in place of their paths.
    private func translate(_ inputs: [URL], to target: URL, naming named: @escaping @Sendable (String) -> String = { $0 }) throws {
        var naming = outputs.values
        naming.writesConfidence = inspection.confidence
        var plan = try TranslationPlan(inputs: inputs, output: target, masks: masks.map(url), naming: naming)
        let signals = SignalMonitor("Stopping after the images at hand; once more to stop at once.")
        try large.check(plan)
        let model = try loadedModel(results: plan.folder, signals)
        let translator = model.translators[0]
        let grid = translation.isToAll || inspection.compare == .sideBySide ? DomainGrid(model.translators) : nil
        try plan.fit(channels: grid?.channels ?? translator.outputDomain.channels, samples: translator.resultFormat)
        for notice in plan.notices(\.flags) + [plan.leftOut].compactMap(\.self) { StatusLine().report(printable(notice)) }
        // Once before all images: without it every one of them would fail.
        try AtomicFile.createFolder(plan.folder)
        let work = TranslationRun(
            plan, by: grid ?? translator, scaling: TranslationScaling(size, restoresSize: restoreSize), output: naming, jobs: jobs.jobs,
            scale: translator.trainingScale)
        let page = inspection.compare == .html ? ComparisonPage(translator) : nil
        let counts = try JobRunner(json: json).run(work, signals, page: page, naming: named)
        if !json, output != "-" {
            let skipped = counts.skipped > 0 ? ", \(counts.skipped) skipped" : ""
            print(
                "Translated \(counts.done) of \(counted(plan.jobs.count, "image")) \(model.title)\(skipped): \(printable(url(output).path))"
            )
            if page != nil { print("Compare: \(printable(plan.folder.appending(path: ComparisonPage.fileName).path))") }
        }
        if plan.holdsMedicalFiles, !json { StatusLine().report("note: \(MedicalFormat.caution)") }
        if let signal = counts.signal { throw ExitCode(128 + signal) }
        if counts.done + counts.skipped < plan.jobs.count { throw ExitCode.failure }
    }

    /// A model that is ready to translate.
    struct Model {
        /// One for each domain that images are brought to.
        let translators: [Translator]
        /// What it translates, for people.
        let title: String
    }

    /// - Parameters:
    ///   - results: The folder of the results.
    ///   - signals: By which large images are stopped.
    func loadedModel(results: URL, _ signals: SignalMonitor) throws -> Model {
        let contents = try ModelContents(metadataOf: GeneratorFile.file(at: url(model)))
        let toAll = translation.isToAll ? try translation.translationsToAll(of: contents) : []
        let chosen = try translation.isToAll ? toAll.first : translation.oneTranslation(of: contents)
        let device = try processor.start()
        let file = try blend.file(url(model), translation: chosen, use: generator.use)
        let isTold = file.description.isTold
        if isTold, chosen == nil, !translation.isToAll {
            let domains = file.offeringAllDomains.map { file.description.names[$0.translation.to] }.joined(separator: ", ")
            throw ValidationError("choose the domain with --to: \(domains)")
        }
        // One that is told what to make needs to be read once.
        let files =
            try isTold && translation.isToAll
            ? file.offeringAllDomains
            : [file] + toAll.dropFirst().map { try blend.file(url(model), translation: $0, use: generator.use) }
        for notice in file.notices(\.flags) { StandardStreams.writeError("note: \(notice)\n") }
        if TorchRuntime.kernels == .int8, !file.description.configuration.graph.hasPointwiseConvolutions {
            StandardStreams.writeError("note: this generator has no 1x1 convolutions, so that kernels of int8 change nothing\n")
        }
        try file.checkMasks(areGiven: masks != nil)
        try file.check(size)
        var largeImages = try large.values(results: results)
        largeImages.isStopped = signals.isStopped
        let translators = try files.map { file in
            let translator = Translator(file, device: device)
            translator.largeImages = largeImages
            try strength.apply(to: translator)
            try translator.adjust(values.adjustments(of: file.description.names, file.translation))
            try translator.setFinish(finish.values, hasMasks: masks != nil)
            return translator
        }
        if inspection.confidence { translators[0].wayBack = try wayBack(of: file, in: contents, device: device) }
        let names = file.description.names
        let targets = files.map { names[$0.translation.to] }.joined(separator: ", ")
        let isToTargets = translation.isToAll || isTold && translation.from == nil
        return Model(translators: translators, title: isToTargets ? "to \(targets)" : names.title(of: file.translation))
    }

    /// What translates back to the domain of the images.
    private func wayBack(of file: GeneratorFile, in contents: ModelContents, device: Device) throws -> Translator {
        if contents.isTold, translation.from == nil, translation.direction == nil {
            throw ValidationError("--confidence goes back to the domain of the images; name it with --from")
        }
        let back = try file.wayBack(in: contents)
        let translator = try Translator(
            file.offering(back) ?? blend.file(url(model), translation: back, use: generator.use), device: device)
        try strength.apply(to: translator)
        return translator
    }
}
