import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// Writes a discriminator as an ONNX file, and checks the file against the discriminator.
///
/// The input is `image`, of a discriminator of pairs or with a mask all channels behind each other; the output `patches`, scores [N, 1, H', W'],
/// and of one that tells domains apart `domains`, a number for each, [N, domains].
public struct DiscriminatorExport {
    private let file: DiscriminatorFile
    private let options: ExportOptions
    private let sizes: [ImageSize]
    private let card: ModelCard?

    /// - Throws: `ExportError` where the discriminator cannot be exported so, and errors of its file.
    public init(_ file: DiscriminatorFile, options: ExportOptions = ExportOptions()) throws {
        (self.file, self.options) = (file, options)
        card = ModelCard(try StateDict.read(from: file.url) { _ in false }.metadata)
        let configuration = file.configuration
        func unfit(_ found: String, _ allowed: String) -> ExportError { .unfit(file: file.url.path, found: found, allowed: allowed) }
        guard ExportPrecision.ofONNX.contains(options.precision) else {
            throw unfit(
                "the precision \(options.precision.rawValue)", "\(ExportPrecision.ofONNX.map(\.rawValue).joined(separator: ", ")) in ONNX")
        }
        // Who tells domains apart looks at the whole image, in one size.
        let only = configuration.domains > 0 ? ImageSize(configuration.domainKernel << configuration.layerCount) : nil
        if let only, let size = options.size, size != only {
            throw unfit("a size of \(size.dimensions) (width x height)", "\(only.dimensions)")
        }
        let least = max(configuration.smallestSide, 48)
        if let size = options.size ?? only {
            guard min(size.height, size.width) >= configuration.smallestSide else {
                throw unfit("a size of \(size.dimensions) (width x height)", "\(configuration.smallestSide) pixels a side and more")
            }
            sizes = [size]
        } else {
            sizes = [ImageSize(height: least, width: least + 16), ImageSize(height: least + 33, width: least)]
        }
        if options.takesPictures, ![1, 3].contains(configuration.inputChannels) {
            throw unfit("images of \(counted(configuration.inputChannels, "channel"))", "grey or colour; leave pictures out")
        }
    }

    /// Writes the file, reads it back, runs it and compares.
    ///
    /// - Parameter verifies: Whether it is compared; a file that differs is not kept.
    /// - Throws: `ExportError`, and `FileError` where the file cannot be written.
    public func writeONNX(to url: URL, verifies: Bool = true) throws -> ModelExport.Result {
        var metadata = ["discriminator": try ModelExport.json(file.configuration)]
        if !file.path.isEmpty { metadata["network"] = file.path }
        metadata["author"] = options.author
        if let card { metadata[ModelCard.key] = try ModelExport.json(card) }
        return try ONNXFile(graph(), metadata: metadata).write(
            to: url, verifying: { verifies ? try verify($0, name: url.path) : nil })
    }

    /// The discriminator in evaluation mode.
    func graph() throws -> ONNXGraph {
        let sides: [ONNXSide] =
            sizes.count > 1 ? ["height", "width"] : [.fixed(sizes[0].height), .fixed(sizes[0].width)]
        let channels = ONNXSide.fixed(file.configuration.inputChannels)
        var operations = ONNXOperations(
            builder: ONNXBuilder(name: "discriminator", precision: options.precision), isPortable: options.isPortable)
        let given = operations.builder.input(
            "image", options.takesPictures ? .uint8 : .float32,
            ["batch"] + (options.takesPictures ? sides + [channels] : [channels] + sides))
        let image = options.takesPictures ? operations.normalized(given) : given
        let judging = (file.discriminator as? DomainDiscriminator)?.judgingGraph ?? Graph(of: file.discriminator)
        let outputs = try operations.append(judging, input: image)
        let patches = try judging.shapes(forInput: [1, file.configuration.inputChannels, sizes[0].height, sizes[0].width])[
            judging.outputs[0].index]
        operations.builder.output(
            outputs[0], as: "patches", .float32,
            ["batch", 1] + (sizes.count > 1 ? ["rows", "columns"] : [.fixed(patches[2]), .fixed(patches[3])]))
        if outputs.count > 1 {
            let domains = operations.builder.node("Flatten", [outputs[1]])
            operations.builder.output(domains, as: "domains", .float32, ["batch", .fixed(file.configuration.domains)])
        }
        return operations.builder.graph
    }

    /// What the discriminator says of images [N, C, H, W] in -1...1, by the names of the outputs.
    func expected(_ images: Tensor) -> [String: Tensor] {
        withoutGradients {
            guard let judge = file.discriminator as? DomainDiscriminator else { return ["patches": file.discriminator(images)] }
            let (scores, logits) = judge.judge(images)
            return ["patches": scores, "domains": logits]
        }
    }

    /// - Throws: `ExportError.different`, or `.damaged` for a file that cannot be run; they call the file `name`.
    func verify(_ url: URL, name: String) throws -> ExportComparison {
        let interpreter = try ONNXInterpreter(ONNXFile(contentsOf: url).model, file: name)
        // Scores are no pictures, whatever goes in.
        var measure = options
        measure.takesPictures = false
        var comparison = ExportComparison(measure)
        for size in sizes {
            let image = ModelExport.madeUp(channels: file.configuration.inputChannels, size)
            let levels = ((image + 1) * 127.5).rounded()
            let shown = options.takesPictures ? levels.to(.uint8).permuted([0, 2, 3, 1]).contiguous() : image
            let found = try withTorchErrors { try withoutGradients { try interpreter(["image": shown]) } }
            for (output, tensor) in expected(options.takesPictures ? levels / 127.5 - 1 : image) {
                // Scores have no range: large ones are compared by their share.
                let scale = max(1, tensor.abs().max().item() as Double)
                try comparison.add(found[output], expected: tensor, scale: scale, file: name)
            }
        }
        try comparison.check(file: name)
        return comparison
    }
}
