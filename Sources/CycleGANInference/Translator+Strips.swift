import CycleGANModels
import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// How images are translated whose maps are too large for the memory.
public struct LargeImages: Sendable {
    /// The memory that the whole process may take, in bytes; half of what is free by default.
    public var memory: Int?
    /// Where maps go that do not fit into it.
    public var folder = FileManager.default.temporaryDirectory
    /// Told how far an image is, at its begin and behind each strip.
    public var progress: (@Sendable (LargeImageProgress) -> Void)?

    /// Half of what is free, and the system's folder for temporary files.
    public init() {}

    /// What the process may take now, in bytes.
    var bound: Int { memory ?? min(ProcessMemory.limit, ProcessMemory.current + ProcessMemory.available / 2) }
}

/// How far the translation of a large image is.
public struct LargeImageProgress: Sendable {
    /// The image's file name.
    public let name: String
    /// The strips that it takes, those of all stages.
    public let stripCount: Int
    /// What of its maps goes to the disk, in bytes.
    public let fileBytes: Int
    /// The share that is done, from 0 to 1.
    public internal(set) var share = 0.0
}

extension Translator {
    /// Whether an image is translated strip by strip, with the same result: where the maps of the whole take more memory than there is.
    func takesStrips(for size: ImageSize) -> Bool {
        device == .cpu && graph.reasonAgainstStrips == nil
            && memory.bytes(for: size, held: max(ProcessMemory.current, TranslationMemory.program)) > largeImages.bound
    }

    /// What the generator makes of an image of its input domain, strip by strip: first each norm sees the whole image, then its pixels go on.
    ///
    /// - Throws: `ModelFileError` where a single row takes more memory than there is, `FileError` for the folder of maps, `TorchError`.
    func translatedByStrips(
        _ image: PixelImage, _ mask: PixelImage?, _ input: DomainConfiguration, _ output: DomainConfiguration, name: String
    ) throws -> PixelImage {
        let source = StripSource(image: image, mask: mask, domain: input, size: padded(image.size))
        let condition = description.condition(of: translation, strength: strength)
        let whole = [1, description.configuration.networkChannels, source.size.height, source.size.width]
        let plan = try plan(for: whole, image.size, output, name: name)
        let spill = plan.fileBytes > 0 ? try MapSpill(in: largeImages.folder, bytes: plan.fileBytes) : nil
        var progress = LargeImageProgress(name: name, stripCount: plan.stripCount, fileBytes: plan.fileBytes)
        largeImages.progress?(progress)
        let execution = StripExecution(plan, file: spill) { [description] rows in
            let strip = source.image(rows)
            guard let mask = source.mask(rows) else { return description.networkInput(strip, condition: condition) }
            return Tensor.concatenated([strip, mask], dimension: 1)
        }
        var result: PixelRows?
        try withoutGradients {
            try execution.run(
                progress: {
                    progress.share = $0
                    largeImages.progress?(progress)
                },
                output: { strip, start in
                    // The last ones may be mirrored alone.
                    guard start < image.height else { return }
                    let rows = start..<min(start + strip.shape[2], image.height)
                    var made = strip.narrowed(dimension: 2, start: 0, length: rows.count)
                    if description.masking == .composite, let mask = source.mask(rows) {
                        made = made * mask + source.image(rows) * (-mask + 1)
                    }
                    let pixels = PixelImage(tensor: made.narrowed(dimension: 3, start: 0, length: image.width).contiguous(), domain: output)
                    result = result ?? PixelRows(of: image.size, like: pixels)
                    result?.append(pixels)
                })
        }
        guard let result else { preconditionFailure("a network gave no rows") }
        return result.image
    }

    /// - Throws: `ModelFileError`.
    private func plan(for input: [Int], _ size: ImageSize, _ output: DomainConfiguration, name: String) throws -> StripPlan {
        let bound = largeImages.bound
        // Weights in the kernels' own order, scratch memory, the translation and its file.
        let weights = 4 * graph.parameterCount * MemoryLayout<Float>.size
        let results = 2 * size.height * size.width * output.channels * output.writtenDepth.format.byteCount
        let room = bound - ProcessMemory.current - weights - results - Self.scratch
        do {
            return try StripPlan(graph, input: input, memory: max(room, 0), threads: TorchRuntime.threadCount)
        } catch let GraphError.needsMoreMemory(bytes, _) {
            throw ModelFileError(
                file: name,
                problem:
                    "\(megabytes(bound)) of memory are too little to translate \(size.namedDimensions) even row by row, which takes about "
                    + megabytes(bound - room + bytes))
        }
    }

    private static let scratch = 40_000_000
}

/// The rows of an image as a network is given them: of its domain, mirrored outwards to the right and downwards.
private struct StripSource {
    let image: PixelImage
    let mask: PixelImage?
    let domain: DomainConfiguration
    /// With what is mirrored.
    let size: ImageSize

    /// Shape [1, C, rows, W].
    func image(_ rows: Range<Int>) -> Tensor { strip(rows, of: image) { $0.tensor(for: domain) } }

    /// Shape [1, 1, rows, W]; nil without a mask.
    func mask(_ rows: Range<Int>) -> Tensor? { mask.map { strip(rows, of: $0) { $0.tensor(for: .mask) } } }

    private func strip(_ rows: Range<Int>, of image: PixelImage, _ tensor: (PixelImage) -> Tensor) -> Tensor {
        let added = max(0, rows.upperBound - image.height)
        // Mirrored rows lie in front of the last one.
        let start = added == 0 ? rows.lowerBound : max(0, min(rows.lowerBound, image.height - 1 - added))
        let held = image.cropped(x: 0, y: start, size: ImageSize(height: min(rows.upperBound, image.height) - start, width: image.width))
        let given = (height: held.height, width: held.width)
        let wide = Translator.mirror(tensor(held), from: given, to: (given.height + added, size.width))
        return wide.narrowed(dimension: 2, start: rows.lowerBound - start, length: rows.count)
    }
}

/// An image that comes row by row.
private struct PixelRows {
    private let size: ImageSize
    private let kind: PixelImage
    private var bytes: [UInt8] = []

    init(of size: ImageSize, like kind: PixelImage) {
        (self.size, self.kind) = (size, kind)
        bytes.reserveCapacity(size.height * size.width * kind.bands * kind.format.byteCount)
    }

    mutating func append(_ rows: PixelImage) { bytes += rows.bytes }

    var image: PixelImage {
        PixelImage(width: size.width, height: size.height, bands: kind.bands, format: kind.format, storedAs: kind.storedAs, bytes: bytes)
    }
}
