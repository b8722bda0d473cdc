import ArgumentParser
import CycleGANInference
import CycleGANMetrics
import CycleGANModels
import CycleGANRuns
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Support
import Torch

extension Split: ExpressibleByArgument {}

/// `cyclegan evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on test images, with a table and a page that shows its worst and best ones.",
        discussion: """
            FID, KID, precision and recall compare translations with real images of the target domain and need Inception weights; LPIPS \
            needs weights, too: see `cyclegan metrics weights`. Cycle errors and SSIM need none. Images are translated at their own size, or \
            scaled by --size first: then all metrics are of the scaled pictures. Translations of a model trained with --objective pix2pix \
            are also compared with the true images.
            """)

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one generator.") var model: String
    @Option(help: "The data set: a folder with testA and testB, or test with A beside B.") var data: String
    @Option(help: "Whose images to measure on.") var split = Split.test
    @OptionGroup var translation: TranslationOptions
    @OptionGroup var strength: StrengthOptions
    @OptionGroup var generator: GeneratorOptions
    @Option(
        help: """
            What images are scaled to before they are translated and measured: original; training, as the images there; N pixels at the \
            longer side, keeping the shape; or HxW (height x width), whatever the shape.
            """)
    var size = InputScaling.original
    @OptionGroup var values: ImageOptions
    @Flag(
        inversion: .prefixedNo,
        help: "Images of one name, or of one picture, belong together: compare translations with them (default: with a pix2pix model).")
    var paired: Bool?
    @Option(help: "The classes of label pictures, name,red,green,blue on each line: measures accuracy and IoU; with --paired.")
    var palette: String?
    @Option(help: "Which way makes the label pictures of --palette.") var labels = Direction.aToB
    @Option(help: "The folder for the page and its numbers (default: evaluation in the run folder; none for other models).")
    var output: String?
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var lpips: LPIPSOptions
    @OptionGroup var options: InceptionOptions

    func validate() throws {
        if palette != nil, paired == false { throw Self.paletteError }
    }

    private static var paletteError: ValidationError {
        ValidationError("--palette needs --paired: labels are compared with the true ones")
    }

    func run() throws {
        let device = try options.compute.processor.start()
        let (model, data) = (url(model), url(data))
        let isPaired = try paired ?? (ObjectiveKind(ofModel: model) == .pix2pix)
        if palette != nil, !isPaired { throw Self.paletteError }
        let contents = try ModelContents(metadataOf: GeneratorFile.file(at: model))
        let chosen = try translation.translations(of: contents)
        let wanted = chosen.isEmpty ? [Translation.aToB] : chosen
        // The other way gives reconstructions.
        let all = contents.translations.isEmpty ? wanted : contents.translations
        var loaded: [GeneratorFile] = []
        let translators = try all.reduce(into: [Translation: Translator]()) {
            let wish = $1
            // One generator for many domains is read once.
            let file = try loaded.lazy.compactMap { $0.offering(wish) }.first ?? GeneratorFile(model, translation: wish, use: generator.use)
            loaded.append(file)
            if $0.isEmpty { for notice in file.notices(\.flags) { StandardStreams.writeError("note: \(notice)\n") } }
            if wanted.contains($1) { try file.check(size) }
            let translator = Translator(file, device: device)
            try strength.apply(to: translator)
            try translator.adjust(values.adjustments(of: file.description.names, $1))
            $0[$1] = translator
        }
        var notes = strength.strength.map { ["all of it at strength \($0)"] } ?? []
        let tools = try tools(device: device, notes: &notes)
        var evaluations = try wanted.compactMap { translation in
            try translators[translation].map { translator in
                TranslationEvaluation(
                    translator: translator,
                    reverse: translators.first { $0.key.from == translation.to && $0.key.to == translation.from }?.value,
                    images: try EvaluationImages(
                        data: data, split: split, translation: translation, hasMasks: translator.description.masking != nil,
                        isPaired: isPaired, axis: translator.inputDomain.sliceAxis),
                    tools: tools)
            }
        }
        // Before anything takes long: the style may be missing, or weights.
        for index in evaluations.indices {
            evaluations[index].baselines = try comparison.baselines(
                of: evaluations[index], model: model, data: data, workers: options.compute.workers, device: device)
        }
        let status = StatusLine()
        let directions = try evaluations.map { evaluation in
            var result = try evaluation.run { status.show("\(evaluation.title) \($0)/\(evaluation.images.count)") }
            result.baselines = try evaluation.compare(with: result) {
                status.show("\(evaluation.title) \($0) \($1)/\(evaluation.images.count)")
            }
            status.clear()
            return result
        }
        let result = EvaluationResult(model: model, data: data, split: split, tools: tools, directions: directions, notes: notes)
        let page = try outputFolder(model).map { try EvaluationPage(result: result, evaluations: evaluations).write(to: $0) }
        if options.json {
            // In the object they are notes.
            for warning in directions.compactMap(\.scaleWarning) { StandardStreams.writeError("warning: \(warning)\n") }
            return try printJSON(result)
        }
        print(result.text)
        if let page { print("Page: \(page.path)") }
    }

    /// - Parameter notes: Gets what is missing and where to get it.
    private func tools(device: Device, notes: inout [String]) throws -> EvaluationTools {
        var tools = EvaluationTools(workers: options.compute.workers)
        tools.scaling = size
        tools.wording = \.flags
        do {
            tools.reader = try options.reader([.pool3], for: "FID")
        } catch let error as WeightsError {
            guard case .missing = error else { throw error }
            notes.append(worded(error))
        }
        do {
            tools.lpips = try PerceptualMetric(lpips.network, device: device)
        } catch let error as WeightsError {
            guard case .missing = error else { throw error }
            notes.append(worded(error))
        }
        if let palette {
            tools.labels = .init(
                accuracy: SemanticAccuracy(palette: try LabelPalette(contentsOf: url(palette))), translation: labels.translation)
        }
        return tools
    }

    private func outputFolder(_ model: URL) throws -> URL? {
        if let output { return url(output) }
        return model.isFolder ? model.appending(path: "evaluation") : nil
    }
}
