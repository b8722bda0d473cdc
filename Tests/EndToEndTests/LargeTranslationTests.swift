import Foundation
import Imaging
import TestSupport
import Testing

/// `cyclegan translate` of images that are larger than the memory that it may take.
@Suite(.serialized) struct LargeTranslationTests {
    private static let memory = ["--memory", "400MB"]

    /// A run, and a picture of 6 megapixels.
    private func withRun(_ body: (_ folder: URL, _ arguments: (_ output: String, _ flags: [String]) -> [String]) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let trained = try CommandRunner.run(
                TinyRun.arguments(data, run: folder.appending(path: "run"), ["--max-steps", "1"]), in: folder)
            try #require(trained.status == 0, "\(trained.errors)")
            let block = PixelImage.synthetic(variant: 2, width: 300, height: 200).bytes
            let bytes = (0..<100).flatMap { _ in block }
            try PixelImage(width: 3000, height: 2000, bands: 3, bytes: bytes).write(to: folder.appending(path: "large.png"))
            try body(folder) { output, flags in
                ["translate", "large.png", "--model", "run", "--direction", "AtoB", "--output", output] + Self.memory + flags
            }
        }
    }

    private func files(_ folder: URL) throws -> Set<String> {
        Set(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix("output-") && !$0.hasPrefix("errors-") }
        )
    }

    /// Killed in the middle and begun again, with the same file as without; nothing is left of what was kept.
    @Test func killedTranslationsGoOn() throws {
        try withRun { folder, arguments in
            let before = try files(folder)
            let whole = try CommandRunner.run(arguments("whole.tif", ["--resume-tiles", "other"]), in: folder, workingFolder: folder)
            #expect(whole.status == 0 && whole.errors.contains("strips"), "\(whole.errors)")
            let state = folder.appending(path: "tiles/state.json")
            let flags = ["--resume-tiles", "tiles"]
            let killed = try CommandRunner.start(arguments("large.tif", flags), in: folder, workingFolder: folder)
            try CommandRunner.wait(for: "a stage") { FileManager.default.fileExists(atPath: state.path) }
            kill(killed.process.processIdentifier, SIGKILL)
            killed.process.waitUntilExit()
            #expect(try files(folder) == before.union(["whole.tif", "tiles"]))
            let resumed = try CommandRunner.run(arguments("large.tif", flags), in: folder, workingFolder: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try files(folder) == before.union(["whole.tif", "large.tif"]))
            let files = try ["whole.tif", "large.tif"].map { try Data(contentsOf: folder.appending(path: $0)) }
            #expect(files[0] == files[1])
        }
    }

    /// Without a folder to go on from, nothing is left of what was killed.
    @Test func killedTranslationsLeaveNothing() throws {
        try withRun { folder, arguments in
            let before = try files(folder)
            let killed = try CommandRunner.start(arguments("large.tif", []), in: folder, workingFolder: folder)
            try CommandRunner.wait(for: "the begin") {
                (try? String(contentsOf: killed.errors, encoding: .utf8))?.contains("strips") == true
            }
            kill(killed.process.processIdentifier, SIGKILL)
            killed.process.waitUntilExit()
            #expect(try files(folder) == before)
        }
    }

    @Test func flagsThatContradictAreRefused() throws {
        try withRun { folder, arguments in
            for (flags, message) in [
                (["--approximate", "--resume-tiles", "tiles"], "--approximate goes over the image once and keeps nothing"),
                (["--tiff-pyramid"], "large.png: a pyramid of smaller copies is a TIFF file, and this is none; give --format tiff"),
                (["--tiff-pyramid", "--format", "png"], "--tiff-pyramid is of tiff, not of png"),
                (["--resume-tiles", "tiles", "run/../data/trainA"], "--resume-tiles is for one image, and there are 6"),
            ] {
                let result = try CommandRunner.run(arguments("out", flags), in: folder, workingFolder: folder)
                #expect(result.status != 0 && result.errors.contains(message), "\(flags): \(result.errors)")
            }
            let pyramid = try CommandRunner.run(
                arguments("pyramid.tif", ["--tiff-pyramid", "--approximate"]), in: folder, workingFolder: folder)
            #expect(pyramid.status == 0, "\(pyramid.errors)")
            #expect(try PixelImage(contentsOf: folder.appending(path: "pyramid.tif")).size == ImageSize(height: 2000, width: 3000))
        }
    }
}
