import Foundation
import Imaging
import Support

extension FrameTranslation {
    /// Translates a video, with its sound and frame rate, and writes it as a whole or not at all.
    ///
    /// - Parameters:
    ///   - output: A file with one of `VideoFile.writableExtensions`.
    ///   - isStopped: Asked between frames; from `true` on nothing is written.
    ///   - progress: Told how many frames are done.
    /// - Returns: `nil` where it was stopped.
    /// - Throws: `VideoError` for a video that ends in the middle or cannot be encoded, and as `run(from:to:isStopped:progress:)`.
    public func run(
        _ video: VideoFile, to output: URL, isStopped: @escaping @Sendable () -> Bool = { false }, progress: (Int) -> Void = { _ in }
    ) throws
        -> Summary?
    {
        struct Stopped: Error {}
        do {
            var summary = Summary()
            try AtomicFile.createFolder(output.deletingLastPathComponent())
            try AtomicFile.write(to: output) { temporary in
                summary = try translate(video, to: temporary, output, isStopped: isStopped, progress: progress)
                if isStopped() { throw Stopped() }
            }
            return summary
        } catch is Stopped {
            return nil
        }
    }

    private func translate(
        _ video: VideoFile, to temporary: URL, _ output: URL, isStopped: @escaping @Sendable () -> Bool, progress: (Int) -> Void
    ) throws -> Summary {
        let decoder = try video.decoding()
        let stream = ByteStream(decoder.output.fileHandleForReading.fileDescriptor)
        guard let reader = try FrameReader(stream, name: video.url.path) else {
            throw VideoError(video.url, VideoFile.firstLine(decoder.finish().errors) ?? "it has no frames")
        }
        let encoder = try video.encoding(to: temporary)
        let writer = FrameWriter(encoder.input.fileHandleForWriting.fileDescriptor, layout: reader.layout, name: output.path)
        // Before the file goes that it writes.
        defer { encoder.stop() }
        let result = Result { try run(from: reader, to: writer, isStopped: isStopped, progress: progress) }
        if isStopped() {
            decoder.stop()
            return try result.get()
        }
        // What the encoder has to say explains why it took no more frames.
        if case .failure(let error as FileError) = result, error.path == output.path {
            throw VideoError(output, Self.problem(of: encoder.finish().errors, "cannot be encoded"))
        }
        if case .failure = result { decoder.stop() }
        let (errors, status) = decoder.finish()
        let summary = try result.get()
        // Of a file that was cut off ffmpeg says so, and ends well.
        let isCutOff = !errors.isEmpty && video.frameCount.map { summary.frames < $0 - 1 } ?? true
        guard status == 0, !isCutOff else {
            let problem = Self.problem(of: errors, "ffmpeg failed with status \(status)")
            let found = video.frameCount.map { "\(summary.frames) of \(counted($0, "frame"))" } ?? counted(summary.frames, "frame")
            throw VideoError(
                video.url, "ends after \(found): \(problem); make a copy of what is there first, such as by: ffmpeg -i IN -c copy OUT")
        }
        let encoded = encoder.finish()
        guard encoded.status == 0 else { throw VideoError(output, Self.problem(of: encoded.errors, "cannot be encoded")) }
        return summary
    }

    private static func problem(of errors: String, _ otherwise: String) -> String { VideoFile.firstLine(errors) ?? otherwise }
}
