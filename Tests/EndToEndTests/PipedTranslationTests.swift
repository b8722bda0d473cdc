import Foundation
import Imaging
import TestSupport
import Testing

/// Images and frames through standard input and output.
@Suite(.serialized) struct PipedTranslationTests {
    /// - Returns: What came out, what was said, and the exit status.
    private func piped(_ input: String, _ flags: [String], in folder: URL) throws -> (output: Data, errors: String, status: Int32) {
        let (process, output, errors) = try CommandRunner.start(
            ["translate"] + flags + ["--model", "run", "--direction", "AtoB"], in: folder, workingFolder: folder,
            input: folder.appending(path: input))
        process.waitUntilExit()
        return (try Data(contentsOf: output), try String(contentsOf: errors, encoding: .utf8), process.terminationStatus)
    }

    @Test func oneImageGoesThroughInItsOwnFormat() throws {
        try TinyRun.trained { folder in
            let image = "data/trainA/001.png"
            let file = try CommandRunner.run(
                ["translate", image, "--output", "made.png", "--model", "run", "--direction", "AtoB"], in: folder, workingFolder: folder)
            #expect(file.status == 0)
            let made = try Data(contentsOf: folder.appending(path: "made.png"))
            let through = try piped(image, ["-", "--output", "-"], in: folder)
            #expect(through.status == 0 && through.output == made, "\(through.errors)")
            #expect(try piped(image, [image, "--output", "-"], in: folder).output == made)
            let fromInput = try piped(image, ["-", "--output", "other.png"], in: folder)
            #expect(try fromInput.status == 0 && Data(contentsOf: folder.appending(path: "other.png")) == made)
            let jpeg = try piped(image, ["-", "--output", "-", "--format", "jpeg"], in: folder).output
            #expect(jpeg.starts(with: [0xFF, 0xD8]))
        }
    }

    @Test func theExampleTranslatesAFolder() throws {
        try TinyRun.trained { folder in
            try Data("no image".utf8).write(to: folder.appending(path: "data/trainA/002.png"))
            let result = try CommandRunner.run(
                ["run", "data/trainA", "results"], in: folder, program: "FolderTranslation", workingFolder: folder)
            #expect(result.status == 0 && result.output.contains("3/5 failed: ") && result.output.contains("5/5 "), "\(result)")
            try #require(FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "results").path).count == 4)
            let made = try CommandRunner.run(
                ["translate", "data/trainA/001.png", "--output", "001.png", "--model", "run", "--direction", "AtoB"], in: folder,
                workingFolder: folder)
            #expect(made.status == 0)
            let files = try ["001.png", "results/001.png"].map { try PixelImage(contentsOf: folder.appending(path: $0)) }
            #expect(files[0] == files[1])
        }
    }

    @Test func whatIsNoImageIsNamed() throws {
        try TinyRun.trained { folder in
            try Data("hello".utf8).write(to: folder.appending(path: "text"))
            let text = try piped("text", ["-", "--output", "-"], in: folder)
            #expect(text.status == 1 && text.output.isEmpty && text.errors.contains("standard input: the content is not a"), "\(text)")
            try Data().write(to: folder.appending(path: "nothing"))
            let nothing = try piped("nothing", ["-", "--output", "-"], in: folder)
            #expect(nothing.status == 1 && nothing.errors.contains("standard input: the file is empty"), "\(nothing)")
            for (flags, problem) in [
                (["-", "data", "--output", "out"], "- is of one image or stream, and 2 inputs are given"),
                (["-", "--output", "-", "--json"], "--output - writes the translation alone"),
                (["data", "--output", "-"], "--output - is of one image, and data is a folder"),
                (["-", "--output", "-", "--temporal", "smooth:1"], "--temporal"),
            ] {
                let refused = try piped("text", flags, in: folder)
                #expect(refused.status == 64 && refused.errors.contains(problem), "\(refused)")
            }
        }
    }

    @Test func framesGoThroughOneByOne() throws {
        try TinyRun.trained { folder in
            let frames = (0..<4).map { PixelImage.synthetic(variant: $0, width: 24, height: 20) }
            var (pixmaps, single) = (Data(), [Data]())
            for (index, frame) in frames.enumerated() {
                pixmaps += try frame.encoded(as: .ppm)
                try frame.write(to: folder.appending(path: "\(index).ppm"))
                single.append(try piped("\(index).ppm", ["-", "--output", "-"], in: folder).output)
            }
            try pixmaps.write(to: folder.appending(path: "frames"))
            let through = try piped("frames", ["-", "--output", "-"], in: folder)
            #expect(through.output == single.reduce(Data(), +) && through.errors.contains("Translated 4 frames"), "\(through.errors)")
            let report = try piped("frames", ["-", "--output", "-", "--temporal", "lock", "--report"], in: folder)
            #expect(report.output.count == through.output.count && report.errors.contains(", flicker "), "\(report.errors)")
            try pixmaps.dropLast(9).write(to: folder.appending(path: "frames"))
            let cut = try piped("frames", ["-", "--output", "-"], in: folder)
            #expect(cut.status == 1 && cut.errors.contains("standard input: frame 4 ends after"), "\(cut.errors)")
            #expect(cut.output == single.dropLast().reduce(Data(), +))
            let y4m = Data("YUV4MPEG2 W24 H20 F25:1 C444\nFRAME\n".utf8) + Data(repeating: 128, count: 24 * 20 * 3)
            try y4m.write(to: folder.appending(path: "frames"))
            let yuv = try piped("frames", ["-", "--output", "-"], in: folder).output
            #expect(yuv.count == y4m.count && yuv.starts(with: y4m.prefix(35)))
        }
    }
}
