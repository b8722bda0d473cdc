import CycleGANInference
import Foundation
import Imaging
import Support

/// The pictures that were made of a file, on their way to the disk.
struct MadeFile: Sendable {
    /// The sizes of an image, of what the generator got, and of the result.
    struct Sizes: Sendable { let input, network, output: ImageSize }

    let input: JobInput
    var record: TranslationRecord
    var pictures: [PixelImage] = []
    var sizes: [Sizes] = []
    /// One for each picture, where they are asked for.
    var cycleErrors: [CycleError] = []

    /// Whether all pictures of the file are made.
    var isComplete: Bool { pictures.count == input.sources.count }

    /// Writes the pictures and all that belongs beside them.
    ///
    /// - Parameters:
    ///   - wording: An error in words.
    ///   - finish: Done where that went well.
    /// - Returns: The record of the file, with what went wrong.
    func written(_ options: TranslationOutput, wording: (any Error) -> String, finish: () throws -> Void) -> TranslationRecord {
        let start = ContinuousClock.now
        var record = record
        do {
            try write(options, &record)
            try finish()
            if let first = sizes.first {
                (record.inputSize, record.networkSize) = (PictureSize(first.input), PictureSize(first.network))
                record.outputSize = PictureSize(first.output)
            }
            record.pages = sizes.count > 1 ? sizes.count : nil
        } catch {
            record.fail(error, wording)
        }
        record.seconds += start.duration(to: .now) / .seconds(1)
        return record
    }

    private func write(_ options: TranslationOutput, _ record: inout TranslationRecord) throws {
        let output = input.job.output
        if !cycleErrors.isEmpty {
            let confidence = TranslationConfidence(pages: cycleErrors)
            try confidence.write(beside: output)
            record.cycleError = confidence.mean
        }
        if let volume = input.volume {
            let isPacked = output.pathExtension.lowercased() == "gz"
            return try AtomicFile.write(volume.encoded(pictures, isPacked: isPacked, name: input.job.input.path), to: output)
        }
        if options.isPyramid, pictures.count == 1 {
            let file = try PixelFile(pictures[0], in: output.deletingLastPathComponent())
            return try file.write(to: output, metadata: input.metadata, isPyramid: true)
        }
        try PixelImage.write(
            pictures, to: output, quality: options.quality, metadata: input.metadata,
            timing: pictures.count > 1 ? AnimationTiming(of: input.job.input) : nil)
    }
}

extension TranslationRecord {
    /// Takes down what went wrong.
    mutating func fail(_ error: any Error, _ wording: (any Error) -> String) {
        self.error = wording(error)
        if case ImageError.diskFull = error { isDiskFull = true }
        if (error as? FileError)?.isDiskFull == true { isDiskFull = true }
    }
}
