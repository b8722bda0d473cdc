import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// Writes a generator in a format that other programs run, and checks the file against the generator.
public struct ModelExport {
    let file: GeneratorFile
    var options: ExportOptions
    let card: ModelCard?
    let calibration: [PixelImage]

    /// - Parameter calibration: Pictures of the input domain, for activations of 8 bits with `int8`; without, weights alone are whole numbers.
    /// - Throws: `ExportError` where the model cannot be exported so, and errors of its file.
    public init(_ file: GeneratorFile, options: ExportOptions = ExportOptions(), calibration: [PixelImage] = []) throws {
        (self.file, self.options, self.calibration) = (file, options, calibration)
        if !calibration.isEmpty, options.precision != .int8 {
            throw ExportError.unfit(
                file: file.url.path, found: "calibration for \(options.precision.rawValue)",
                allowed: "calibration with int8, whose activations need it")
        }
        card = ModelCard(try StateDict.read(from: file.url) { _ in false }.metadata)
        let stride = file.description.configuration.stride
        if let size = options.size, !size.height.isMultiple(of: stride) || !size.width.isMultiple(of: stride) {
            throw ExportError.unfit(
                file: file.url.path, found: "a size of \(size.dimensions) (width x height)", allowed: "multiples of \(stride)")
        }
        if options.takesPictures, !Self.hasPictures(file) {
            throw ExportError.unfit(
                file: file.url.path, found: "pictures of other channels, depths or values",
                allowed: "grey or colour of 8 bits; leave pictures out")
        }
    }

    /// Whether a generator takes and gives grey or colour images of 8 bits.
    public static func hasPictures(_ file: GeneratorFile) -> Bool {
        [file.translation.from, file.translation.to].map { file.description.images(of: $0) }
            .allSatisfy { [1, 3].contains($0.channels) && $0.valueRange == nil && $0.bitDepth == .eight }
    }

    /// What was written, and how near it comes to the generator.
    public struct Result: Sendable {
        /// The files.
        public let files: [URL]
        /// Their bytes.
        public let bytes: Int
        /// The largest difference from the generator over all checked images, in -1...1 or, of pictures, in levels; nothing where none was checked.
        public let largestDifference: Double?
        /// The peak signal-to-noise ratio of all of them in dB; infinite for equal ones.
        public let psnr: Double?
    }

    /// Writes an ONNX file, reads it back, runs it and compares.
    ///
    /// - Parameters:
    ///   - picture: A picture to compare on, besides two made-up images.
    ///   - verifies: Whether it is compared; a file that differs is removed.
    /// - Throws: `ExportError`, and `FileError` where the file cannot be written.
    public func writeONNX(to url: URL, picture: PixelImage? = nil, verifies: Bool = true) throws -> Result {
        guard ExportPrecision.ofONNX.contains(options.precision) else {
            let allowed = ExportPrecision.ofONNX.map(\.rawValue).joined(separator: ", ")
            throw ExportError.unfit(file: url.path, found: "the precision \(options.precision.rawValue)", allowed: "\(allowed) in ONNX")
        }
        var export = GeneratorExport(description: file.description, options: options)
        if !calibration.isEmpty { export.calibration = try measuredRanges() }
        return try ONNXFile(export.graph(of: file.generator), metadata: metadata()).write(
            to: url, verifying: { verifies ? try verify($0, picture: picture, name: url.path) : nil })
    }

    /// What the file says of the model.
    func metadata() throws -> [String: String] {
        var metadata = ["generator": try Self.json(file.description), "translation": file.description.names.title(of: file.translation)]
        metadata["author"] = options.author
        if let card { metadata[ModelCard.key] = try Self.json(card) }
        return metadata
    }

    /// JSON with its keys in order.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Checks that an ONNX file does what the generator does.
    ///
    /// - Throws: `ExportError.different`, or `.damaged` for a file that cannot be run; they call the file `name`.
    func verify(_ url: URL, picture: PixelImage?, name: String? = nil) throws -> ExportComparison {
        let name = name ?? url.path
        return try verify(ONNXInterpreter(ONNXFile(contentsOf: url).model, file: name), .onnx, picture, name)
    }

    /// Checks that what was read from a file does what the generator does.
    func verify(_ program: some ExportedProgram, _ form: PictureForm, _ picture: PixelImage?, _ name: String) throws -> ExportComparison {
        var comparison = ExportComparison(options)
        for image in try images(picture) {
            let found = try withTorchErrors { try withoutGradients { try program(inputs(image, form)) } }
            try comparison.add(found["translation"], expected: withoutGradients { expected(image, form) }, file: name)
        }
        try comparison.check(file: name)
        return comparison
    }

