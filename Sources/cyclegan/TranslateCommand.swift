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
        discussion: "Folders are searched for images; their tree and the file names are kept under --output.")

    @Argument(help: "Image files and folders.") var inputs: [String]
    @Option(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one generator.") var model: String
    @OptionGroup var translation: TranslationOptions
    @Option(help: "A file for one input file, else a folder.") var output: String
    @Option(help: "For a model trained with masks: a folder of masks under the images' paths, or a file for one image.")
    var masks: String?
    @OptionGroup var processor: ProcessorOptions

    func validate() throws {
        if inputs.contains("") || output.isEmpty || model.isEmpty || masks == "" {
            throw ValidationError("an input, --model, --masks or --output is empty; give a path (. is the current folder)")
        }
        if inputs.isEmpty { throw ValidationError("give at least one image file or folder") }
    }

    func run() throws {
        let plan = try TranslationPlan(inputs: inputs.map(url), output: url(output), masks: masks.map(url))
        let device = try processor.start()
        let offered = try GeneratorFile.translations(of: url(model))
        let file = try GeneratorFile(url(model), translation: translation.translation(from: offered))
        try file.checkMasks(areGiven: masks != nil)
        let translator = Translator(file, device: device)
        // Once before all images: without it every one of them would fail.
        try AtomicFile.createFolder(plan.folder)
        var failures = 0
        let status = StatusLine()
        for (index, job) in plan.jobs.enumerated() {
            do {
                try AtomicFile.createFolder(job.output.deletingLastPathComponent())
                try translator.translate(contentsOf: job.input, mask: job.mask?.get()).write(to: job.output)
            } catch {
                failures += 1
                status.report("\(error)")
            }
            status.show("\(index + 1)/\(plan.jobs.count) \(job.input.lastPathComponent)")
        }
        status.clear()
        let done = plan.jobs.count - failures
        print("Translated \(done) of \(plan.jobs.count) images \(file.translation.title): \(url(output).path)")
        if failures > 0 { throw ExitCode.failure }
    }
}
