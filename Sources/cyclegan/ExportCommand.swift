import ArgumentParser
import CycleGANExport
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support

extension ExportPrecision: ExpressibleByArgument {}

/// `cyclegan export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a generator as an ONNX file, and check that the file does what the generator does.",
        discussion: """
            Inputs are image, [N, C, H, W] in -1...1, and where the model has them mask, [N, 1, H, W], and condition, [N, conditions]; the output is \
            translation. Heights and widths are multiples of the network's stride, which is 4 for the default generator. The file is read back, run node by node \
            and compared with the generator on two made-up images and, if given, a picture.
            """)

    /// What can be written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case onnx
    }

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one generator.") var model: String
    @Option(help: "The format.") var format = Format.onnx
    @Option(help: "The file to write.") var output: String
    @OptionGroup var translation: TranslationOptions
    @OptionGroup var generator: GeneratorOptions
    @Option(help: "How weights are kept; networks compute in 32 bits whatever it is.") var precision = ExportPrecision.f32
    @Option(help: "The only size of images, N or HxW (height x width). (default: any)") var size: ImageSize?
    @Flag(help: "Take and give pictures of 8 bits, [N, H, W, C], in place of numbers in -1...1.") var images = false
    @Flag(help: "Mirror borders by slices, which more programs know than mirrored padding.") var portable = false
    @Option(help: "A picture to compare on, besides made-up images.") var picture: String?
    @Flag(inversion: .prefixedNo, help: "Read the file back and compare it with the generator.") var verify = true

    func validate() throws {
        guard url(output).pathExtension.lowercased() == format.rawValue else {
            throw ValidationError("--output: found '\(output)'; expected a file that ends in .\(format.rawValue)")
        }
    }

    func run() throws {
        let contents = try ModelContents(metadataOf: GeneratorFile.file(at: url(model)))
        let file = try GeneratorFile(url(model), translation: translation.oneTranslation(of: contents), use: generator.use)
        for notice in file.notices(\.flags) { StandardStreams.writeError("note: \(notice)\n") }
        var options = ExportOptions()
        (options.precision, options.size, options.takesPictures, options.isPortable) = (precision, size, images, portable)
        let export = try ModelExport(file, options: options)
        let shown = try picture.map { try PixelImage(contentsOf: url($0)) }
        let result = try export.writeONNX(to: url(output), picture: shown, verifies: verify)
        let unit = images ? "levels" : "of -1...1"
        let check = result.largestDifference.map { difference in
            let psnr = result.psnr.map { $0.isFinite ? String(format: ", PSNR %.1f dB", $0) : "" } ?? ""
            return "differs by at most \(Float(difference)) \(unit)\(psnr)"
        }
        print("Exported \(file.description.names.title(of: file.translation)): \(check ?? "not compared"), \(bytesText(result.bytes))")
        for file in result.files { print(printable(file.path)) }
    }
}
