import ArgumentParser
import CycleGANExport
import CycleGANInference
import CycleGANModels
import CycleGANRuns
import Datasets
import Foundation
import Imaging
import Support

extension ExportPrecision: ExpressibleByArgument {}

/// `cyclegan export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Write a network as an ONNX file, a Core ML package or a folder for a model hub, and check that it does what the network does.",
        discussion: """
            Inputs are image, [N, C, H, W] in -1...1, and where the model has them mask, [N, 1, H, W], and condition, [N, conditions]; the output is \
            translation. In Core ML images are pictures where the model's are grey or colour of 8 bits, in ONNX with --images; arrays otherwise. Heights and \
            widths are multiples of the network's stride, which is 4 for the default generator. What was written is read back, run operation by operation \
            and compared with the generator on two made-up images and, if given, a picture.

            With --network discriminatorB, or a file that holds a discriminator alone, the input is image and the output patches, the scores, and \
            of a discriminator that tells domains apart domains. With --all the output is a new folder for a model hub.
            """)

    /// What can be written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case onnx
        case coreml

        /// What names of its files end in.
        var fileExtension: String { self == .onnx ? "onnx" : "mlpackage" }
    }

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one network.") var model: String
    @Option(help: "The format.") var format = Format.onnx
    @Option(help: "The file to write, or with --all the folder.") var output: String
    @OptionGroup var hub: HubOptions
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
    @Option(help: "A picture to compare on, besides made-up images; with --all it is shown with its translation.") var picture: String?
    @Option(
        help:
            "With int8: a folder of pictures of the input domain, on which the ranges of inner maps are measured, so that these become whole numbers too."
    )
    var calibrate: String?
    @Flag(inversion: .prefixedNo, help: "Read the file back and compare it with the generator.") var verify = true

    func validate() throws {
        if hub.all {
            guard precision == nil, images == nil, format == .onnx, verify, calibrate == nil else {
                throw ValidationError(
                    "--all writes every format and precision, with pictures and without, and checks it: leave out --format, --precision, --calibrate, "
                        + "--images and --no-verify")
            }
        } else if calibrate != nil, precision != .int8 {
            throw ValidationError("--calibrate goes with --precision int8")
        } else if hub.licence != nil {
            throw ValidationError("--licence goes with --all")
        } else if url(output).pathExtension.lowercased() != format.fileExtension {
            throw ValidationError("--output: found '\(output)'; expected a file that ends in .\(format.fileExtension)")
        }
    }

    func run() throws {
        if let discriminator = try DiscriminatorFile(url(model), network: generator.network) { return try export(discriminator) }
        let contents = try ModelContents(metadataOf: GeneratorFile.file(at: url(model)))
        if hub.all { return try writeFolder(contents) }
        let file = try GeneratorFile(url(model), translation: translation.oneTranslation(of: contents), use: generator.use)
        for notice in file.notices(\.flags) { StandardStreams.writeError("note: \(notice)\n") }
        var options = options
        options.takesPictures = images ?? (format == .coreml && ModelExport.hasPictures(file))
        let export = try ModelExport(file, options: options, calibration: calibrate.map { try Self.pictures(in: url($0)) } ?? [])
        let shown = try picture.map { try PixelImage(contentsOf: url($0)) }
        let write = format == .onnx ? export.writeONNX : export.writeCoreML
        let result = try write(url(output), shown, verify)
        report(
            result, of: file.description.names.title(of: file.translation), unit: options.takesPictures ? "levels" : "of -1...1")
    }

    /// Some pictures of a folder, evenly spread.
    private static func pictures(in folder: URL) throws -> [PixelImage] {
        let files = try ImageFolder(folder)
        let count = min(32, files.files.count)
        return try (0..<count).map { try PixelImage(contentsOf: files.url($0 * files.files.count / count)) }
    }

    private var options: ExportOptions {
        var options = ExportOptions()
        (options.precision, options.size, options.isPortable) = (precision ?? (format == .onnx ? .f32 : .f16), size, portable)
        (options.takesPictures, options.author) = (images ?? false, author)
        return options
    }

    private func export(_ discriminator: DiscriminatorFile) throws {
        guard !hub.all, translation.direction == nil, translation.from == nil, translation.to == nil, picture == nil, calibrate == nil
        else {
            throw ValidationError(
                "a discriminator translates nothing: leave out --all, --direction, --from, --to, --picture and --calibrate")
        }
        guard format == .onnx else { throw ValidationError("--format: found coreml; a discriminator is written as onnx") }
        let result = try DiscriminatorExport(discriminator, options: options).writeONNX(to: url(output), verifies: verify)
        report(result, of: discriminator.path.isEmpty ? "a discriminator" : discriminator.path, unit: "of the largest score")
    }

    private func report(_ result: ModelExport.Result, of what: String, unit: String) {
        let check = result.largestDifference.map { difference in
            let psnr = result.psnr.map { $0.isFinite ? String(format: ", PSNR %.1f dB", $0) : "" } ?? ""
            return "differs by at most \(Float(difference)) \(unit)\(psnr)"
        }
        print("Exported \(what): \(check ?? "not compared"), \(bytesText(result.bytes))")
        for file in result.files { print(printable(file.path)) }
    }

    /// All formats in a folder.
    private func writeFolder(_ contents: ModelContents) throws {
        var folder = ModelHubFolder(url(model))
        let isFree = translation.direction == nil && translation.from == nil && translation.to == nil
        folder.translation = contents.isTold && isFree ? nil : try translation.oneTranslation(of: contents)
        (folder.use, folder.options, folder.picture) = (generator.use, options, picture.map { url($0) })
        folder.licence = try hub.licenceText
        let result = try folder.write(to: url(output), wording: \.flags) { file in
            print("\(file.name): \(file.check), \(bytesText(file.bytes))")
        }
        for notice in result.notices { StandardStreams.writeError("note: \(notice)\n") }
        print("Folder: \(printable(url(output).path))")
    }
}

/// A folder for a model hub in place of one file.
struct HubOptions: ParsableArguments {
    @Flag(
        help: """
            Make a folder for a model hub: README.md with what is known of the model, all precisions, with and without pictures, weights, a \
            sample picture, licences.
            """)
    var all = false
    @Option(
        help: "With --all, the licence of the weights: a name such as CC-BY-4.0, or a file with the text. (default: what the model says)")
    var licence: String?

    /// What was given: a name, or the text of a file.
    var licenceText: String? {
        get throws { try licence.map { try url($0).exists ? String(contentsOf: url($0), encoding: .utf8) : $0 } }
    }
}
