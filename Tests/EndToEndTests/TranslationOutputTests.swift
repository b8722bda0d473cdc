import Foundation
import Imaging
import Support
import TestSupport
import Testing

/// What `cyclegan translate` writes: formats, names, transparency, and what goes from the image's file to that of its translation.
@Suite(.serialized) struct TranslationOutputTests {
    /// A run and a folder `in` of images.
    private func withRun(
        _ settings: [String] = [], _ body: (_ folder: URL, _ translate: ([String]) throws -> CommandRunner.Result) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let run = folder.appending(path: "run")
            let trained = try CommandRunner.run(
                TinyRun.arguments(try TinyRun.makeData(in: folder), run: run, ["--max-steps", "1"] + settings), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            try AtomicFile.createFolder(folder.appending(path: "in"))
            try body(folder) {
                try CommandRunner.run(
                    ["translate", folder.appending(path: "in").path, "--model", run.path, "--direction", "AtoB", "--size", "original"] + $0,
                    in: folder)
            }
        }
    }

    private static let picture = PixelImage.synthetic(variant: 3, width: 24, height: 20)

    /// With the opacity 10 times the column.
    private static let transparent: PixelImage = {
        var bytes: [UInt8] = []
        for pixel in 0..<480 {
            bytes += picture.bytes[pixel * 3..<pixel * 3 + 3]
            bytes.append(UInt8(pixel % 24 * 10))
        }
        return PixelImage(width: 24, height: 20, bands: 4, hasAlpha: true, bytes: bytes)
    }()

    @Test func transparencyIsKeptWhereTheFormatCan() throws {
        try withRun { folder, translate in
            for name in ["a.png", "b.webp", "c.tif"] { try Self.transparent.write(to: folder.appending(path: "in/\(name)")) }
            func opacity(_ file: String) throws -> [UInt8]? {
                let image = try PixelImage(contentsOf: folder.appending(path: file))
                return image.hasAlpha ? (0..<image.width).map { image.bytes[$0 * image.bands + image.bands - 1] } : nil
            }
            let kept = try translate(["--output", folder.appending(path: "kept").path])
            #expect(kept.status == 0 && kept.errors.isEmpty, "\(kept.errors)")
            let expected = (0..<24).map { UInt8($0 * 10) }
            for name in ["a.png", "b.webp", "c.tif"] { #expect(try opacity("kept/\(name)") == expected, "\(name)") }
            let scaled = try translate(["--output", folder.appending(path: "scaled").path, "--size", "12"])
            #expect(scaled.status == 0, "\(scaled.errors)")
            // Opacity grows by 20 a column, as far from the edges as the filter reaches.
            let small = try #require(try opacity("scaled/a.png"))
            #expect(small.count == 12 && (3..<9).allSatisfy { column in abs(Int(small[column]) - (20 * column + 5)) <= 1 }, "\(small)")
            let flat = try translate(["--output", folder.appending(path: "flat").path, "--alpha", "background"])
            #expect(flat.status == 0 && flat.errors.isEmpty)
            #expect(try opacity("flat/a.png") == nil)
            let lost = try translate(["--output", folder.appending(path: "lost").path, "--format", "jpeg"])
            #expect(
                lost.status == 0
                    && lost.errors.hasPrefix("warning: 3 translations without the transparency of the image, which the format"),
                "\(lost.errors)")
        }
    }

