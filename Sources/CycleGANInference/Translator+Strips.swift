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
    /// Whether norms take their statistics from a small copy of the image, which is faster and no longer the same.
    public var isApproximate = false
    /// A folder that keeps what is done of an image, for the same translation to go on from there; `nil` where nothing is kept.
    public var tiles: URL?
    /// Asked behind each strip; from `true` on the translation ends with a `CancellationError`.
    public var isStopped: (@Sendable () -> Bool)?
    /// Told how far an image is, at its begin and behind each strip.
    public var progress: (@Sendable (LargeImageProgress) -> Void)?

    /// Half of what is free, and the system's folder for temporary files.
    public init() {}

    /// Removes what is kept of an image that is done.
    package func removeTiles() throws { try tiles.map { try TileFolder($0).remove() } }

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

extension ScratchFile: MapFile {}

extension Translator {
    /// Whether an image is translated strip by strip, with the same result: where the maps of the whole take more memory than there is.
    package func takesStrips(for size: ImageSize) -> Bool {
        device == .cpu && graph.reasonAgainstStrips == nil
            && memory.bytes(for: size, held: max(ProcessMemory.current, TranslationMemory.program)) > largeImages.bound
    }

    /// What the generator makes of an image of its input domain, strip by strip.
    ///
    /// - Throws: As `translateStrips`.
    func translatedByStrips(
        _ source: StripSource, _ output: DomainConfiguration, name: String, frames: FrameStatistics? = nil
    ) throws -> PixelImage {
        // The translation and its file.
        let results = 2 * source.size.height * source.size.width * output.channels * output.writtenDepth.format.byteCount
        var result: PixelRows?
        try translateStrips(of: source, output, besides: results, name: name, frames: frames) { pixels, _ in
            result = result ?? PixelRows(of: source.size, like: pixels)
            result?.append(pixels)
        }
        guard let result else { preconditionFailure("a network gave no rows") }
        return result.image
    }

    /// Gives what the generator makes of an image strip by strip: first each norm sees the whole image, then its pixels go on.
    ///
    /// - Parameters:
    ///   - domain: Of the result.
    ///   - results: Bytes that the process will hold besides maps and strips.
    ///   - others: Bytes of the disk that maps leave for other files.
    ///   - frames: The statistics of the frames before, where the image is one of a video.
    ///   - write: Gets the result's rows in order, and the number of the first of them.
    /// - Throws: `ModelFileError` where a single row takes more memory than there is, `FileError` for the folder of maps, `TorchError`, and what
    ///   `write` throws.
    func translateStrips(
        of source: StripSource, _ domain: DomainConfiguration, besides results: Int, reserving others: Int = 0, name: String,
        frames: FrameStatistics? = nil,
        write: (PixelImage, Int) throws -> Void
    ) throws {
        let room = room(besides: results)
        func output(_ strip: Tensor, _ start: Int) throws {
            // The last ones may be mirrored alone.
            guard start < source.size.height else { return }
            let rows = start..<min(start + strip.shape[2], source.size.height)
            var made = strip.narrowed(dimension: 2, start: 0, length: rows.count)
            if description.masking == .composite, let mask = try source.mask(rows) {
                made = made * mask + (try source.image(rows)) * (-mask + 1)
            }
            let pixels = made.narrowed(dimension: 3, start: 0, length: source.size.width).contiguous()
            try write(PixelImage(tensor: pixels, domain: domain), start)
        }
        try withoutGradients {
            if let frames {
                let framePlan = try frames.plan(for: networkShape(source)) { try self.plan(for: source, room, name: name) }
                let run = try execution(of: framePlan, source, reserving: others)
                run.statistics = frames.statistics
                return try run.run(output: output)
            }
            if let stream = try stream(for: source, room) {
                let statistics = graph.hasImageNorms ? try approximateStatistics(of: source, room, name: name) : [:]
                let report = reporter(name, stripCount: stream.stripCount, fileBytes: 0)
                try stream.run(by: statistics, input: networkInput(source), progress: report, output: output)
                return
            }
            let plan = try plan(for: source, room, name: name)
            let report = reporter(name, stripCount: plan.stripCount, fileBytes: plan.fileBytes)
            let run =
                try largeImages.tiles.map { try resumed(plan, source, in: TileFolder($0)) }
                ?? execution(of: plan, source, reserving: others)
            try run.run(progress: report, output: output)
        }
    }

