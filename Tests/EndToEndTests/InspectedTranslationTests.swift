import Foundation
import Imaging
import TestSupport
import Testing

/// What `cyclegan translate` shows of what a translation did to its image: cycle errors and comparisons.
@Suite(.serialized) struct InspectedTranslationTests {
    private typealias Translate = (_ output: String, _ flags: [String]) throws -> CommandRunner.Result

    private func withRun(_ more: [String] = [], _ body: (_ folder: URL, _ translate: Translate) throws -> Void) throws {
        try TinyRun.trained(more) { folder in
            try body(folder) { output, flags in
                try CommandRunner.run(
                    ["translate", "data/trainA", "--model", "run", "--direction", "AtoB", "--output", output] + flags, in: folder,
                    workingFolder: folder)
            }
        }
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func cycleErrorsStandBesideTranslations() throws {
        try withRun { folder, translate in
            #expect(try translate("plain", []).status == 0)
            let result = try translate("out", ["--confidence", "--json"])
            #expect(result.status == 0, "\(result.errors)")
            let records = try result.output.split(separator: "\n").map { try object(Data($0.utf8)) }
            #expect(records.count == 5)
            for record in records {
                let output = try #require(record["output"] as? String)
                let stem = URL(filePath: output).deletingPathExtension()
                let numbers = try object(Data(contentsOf: stem.appendingPathExtension("confidence.json")))
                let mean = try #require(numbers["mean"] as? Double)
                #expect(record["cycleError"] as? Double == mean && mean > 0 && mean < numbers["maximum"] as? Double ?? 0)
                #expect(numbers["schema"] as? Int == 1 && numbers["width"] as? Int == 24 && numbers["height"] as? Int == 20)
                let region = try #require(numbers["worstRegion"] as? [String: Double])
                #expect(region["width"] == 3 && region["height"] == 2 && region["mean"] ?? 0 > mean)
                let map = try PixelImage(contentsOf: stem.appendingPathExtension("confidence.png"))
                #expect(map.size == ImageSize(height: 20, width: 24) && map.bands == 3)
            }
            // The translation is the same, and those that are there are left alone only with their numbers.
            let first = try Data(contentsOf: folder.appending(path: "out/000.png"))
            #expect(try first == Data(contentsOf: folder.appending(path: "plain/000.png")))
            try FileManager.default.removeItem(at: folder.appending(path: "out/002.confidence.json"))
            let rest = try translate("out", ["--confidence", "--skip-existing"])
            #expect(rest.output.contains("Translated 1 of 5 images A to B, 4 skipped"), "\(rest)")

            // Each page has a map; one file has the numbers of all.
            let pages = [1, 2].map { PixelImage.synthetic(variant: $0, width: 24, height: 20) }
            try PixelImage.write(pages, to: folder.appending(path: "pages.tif"))
            let paged = try CommandRunner.run(
                ["translate", "pages.tif", "--model", "run", "--direction", "AtoB", "--output", "two.tif", "--confidence"], in: folder,
                workingFolder: folder)
            #expect(paged.status == 0, "\(paged.errors)")
            let numbers = try object(Data(contentsOf: folder.appending(path: "two.confidence.json")))
            let means = (numbers["pages"] as? [[String: Any]])?.compactMap { $0["mean"] as? Double } ?? []
            #expect(means.count == 2 && means[0] != means[1])
            #expect(abs((means[0] + means[1]) / 2 - (numbers["mean"] as? Double ?? 0)) < 1e-12)
            for page in 1...2 {
                let map = try PixelImage(contentsOf: folder.appending(path: "two.confidence.\(page).png"))
                #expect(map.size == pages[0].size)
            }
        }
    }

    @Test func theWayBackIsNeeded() throws {
        try withRun { folder, translate in
            let models = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "run/models").path)
            let file = try #require(models.first { $0.hasSuffix("_generatorAB.safetensors") })
            let one = try CommandRunner.run(
                ["translate", "data/trainA", "--model", "run/models/\(file)", "--output", "out", "--confidence"], in: folder,
                workingFolder: folder)
            #expect(one.status == 1, "\(one.output)")
            #expect(
                one.errors.contains("it translates A to B and not back; leave out --confidence, or give a model of both ways"),
                "\(one.errors)")
            for flags in [["--confidence"], ["--compare", "html"], ["--compare", "side-by-side"]] {
                let all = try CommandRunner.run(
                    ["translate", "data/trainA", "--model", "run", "--from", "A", "--to", "all", "--output", "out"] + flags, in: folder,
                    workingFolder: folder)
                #expect(all.status == 64 && all.errors.contains("--to all shows all domains"), "\(all.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out").path))
            // A heat map would take the place of an image.
            let inputs = folder.appending(path: "clash")
            try FileManager.default.createDirectory(at: inputs, withIntermediateDirectories: true)
            for name in ["a.png", "a.jpg"] { try PixelImage.synthetic(variant: 1).write(to: inputs.appending(path: name)) }
            let clash = try CommandRunner.run(
                ["translate", "clash", "--model", "run", "--direction", "AtoB", "--output", "out", "--confidence"], in: folder,
                workingFolder: folder)
            #expect(clash.status == 1 && clash.errors.contains("would both be written to"), "\(clash.errors)")
        }
    }

    @Test func picturesStandSideBySide() throws {
        try withRun(["--channels", "B=1"]) { folder, translate in
            #expect(try translate("grey", []).status == 0)
            let result = try translate("out", ["--compare", "side-by-side"])
            #expect(result.status == 0, "\(result.errors)")
            let (own, grey) = (
                try PixelImage(contentsOf: folder.appending(path: "data/trainA/003.png")),
                try PixelImage(contentsOf: folder.appending(path: "grey/003.png"))
            )
            // The colours of the image, a gutter of 4 pixels and the grey translation.
            let both = try PixelImage(contentsOf: folder.appending(path: "out/003.png"))
            #expect(both.size == ImageSize(height: 20, width: 52) && both.bands == 3)
            #expect(both.cropped(x: 0, y: 0, size: own.size) == own)
            #expect(both.cropped(x: 28, y: 0, size: own.size).bytes == grey.bytes.flatMap { [$0, $0, $0] })
            // All domains are shown by the same picture.
            let all = try CommandRunner.run(
                ["translate", "data/trainA", "--model", "run", "--from", "A", "--to", "all", "--output", "all"], in: folder,
                workingFolder: folder)
            #expect(all.status == 0, "\(all.errors)")
            #expect(try PixelImage(contentsOf: folder.appending(path: "all/003.png")) == both)
            // Transparent images are shown over their background, white.
            let clear = PixelImage(width: 24, height: 20, bands: 4, hasAlpha: true, bytes: (0..<1920).map { $0 % 4 == 3 ? 0 : 50 })
            try clear.write(to: folder.appending(path: "clear.png"))
            let shown = try CommandRunner.run(
                ["translate", "clear.png", "--model", "run", "--direction", "AtoB", "--output", "both.png", "--compare", "side-by-side"],
                in: folder, workingFolder: folder)
            #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
            let opaque = try PixelImage(contentsOf: folder.appending(path: "both.png"))
            #expect(!opaque.hasAlpha && opaque.cropped(x: 0, y: 0, size: own.size).bytes.allSatisfy { $0 == 255 })
        }
    }

    @Test func aPageComparesAllThatIsThere() throws {
        try withRun { folder, translate in
            #expect(try translate("out", ["--compare", "html"]).status == 0)
            try FileManager.default.removeItem(at: folder.appending(path: "out/001.png"))
            let rest = try translate("out", ["--compare", "html", "--skip-existing"])
            #expect(rest.status == 0 && rest.output.contains("comparison.html"), "\(rest)")
            let html = try String(contentsOf: folder.appending(path: "out/comparison.html"), encoding: .utf8)
            let pictures = try html.matches(of: /src="data:image\/png;base64,([^"]+)"/).map { match in
                try PixelImage(encoded: try #require(Data(base64Encoded: String(match.1))), name: "picture")
            }
            let expected = try (0..<5).flatMap { number in
                try ["data/trainA", "out"].map { try PixelImage(contentsOf: folder.appending(path: "\($0)/00\(number).png")) }
            }
            #expect(pictures == expected)
        }
    }
}
