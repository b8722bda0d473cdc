import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct DatasetPreviewTests {
    @Test func thePictureIsWrittenAndDescribed() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["data/trainA": 3, "data/trainB": 2], to: folder)
            try Data("loadSize: 40\ncropSize: 24\n".utf8).write(to: folder.appending(path: "settings.yaml"))
            let output = folder.appending(path: "sheet.png")
            let arguments = [
                "dataset", "preview", folder.appending(path: "data").path, "--config", folder.appending(path: "settings.yaml").path,
                "--crop-size", "32", "--output", output.path, "--samples", "2", "--variants", "3",
            ]
            let result = try CommandRunner.run(arguments, in: folder)
            let sheet = try PixelImage(contentsOf: output)
            #expect(result.status == 0 && result.errors == "", "\(result)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 3, "\(result)")
            #expect(lines.first?.hasPrefix("A: 2 of 3 images, 32x32 pixels; 0...255 become -1...1, found -") == true)
            #expect(lines.last ?? "" == "Preview: \(output.path) (\(sheet.width)x\(sheet.height) pixels; sizes are width x height)")
            // Everything but the jitter is the same in a second call.
            #expect(try CommandRunner.run(arguments + ["--color-jitter", "0.4,0.4,0.4,0.1"], in: folder).status == 0)
            #expect(try PixelImage(contentsOf: output) != sheet)
            // A header and four rows of 32 pixels, and gutters of 4.
            #expect(sheet.height > 4 * 36 && sheet.width > 4 * 36)
        }
    }

    @Test func wrongCallsSayWhatIsAllowed() throws {
        try withTemporaryFolder { folder in
            for (arguments, message) in [
                (["data", "--samples", "0"], "--samples: found 0; allowed: 1 to 100"),
                (["data", "--output", "sheet.html"], "sheet.html: the extension names no image format"),
            ] {
                let result = try CommandRunner.run(["dataset", "preview"] + arguments, in: folder)
                #expect(result.status != 0 && result.errors.contains(message), "\(arguments): \(result)")
            }
        }
    }
}
