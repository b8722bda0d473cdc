import ArgumentParser
import CycleGANInference
import CycleGANRuns
import Foundation
import Imaging
import Support

/// How frames are translated that belong together.
struct FrameOptions: ParsableArguments {
    @Option(
        help: """
            What instance norms normalise the frames of a video by: off, by those of each frame; smooth:0.8, by those of the frames before with \
            this weight; lock, by those of the first frame.
            """)
    var temporal: TemporalNorms?
    @Flag(help: "Say how much the translations of a video flicker.") var report = false
}

extension TemporalNorms: ExpressibleByArgument {
    public init?(argument: String) {
        switch argument {
        case "off": self = .off
        case "lock": self = .lock
        default:
            guard argument.hasPrefix("smooth:"), let weight = Double(argument.dropFirst(7)), (0..<1).contains(weight) else { return nil }
            self = .smooth(weight)
        }
    }

    public var defaultValueDescription: String {
        switch self {
        case .off: "off"
        case .lock: "lock"
        case .smooth(let weight): "smooth:\(weight)"
        }
    }
}

extension TranslateCommand {
    /// Translates what comes through standard input, into standard output.
    func translateFrames(of reader: FrameReader) throws {
        let signals = SignalMonitor("Stopping after this frame; once more to stop at once.")
        let model = try frameModel(results: FileManager.default.temporaryDirectory, signals)
        let writer = FrameWriter(FileHandle.standardOutput.fileDescriptor, layout: reader.layout, name: "standard output")
        let line = FrameProgress(nil)
        let summary = try frameTranslation(model).run(
            from: reader, to: writer, isStopped: signals.isStopped, progress: { line.show($0) })
        line.clear()
        StatusLine().report("Translated \(counted(summary.frames, "frame")) \(model.title)\(text(of: summary))")
        if let signal = signals.signal { throw ExitCode(128 + signal) }
    }

    /// Translates a video into another.
    func translate(_ video: VideoFile) throws {
        var target = url(output)
        if output == "-" { throw ValidationError("--output - is of images and frames; give a file for a video") }
        if target.isFolder { target.append(path: video.url.lastPathComponent) }
        guard VideoFile.writableExtensions.contains(target.pathExtension.lowercased()) else {
            throw ValidationError(
                "--output: found \(output); a video is written as one of \(VideoFile.writableExtensions.map { "." + $0 }.joined(separator: ", "))"
            )
        }
        if target.resolvingLinks.path == video.url.resolvingLinks.path {
            throw ValidationError("--output: \(output) is the input and would be overwritten; write to another place")
        }
        let signals = SignalMonitor("Stopping; once more to stop at once.")
        let model = try frameModel(results: target.deletingLastPathComponent(), signals)
        let line = FrameProgress(video.frameCount)
        let summary = try frameTranslation(model).run(video, to: target, isStopped: signals.isStopped, progress: { line.show($0) })
        line.clear()
        guard let summary else { throw ExitCode(128 + (signals.signal ?? SIGINT)) }
        print("Translated \(counted(summary.frames, "frame")) \(model.title)\(text(of: summary)): \(printable(target.path))")
    }

    private func frameModel(results: URL, _ signals: SignalMonitor) throws -> Model {
        if translation.isToAll || inspection.confidence || inspection.compare != nil || json || outputs.skipExisting
            || large.resumeTiles != nil
        {
            throw ValidationError(
                "--to all, --confidence, --compare, --json, --skip-existing and --resume-tiles are of images, not of frames; leave them out"
            )
        }
        let model = try loadedModel(results: results, signals)
        try model.translators[0].beginFrames(frames.temporal ?? .off)
        return model
    }

    private func frameTranslation(_ model: Model) throws -> FrameTranslation {
        FrameTranslation(
            by: model.translators[0], scaling: TranslationScaling(size, restoresSize: restoreSize),
            mask: try masks.map { try PixelImage(contentsOf: url($0)) }, measuresFlicker: frames.report)
    }

    private func text(of summary: FrameTranslation.Summary) -> String {
        let rate = String(format: ", %.1f a second", Double(summary.frames) / max(summary.seconds, 0.001))
        guard let flicker = summary.flicker else { return rate }
        return rate
            + String(
                format: ", flicker %+.4f (changes %.4f, those of the images %.4f)", flicker.score, flicker.outputChange, flicker.inputChange
            )
    }
}

/// A line that says how many frames are done.
private struct FrameProgress {
    private let all: Int?
    private let start = ContinuousClock.now
    private let status = StatusLine()

    init(_ all: Int?) { self.all = all }

    func show(_ done: Int) {
        let rate = Double(done) / max(start.duration(to: .now) / .seconds(1), 0.001)
        let pace = String(format: ", %.1f a second", rate)
        guard let all, all >= done else { return status.show("\(counted(done, "frame"))\(pace)") }
        status.show("\(done)/\(all) frames\(pace), \(durationText(Double(all - done) / rate)) left")
    }

    func clear() { status.clear() }
}