    /// What norms normalise by, of a small copy.
    private func approximateStatistics(of source: StripSource, _ room: StripRoom, name: String) throws -> [Int: MergedStatistics] {
        let small = try source.scaledDown(to: Self.smallSide)
        let copy = StripSource(
            small, mask: source.mask?.resized(to: small.size).withHardEdges(), domain: source.domain, padded: padded(small.size))
        let execution = try execution(of: plan(for: copy, room, name: name), copy, reserving: 0)
        var found: [Int: MergedStatistics] = [:]
        execution.statistics = { norm, measured in
            found[norm] = measured
            return measured
        }
        try execution.run(output: { _, _ in })
        return found
    }

    /// One pass over the image, where norms need not have seen all of it and there is memory for that; else nil.
    private func stream(for source: StripSource, _ room: StripRoom) throws -> StripStream? {
        let isSmall = max(source.size.height, source.size.width) <= Self.smallSide
        guard !graph.hasImageNorms || largeImages.isApproximate && !isSmall, largeImages.tiles == nil else { return nil }
        do throws(GraphError) {
            return try StripStream(graph, input: networkShape(source), memory: max(room.bytes, 0))
        } catch {
            guard case .needsMoreMemory = error else { throw error }
            return nil
        }
    }

    /// - Throws: `ModelFileError`.
    private func plan(for source: StripSource, _ room: StripRoom, name: String) throws -> StripPlan {
        do {
            return try StripPlan(
                graph, input: networkShape(source), memory: max(room.bytes, 0), threads: TorchRuntime.threadCount,
                keepsInFile: largeImages.tiles != nil)
        } catch let GraphError.needsMoreMemory(bytes, _) {
            throw ModelFileError(
                file: name,
                problem:
                    "\(megabytes(room.bound)) of memory are too little to translate \(source.size.namedDimensions) even row by row, which "
                    + "takes about \(megabytes(room.bound - room.bytes + bytes))")
        }
    }

    private func execution(of plan: StripPlan, _ source: StripSource, reserving others: Int) throws -> StripExecution {
        let spill =
            plan.fileBytes > 0
            ? try ScratchFile(in: largeImages.folder, bytes: plan.fileBytes, reserving: others, content: "maps") : nil
        return StripExecution(plan, file: spill, input: networkInput(source))
    }

    private func resumed(_ plan: StripPlan, _ source: StripSource, in folder: TileFolder) throws -> StripExecution {
        let input = networkInput(source)
        let state = try TileFolder.State(plan.layout, height: source.padded.height, generator: file.generator, input: input)
        return try folder.execution(of: plan, state, input: input)
    }

    private func networkShape(_ source: StripSource) -> [Int] {
        [1, description.configuration.networkChannels, source.padded.height, source.padded.width]
    }

    private func networkInput(_ source: StripSource) -> (Range<Int>) throws -> Tensor {
        let condition = description.condition(of: translation, strength: strength)
        return { [description] rows in
            let strip = try source.image(rows)
            guard let mask = try source.mask(rows) else { return description.networkInput(strip, condition: condition) }
            return Tensor.concatenated([strip, mask], dimension: 1)
        }
    }

    /// Tells of the progress, from its begin on.
    private func reporter(_ name: String, stripCount: Int, fileBytes: Int) -> (Double) throws -> Void {
        var progress = LargeImageProgress(name: name, stripCount: stripCount, fileBytes: fileBytes)
        largeImages.progress?(progress)
        return { [largeImages] share in
            progress.share = share
            largeImages.progress?(progress)
            if largeImages.isStopped?() == true { throw CancellationError() }
        }
    }

    /// What maps and strips may take.
    private struct StripRoom {
        /// Of the whole process.
        let bound: Int
        let bytes: Int
    }

    private func room(besides results: Int) -> StripRoom {
        let bound = largeImages.bound
        // In the kernels' own order.
        let weights = 4 * graph.parameterCount * MemoryLayout<Float>.size
        return StripRoom(bound: bound, bytes: bound - ProcessMemory.current - weights - results - Self.scratch)
    }

    private static let scratch = 40_000_000
    /// The longer side of the copy that statistics are taken from, in pixels.
    private static let smallSide = 1024
}
