import Foundation
import Imaging
import Support
import TestSupport
import Testing

private func program(_ name: String) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { URL(filePath: "\($0)/\(name)") }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
}

/// Videos through `ffmpeg`, on machines that have it.
@Suite(.serialized, .enabled(if: program("ffmpeg") != nil)) struct VideoTests {
    private func run(_ name: String, _ arguments: [String], in folder: URL) throws -> String {
        let (process, output) = (Process(), Pipe())
        let path: URL = try #require(program(name))
        process.executableURL = path
        process.arguments = ["-v", "error"] + arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return text
    }

    /// Twelve frames of 26x22 pixels, 30000/1001 a second, with a tone.
    private func makeClip(_ name: String, in folder: URL) throws {
        try AtomicFile.createFolder(folder.appending(path: "frames"))
        for index in 0..<12 {
            try PixelImage.synthetic(variant: index, width: 26, height: 22).write(to: folder.appending(path: "frames/\(index + 10).png"))
        }
        _ = try run(
            "ffmpeg",
            [
                "-framerate", "30000/1001", "-start_number", "10", "-i", "frames/%02d.png", "-f", "lavfi", "-i", "sine=duration=0.4",
                "-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac", name,
            ], in: folder)
    }

    private func translate(_ flags: [String], in folder: URL, environment: [String: String] = [:]) throws -> CommandRunner.Result {
        try CommandRunner.run(
            ["translate"] + flags + ["--model", "run", "--direction", "AtoB"], in: folder, environment: environment, workingFolder: folder)
    }

    @Test func soundRateAndFramesAreKept() throws {
        try TinyRun.trained { folder in
            try makeClip("clip.mp4", in: folder)
            for (flags, output) in [([], "out.mp4"), (["--temporal", "smooth:0.8"], "new/out.mkv")] {
                let result = try translate(["clip.mp4", "--output", output, "--report"] + flags, in: folder)
                #expect(result.status == 0 && result.output.contains("Translated 12 frames A to B"), "\(result)")
                #expect(result.output.contains(", flicker "))
                let streams = try run(
                    "ffprobe",
                    [
                        "-count_frames", "-show_entries", "stream=codec_type,width,height,avg_frame_rate,nb_read_frames", "-of", "csv",
                        output,
                    ],
                    in: folder)
                #expect(streams.contains("stream,video,26,22,30000/1001,12"), "\(streams)")
                #expect(streams.contains("stream,audio"), "\(streams)")
            }
        }
    }

    @Test func whatCannotBeDoneLeavesNothing() throws {
        try TinyRun.trained { folder in
            try makeClip("clip.mkv", in: folder)
            let clip = try Data(contentsOf: folder.appending(path: "clip.mkv"))
            try clip.prefix(clip.count * 2 / 3).write(to: folder.appending(path: "cut.mkv"))
            try Data("no video".utf8).write(to: folder.appending(path: "text.mp4"))
            for (flags, status, problem) in [
                (["cut.mkv", "--output", "out.mkv"], 1, "cut.mkv: ends after "), (["text.mp4", "--output", "out.mp4"], 1, "text.mp4: "),
                (["none.mp4", "--output", "out.mp4"], 1, "none.mp4: it does not exist; expected a video"),
                (["clip.mkv", "--output", "out.txt"], 64, "found out.txt; a video is written as one of .mp4"),
                (["clip.mkv", "--output", "clip.mkv"], 64, "is the input and would be overwritten"),
                (["clip.mkv", "--output", "out.mkv", "--json"], 64, "are of images, not of frames"),
            ] {
                let result = try translate(flags, in: folder)
                #expect(Int(result.status) == status && result.errors.contains(problem), "\(result)")
            }
            let missing = try translate(["clip.mkv", "--output", "out.mkv"], in: folder, environment: ["PATH": folder.path])
            #expect(missing.status == 1 && missing.errors.contains("videos take ffprobe, which is not installed; install it"), "\(missing)")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!files.contains { $0.hasPrefix("out.") || $0.hasPrefix(".writing") }, "\(files)")
        }
    }
}
