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
        abstract: "Write a generator as an ONNX file or a Core ML package, and check that it does what the generator does.",
        discussion: """
            In Core ML images are pictures where the model's are grey or colour of 8 bits, in ONNX with --images; arrays otherwise. Inputs are image, [N, C, H, W] in -1...1, and where the model has them mask, [N, 1, H, W], and condition, [N, conditions]; the output is \
            translation. Heights and widths are multiples of the network's stride, which is 4 for the default generator. What was written is read back, run operation by operation \
            and compared with the generator on two made-up images and, if given, a picture.
            """)

    /// What can be written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case onnx
        case coreml

        /// What names of its files end in.
        var fileExtension: String { self == .onnx ? "onnx" : "mlpackage" }
    }

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one generator.") var model: String
    @Option(help: "The format.") var format = Format.onnx
    @Option(help: "The file to write.") var output: String
    @OptionGroup var translation: TranslationOptions
    @OptionGroup var generator: GeneratorOptions
    @Option(help: "How weights are kept; palettes in Core ML only. (default: f32; Core ML: f16)") var precision: ExportPrecision?
    @Option(help: "The only size of images, N or HxW (height x width). (default: any; Core ML: several up to 1024)") var size: ImageSize?
    @Flag(
        inversion: .prefixedNo,
        help: "Take and give pictures of 8 bits in place of numbers in -1...1; ONNX: [N, H, W, C]. (default: in Core ML where it can be)")
    var images: Bool?
    @Flag(help: "Mirror borders by slices, which more programs know than mirrored padding.") var portable = false
    @Option(help: "Who made the model, for the file's metadata.") var author: String?
    @Option(help: "A picture to compare on, besides made-up images.") var picture: String?
    @Flag(inversion: .prefixedNo, help: "Read the file back and compare it with the generator.") var verify = true

    func validate() throws {
        guard url(output).pathExtension.lowercased() == format.fileExtension else {
            throw ValidationError("--output: found '\(output)'; expected a file that ends in .\(format.fileExtension)")
        }
    }

    func run() throws {
        let contents = try ModelContents(metadataOf: GeneratorFile.file(at: url(model)))
        let file = try GeneratorFile(url(model), translation: translation.oneTranslation(of: contents), use: generator.use)
        for notice in file.notices(\.flags) { StandardStreams.writeError("note: \(notice)\n") }
        var options = ExportOptions()
        (options.precision, options.size, options.isPortable) = (precision ?? (format == .onnx ? .f32 : .f16), size, portable)
        options.takesPictures = images ?? (format == .coreml && ModelExport.hasPictures(file))
        options.author = author
        let export = try ModelExport(file, options: options)
        let shown = try picture.map { try PixelImage(contentsOf: url($0)) }
        let write = format == .onnx ? export.writeONNX : export.writeCoreML
        let result = try write(url(output), shown, verify)
        let unit = options.takesPictures ? "levels" : "of -1...1"
        let check = result.largestDifference.map { difference in
            let psnr = result.psnr.map { $0.isFinite ? String(format: ", PSNR %.1f dB", $0) : "" } ?? ""
            return "differs by at most \(Float(difference)) \(unit)\(psnr)"
        }
        print("Exported \(file.description.names.title(of: file.translation)): \(check ?? "not compared"), \(bytesText(result.bytes))")
        for file in result.files { print(printable(file.path)) }
    }
}