    /// The ranges of inner maps on the pictures of the calibration.
    func measuredRanges() throws -> Calibration {
        let (description, condition) = (file.description, file.description.condition(of: file.translation))
        let inputs = try calibration.map { picture in
            let image = try prepared(picture)
            guard let mask = mask(image) else { return description.networkInput(image, condition: condition) }
            return Tensor.concatenated([image, mask], dimension: 1)
        }
        return try withTorchErrors { Calibration(file.generator, inputs: inputs) }
    }

    /// A picture as the generator is given it, at most 256 pixels a side unless another size is asked for.
    private func prepared(_ picture: PixelImage) throws -> Tensor {
        let domain = file.description.images(of: file.translation.from)
        let size = options.size ?? ImageSize(height: side(min(picture.height, 256)), width: side(min(picture.width, 256)))
        return try picture.converted(to: domain).resized(to: size).tensor(for: domain)
    }

    /// The next side on which the generator can work.
    private func side(_ wanted: Int) -> Int {
        let (stride, least) = (file.description.configuration.stride, max(file.description.configuration.smallestSide, 32))
        return (max(wanted, least) + stride - 1) / stride * stride
    }

    /// Two made-up images of different sizes, or of the only size, and the picture.
    private func images(_ picture: PixelImage?) throws -> [Tensor] {
        let sizes =
            options.size.map { [$0] } ?? [ImageSize(height: side(48), width: side(64)), ImageSize(height: side(96), width: side(80))]
        let domain = file.description.images(of: file.translation.from)
        var images = sizes.map { Self.madeUp(channels: domain.channels, $0) }
        if let picture { images.append(try prepared(picture)) }
        return options.takesPictures ? images.map { (($0 + 1) * 127.5).rounded() / 127.5 - 1 } : images
    }

    /// Smooth waves and noise, values in -1...1.
    static func madeUp(channels: Int, _ size: ImageSize) -> Tensor {
        var random = SplitMix64(seed: UInt64(size.width))
        var values = [Float](repeating: 0, count: channels * size.height * size.width)
        for index in values.indices {
            let (channel, row, column) = (index / (size.height * size.width), index / size.width % size.height, index % size.width)
            let wave = Float(column * (channel + 1)) / 9 + Float(row) / 7
            values[index] = 0.7 * sin(wave) + 0.3 * Float(random.uniform() * 2 - 1)
        }
        return Tensor(values, shape: [1, channels, size.height, size.width])
    }

    private func mask(_ image: Tensor) -> Tensor? {
        guard file.description.masking != nil else { return nil }
        let (height, width) = (image.shape[2], image.shape[3])
        let values = (0..<height * width).map { ($0 % width) < width / 2 ? Float(1) : 0 }
        return Tensor(values, shape: [1, 1, height, width])
    }

    func inputs(_ image: Tensor, _ form: PictureForm) -> [String: Tensor] {
        let masked = mask(image)
        var inputs = ["image": image, "mask": masked]
        if options.takesPictures {
            let levels = ((image + 1) * 127.5).rounded()
            inputs["image"] = form == .onnx ? levels.to(.uint8).permuted([0, 2, 3, 1]).contiguous() : levels
            if form == .coreML { inputs["mask"] = masked.map { $0 * 255 } }
        }
        inputs["condition"] = file.description.condition(of: file.translation)
        return inputs.compactMapValues(\.self)
    }

    func expected(_ image: Tensor, _ form: PictureForm) -> Tensor {
        let condition = file.description.condition(of: file.translation)
        let made = file.description.translate(image, mask: mask(image), condition: condition, with: file.generator)
        guard options.takesPictures else { return made }
        let levels = ((made + 1) * 127.5).rounded().clamped(to: 0...255)
        return form == .onnx ? levels.permuted([0, 2, 3, 1]) : levels
    }
}

/// What was read from a file of a format, and can be run.
protocol ExportedProgram {
    /// What it gives for some inputs, by their names.
    func callAsFunction(_ inputs: [String: Tensor]) throws -> [String: Tensor]
}

/// How pictures go into programs of a format.
enum PictureForm {
    /// [N, H, W, C] of uint8; masks are numbers.
    case onnx
    /// [1, C, H, W], numbers from 0 to 255; masks too.
    case coreML
}