    @Test func aDeepModelWritesWhatJPEGCannotHold() throws {
        try withRun(["--bit-depth", "B=16"]) { folder, translate in
            for name in ["a.jpg", "b.jpg"] { try Self.picture.write(to: folder.appending(path: "in/\(name)")) }
            try Data("x".utf8).write(to: folder.appending(path: "in/notes.npy"))
            let output = folder.appending(path: "out")
            let result = try translate(["--output", output.path])
            #expect(result.status == 0, "\(result)")
            #expect(
                result.errors.contains(
                    "2 translations are written as PNG: JPEG cannot hold a 16-bit image with 3 channels, as the model gives; --format")
                    && result.errors.contains("1 file left out: 1 .npy"), "\(result.errors)")
            #expect(try PixelImage(contentsOf: output.appending(path: "a.png")).format == .uint16)
            let refused = try translate(["--output", output.path, "--format", "jpeg"])
            #expect(refused.status == 1 && refused.errors.contains("choose PNG"), "\(refused.errors)")
        }
    }

    @Test func namesQualityAndWhatIsThere() throws {
        try withRun { folder, translate in
            for name in ["a.png", "b.png"] { try Self.picture.write(to: folder.appending(path: "in/\(name)")) }
            let output = folder.appending(path: "out")
            func bytes(_ name: String) throws -> Data { try Data(contentsOf: output.appending(path: name)) }
            #expect(try translate(["--output", output.path, "--format", "jpeg", "--suffix", "_monet", "--quality", "10"]).status == 0)
            let small = try bytes("a_monet.jpg")
            try FileManager.default.removeItem(at: output.appending(path: "b_monet.jpg"))
            let rest = try translate([
                "--output", output.path, "--format", "jpeg", "--suffix", "_monet", "--quality", "90", "--skip-existing",
            ])
            #expect(rest.status == 0 && rest.output.contains("Translated 1 of 2 images A to B, 1 skipped"), "\(rest)")
            #expect(try bytes("a_monet.jpg") == small && bytes("b_monet.jpg").count > small.count)
            // Without the flag it is replaced.
            #expect(try translate(["--output", output.path, "--format", "jpeg", "--suffix", "_monet", "--quality", "90"]).status == 0)
            #expect(try bytes("a_monet.jpg").count > small.count)
            for flags in [
                ["--quality", "0"], ["--quality", "80", "--format", "png"], ["--suffix", "a/b"], ["--format", "gif"], ["--alpha", "x"],
            ] {
                #expect(try translate(["--output", output.path] + flags).status == 64, "\(flags)")
            }
        }
    }

    /// GBK, as a shell hands it over.
    @Test func namesThatAreNoTextAreTranslated() throws {
        try withRun { folder, translate in
            let name = FileName.text([0xC2, 0xED, 0x2E, 0x70, 0x6E, 0x67])
            try Self.picture.write(to: folder.appending(path: "in/\(name)"))
            let all = try translate(["--output", folder.appending(path: "all").path])
            #expect(all.status == 0, "\(all)")
            #expect(try FileTree.files(below: folder.appending(path: "all")) == [name])
            let script = #"n=$(printf '\302\355.png'); "$0" translate "$1/in/$n" --model "$1/run" --direction AtoB --output "$1/one/$n""#
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = ["-c", script, CommandRunner.executable.path, folder.path]
            shell.standardOutput = FileHandle.nullDevice
            try shell.run()
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 0)
            #expect(try FileTree.files(below: folder.appending(path: "one")) == [name])
            try AtomicFile.write(Data("x".utf8), to: folder.appending(path: "in/\(name)"))
            let broken = try translate(["--output", folder.appending(path: "none").path])
            #expect(broken.status == 1 && broken.errors.contains("\\xC2\\xED.png"), "\(broken.errors)")
        }
    }

    @Test func aFullDiskStopsTheWork() throws {
        try withRun { folder, _ in
            for name in ["a.png", "b.png", "c.png"] {
                try PixelImage.synthetic(variant: 1, width: 200, height: 200).write(to: folder.appending(path: "in/\(name)"))
            }
            let disk = folder.appending(path: "disk")
            try AtomicFile.createFolder(disk)
            let script =
                #"mount -t tmpfs -o size=4k none "$2" || exit 125; exec "$0" translate "$1/in" --model "$1/run" --direction AtoB --output "$2""#
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare") else { return }
            let shell = Process()
            shell.executableURL = URL(filePath: "/usr/bin/unshare")
            shell.arguments = ["-r", "-m", "/bin/sh", "-c", script, CommandRunner.executable.path, folder.path, disk.path]
            let errors = folder.appending(path: "errors.txt")
            try Data().write(to: errors)
            shell.standardError = try FileHandle(forWritingTo: errors)
            shell.standardOutput = FileHandle.nullDevice
            try shell.run()
            shell.waitUntilExit()
            // Not every machine lets a user mount anything.
            if [125, 1].contains(shell.terminationStatus), try String(contentsOf: errors, encoding: .utf8).contains("mount:") { return }
            let text = try String(contentsOf: errors, encoding: .utf8)
            #expect(shell.terminationStatus == 1)
            #expect(
                text.contains("stopped: the disk is full; 3 of 3 images are left: free some space, then go on with --skip-existing"),
                "\(text)")
            #expect(text.matches(of: /No space left on device/).count == 1)
        }
    }

    @Test func anInterruptLeavesWholeFilesAndGoesOn() throws {
        try withRun { folder, translate in
            for index in 0..<120 {
                try PixelImage.synthetic(variant: index, width: 120, height: 100).write(to: folder.appending(path: "in/\(index).png"))
            }
            let output = folder.appending(path: "out")
            let (process, _, errors) = try CommandRunner.start(
                [
                    "translate", folder.appending(path: "in").path, "--model", folder.appending(path: "run").path, "--direction", "AtoB",
                    "--output", output.path,
                ], in: folder)
            func made() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? [] }
            try CommandRunner.wait(for: "some pictures") { made().filter { !$0.hasPrefix(".") }.count >= 3 }
            process.interrupt()
            process.waitUntilExit()
            let text = try String(contentsOf: errors, encoding: .utf8)
            #expect(process.terminationStatus == 130, "\(text)")
            let before = made()
            #expect(before.count < 120)
            #expect(
                text.contains("stopped: by a signal; \(120 - before.count) of 120 images are left: then go on with --skip-existing"),
                "\(text)")
            for name in before { #expect(try PixelImage(contentsOf: output.appending(path: name)).width == 120) }
            let rest = try translate(["--output", output.path, "--skip-existing"])
            #expect(rest.output.contains("Translated \(120 - before.count) of 120 images") && made().count == 120, "\(rest)")
        }
    }

    @Test func anImageForWhichThereIsNoMemoryIsRefused() throws {
        try withRun { folder, translate in
            try Self.picture.write(to: folder.appending(path: "in/a.png"))
            let result = try translate(["--output", folder.appending(path: "out").path, "--size", "60000", "--memory", "4GB"])
            #expect(result.status == 1)
            #expect(
                result.errors.contains("a.png: to translate 60000x50000 (width x height) takes about") && result.errors.contains("--size"),
                "\(result.errors)")
        }
    }
}
