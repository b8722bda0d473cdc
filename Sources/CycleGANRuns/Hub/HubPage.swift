import Checkpoints
import CycleGANExport
import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Support

/// The page of a model on a hub: what it is, its files, how to use it, how it was trained; in Markdown below the header that hubs read.
struct HubPage {
    private let file: GeneratorFile
    private let files: [ModelHubFolder.File]
    private let sample: HubSample
    private let card: ModelCard?
    private let configuration: TrainingConfiguration?
    private let size: ImageSize?
    /// What is said of the licence.
    let licence: HubLicence

    init(_ file: GeneratorFile, of folder: ModelHubFolder, files: [ModelHubFolder.File], sample: HubSample) throws {
        (self.file, self.files, self.sample, size) = (file, files, sample, folder.options.size)
        card = ModelCard(try StateDict.read(from: file.url) { _ in false }.metadata)
        configuration = try? RunFolder(folder.model).readConfiguration()
        licence = HubLicence(folder.licence ?? card?.licence)
    }

    private var description: GeneratorDescription { file.description }
    private var told: [Domain] { description.translations.toldDomains }

    /// The whole page.
    var text: String {
        ([header, "# \(title)", about, picture, list, HubUse(file, files: files.map(\.name), size: size).text, training] + [
            "## Licence\n\n\(licence.sentence) The files were made with swift-cyclegan, which is under the Apache License 2.0: "
                + "see [LICENSE-swift-cyclegan.txt](LICENSE-swift-cyclegan.txt)."
        ]).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var header: String {
        let kinds = ["safetensors", "onnx"] + (files.contains { $0.name.hasSuffix(".mlpackage") } ? ["coreml"] : [])
        let tags = kinds + [card?.objective.map { $0 == "cyclegan" ? [] : [$0] } ?? [], ["cyclegan"]].joined()
        let lines = licence.header + ["library_name: swift-cyclegan", "pipeline_tag: image-to-image", "tags:"] + tags.map { "- \($0)" }
        return (["---"] + lines + ["---"]).joined(separator: "\n")
    }

    private var title: String {
        let title =
            told.count < 2 ? description.names.title(of: file.translation) : told.map { description.names[$0] }.joined(separator: ", ")
        return title.prefix(1).uppercased() + title.dropFirst()
    }

    private var about: String {
        let (configuration, names) = (description.configuration, description.names)
        let what =
            told.count < 2
            ? "turns images of \(names[file.translation.from]) into images of \(names[file.translation.to])"
            : "turns an image into one of \(told.map { names[$0] }.joined(separator: ", ")), as it is told"
        let weights = grouped(configuration.graph.parameterCount)
        let parts = [
            "A network that \(what): a \(configuration.architecture.rawValue) with \(counted(configuration.filters, "filter")) and \(weights) weights, "
                + "made with swift-cyclegan.",
            configuration.hasStrength ? "It is told how strongly to translate, from 0 to 1." : nil,
            description.masking == nil ? nil : "It wants a mask of the region to change with each image.",
            card?.note,
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }

    private var picture: String {
        guard sample.picture != nil else { return "" }
        let results = sample.titles.joined(separator: ", ")
        return "![An image and what becomes of it](\(HubSample.fileName))\n\nFrom left to right: the image, \(results)."
    }

    private var list: String {
        let rows = files.map { "| [\($0.name)](\($0.name)) | \(bytesText($0.bytes)) | \($0.about) | \($0.check) |" }
        return
            (["## Files", "", "| file | size | of | against the generator |", "| --- | ---: | --- | --- |"] + rows + [
                "",
                "Every file was read back and compared with the generator, on made-up images"
                    + (sample.shown == nil ? "." : " and a picture.")
                    + " ONNX files compute in 32 bits whatever their weights are, Core ML in 16.",
            ]).joined(separator: "\n")
    }

    private var training: String {
        var lines = card?.lines.filter { !$0.hasPrefix("note:") && !$0.hasPrefix("licence:") } ?? []
        if let scale = description.scales?[file.translation.from] {
            lines.append("size of the training images of \(description.names[file.translation.from]): \(scale.words)")
        }
        if let configuration {
            let usual = TrainingConfiguration.defaults(for: configuration.objective.kind).settings
            let known = Dictionary(usual.map { ($0.key, $0.value) }) { first, _ in first }
            let own = configuration.settings.filter { known[$0.key] != $0.value && !Self.isOfMachine($0.key) && !$0.value.isEmpty }
            if !own.isEmpty {
                lines.append("settings other than the defaults: " + own.map { "`\($0.key)` \($0.value)" }.joined(separator: ", "))
            }
        }
        guard !lines.isEmpty else { return "## Training\n\nThe model does not say how it was trained." }
        return "## Training\n\n" + lines.map { "- \($0)" }.joined(separator: "\n")
    }

    /// Whether a setting is of the computer that a run was on, its files or what it writes, and makes no other model.
    private static func isOfMachine(_ key: String) -> Bool {
        [
            "data", "pretrained", "sampleImages", "domainNames", "device", "threads", "kernels", "workers", "logEvery", "sampleEvery",
            "fullSizeSamples", "checkpointEvery", "checkpointSteps", "checkpointMinutes", "keepModels", "maxMinutes", "note", "licence",
            "tensorboard", "doctor", "onFailure",
        ].contains(key)
    }
}
