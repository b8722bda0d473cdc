import ArgumentParser
import CycleGANInference
import CycleGANModels
import CycleGANRuns
import Foundation
import Imaging
import Support

extension PublishedLayout: ExpressibleByArgument {}

/// `cyclegan convert`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Copy a network into a file of its own: between safetensors and PyTorch, with what there is to know about it.",
        discussion: """
            The file says what the generator translates, its layers, ranges and names, how it was trained, a note and a licence; `cyclegan \
            info` shows them. PyTorch and Python's safetensors read both formats as a plain state dict. With --layout the file is checked to \
            load into that published code, and the code's options for it are printed.
            """)

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file.") var model: String
    @Option(help: "The file to write: .safetensors, or .pth or .pt for PyTorch.") var output: String
    @Option(help: "The published code that is to load it.") var layout: PublishedLayout?
    @OptionGroup var translation: TranslationOptions
    @Option(help: "The network, for a file that holds several: its name there, such as netG or networks.discriminatorB.") var network:
        String?
    @Flag(help: "Let the model's batch norms normalise each image by its own statistics from now on, as pix2pix is tested.")
    var batchStatistics = false
    @OptionGroup var values: ImageOptions
    @Option(help: "What A and B are called, such as horse,zebra, or all domains of a model for many.") var domainNames: String?
    @Option(help: "What to say of the model.") var note: String?
    @Option(help: "Its licence: a name such as CC-BY-4.0, or a file with the text.") var licence: String?

    func validate() throws {
        if values.range.contains(where: { $0.contains("percentile") }) {
            throw ValidationError("--range: percentiles are of images, and a file of a model has none; give two numbers, such as A=0,4095")
        }
        guard let domainNames else { return }
        let names = domainNames.split(separator: ",", omittingEmptySubsequences: false)
        guard names.count >= 2, Set(names).count == names.count, names.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("--domain-names: found '\(domainNames)'; expected two different names or more, such as horse,zebra")
        }
    }

    func run() throws {
        var conversion = ModelConversion(url(model))
        let contents = try ModelContents(metadataOf: GeneratorFile.file(at: url(model)))
        // One that is told what to make goes along for all of its domains.
        conversion.translation = contents.isTold ? nil : try translation.oneTranslation(of: contents)
        conversion.use = GeneratorUse(network: network, statistics: batchStatistics ? .image : nil)
        conversion.layout = layout
        let names = domainNames?.split(separator: ",").map(String.init)
        conversion.domainNames = names
        let given = names.map { DomainNames(Dictionary(uniqueKeysWithValues: zip(Domain.pair, $0))) }
        conversion.adjustments = try values.adjustments(of: given ?? contents.names, conversion.translation ?? .aToB)
        conversion.note = note
        conversion.licence = try licence.map { try url($0).exists ? String(contentsOf: url($0), encoding: .utf8) : $0 }
        let result = try conversion.write(to: url(output), wording: \.flags)
        for notice in result.notices { StandardStreams.writeError("note: \(notice)\n") }
        print("Model: \(url(output).path)\(result.title.map { " (\($0))" } ?? "")")
        if let flags = result.flags { print("Load it with: \(flags)") }
    }
}
