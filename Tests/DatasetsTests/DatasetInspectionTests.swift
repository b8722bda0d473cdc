import Foundation
import Imaging
import Synchronization
import TestSupport
import Testing

@testable import Datasets

/// From files to findings.
struct DatasetInspectionTests {
    /// Four unlike images in each of `trainA`, `trainB`, `testA` and `testB`, of which a test changes some.
    private func withDataset(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { root in
            for (number, folder) in ["trainA", "trainB", "testA", "testB"].enumerated() {
                try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
                for index in 0..<4 {
                    try PixelImage.blurredNoise(seed: UInt64(10 * number + index)).write(to: root.appending(path: "\(folder)/\(index).png"))
                }
            }
            try body(root)
        }
    }

    private func report(_ root: URL, preprocess: Preprocess = .resizeAndCrop) throws -> DatasetReport {
        let preparations = try Domain.pair.map {
            try DomainPreparation($0, preprocess: preprocess, loadSize: ImageSize(40), cropSize: ImageSize(32), smallestSide: 16)
        }
        return DatasetReport(DatasetInspection(root: root), preparations: preparations)
    }

    private func copy(_ from: String, _ to: String, in root: URL) throws {
        let target = root.appending(path: to)
        try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: root.appending(path: from), to: target)
    }

    @Test func unlikeImagesAreFine() throws {
        try withDataset { root in
            let report = try report(root)
            // Only that there are few of them.
            #expect(report.findings.filter { $0.severity != .ok }.map(\.topic) == [.counts, .counts])
            #expect(report.folders.map(\.name) == ["trainA", "trainB", "testA", "testB"])
            #expect(report.folders[0].images == 4 && report.folders[0].median == "48x48")
            #expect(report.folders[0].modes.map(\.mode.description) == ["RGB 8 bit"])
        }
    }

    @Test func missingAndEmptyFoldersAreErrors() throws {
        try withDataset { root in
            try FileManager.default.removeItem(at: root.appending(path: "trainA"))
            for index in 0..<4 {
                for folder in ["trainB", "testB"] { try FileManager.default.removeItem(at: root.appending(path: "\(folder)/\(index).png")) }
            }
            let layout = try report(root).findings.filter { $0.topic == .layout }
            #expect(layout.map(\.severity) == [.error, .error, .warning, .ok, .warning])
            #expect(layout[0].message.contains("trainA: there is no such folder"))
            #expect(layout[1].message.contains("trainB: holds no images"))
            #expect(layout[2].message.contains("testB: holds no images"))
            #expect(layout[4].message == "testA is not used without testB")
        }
    }

    @Test func damagedFilesAreListedWithReasons() throws {
        try withDataset { root in
            let file = root.appending(path: "trainA/1.png")
            try Data(contentsOf: file).prefix(200).write(to: file)
            let few = try report(root).findings(.files, .warning)
            #expect(few.map(\.message) == ["1 of 4 images of trainA cannot be used; others take their places: replace or remove them"])
            #expect(few.first?.files.map(\.files) == [["trainA/1.png"]])
            #expect(few.first?.files.first?.detail?.hasPrefix("damaged PNG image") == true)

            try Data().write(to: root.appending(path: "trainA/0.png"))
            try Data("text".utf8).write(to: root.appending(path: "trainA/2.png"))
            let most = try report(root).findings(.files, .error)
            #expect(most.map(\.message) == ["3 of 4 images of trainA cannot be used, which is more than half: replace or remove them"])
            #expect(most.first?.files.first?.detail == "the file is empty; an image was expected")
        }
    }

    @Test func smallImagesAreUnusableWhereNothingScalesThem() throws {
        try withDataset { root in
            try PixelImage.blurredNoise(seed: 99, side: 12).write(to: root.appending(path: "trainB/0.png"))
            let scaled = try report(root)
            #expect(scaled.findings(.files, .warning).isEmpty)
            #expect(scaled.findings(.sizes, .warning).map(\.files) == [[.init(["trainB/0.png"], detail: "12x12")]])
            let bad = try report(root, preprocess: .none).findings(.files, .warning)
            #expect(bad.first?.files.first?.detail?.contains("smaller than the 16 pixels a side that the networks need") == true)
        }
    }

    @Test func copiesAndLookAlikesAreFound() throws {
        try withDataset { root in
            try copy("trainA/0.png", "trainA/copy.png", in: root)
            try copy("trainA/1.png", "testA/leaked.png", in: root)
            try copy("trainB/2.png", "trainA/shared.png", in: root)
            // Darker, and compressed with losses.
            let image = try PixelImage(contentsOf: root.appending(path: "trainB/3.png"))
            let darker = image.bytes.map { UInt8(Double($0) * 0.8 + 5) }
            try PixelImage(width: 48, height: 48, bands: 3, bytes: darker).write(to: root.appending(path: "testB/darker.jpg"))
            // Unlike for the hash: no finding.
            try image.flippedHorizontally().write(to: root.appending(path: "trainB/mirrored.png"))

            let found = try report(root).findings(.duplicates, .warning)
            #expect(
                found.map(\.message) == [
                    "1 image of trainA is the same as another one: keep one of each, unless they are to count more",
                    "1 test or validation image of domain A is the same as images of another split: tests then measure memory; "
                        + "remove them from one of the two",
                    "1 image of domain A is the same as images of domain B: what is in both cannot be told apart; remove it from one",
                    "1 test or validation image of domain B is nearly the same as images of another split: tests then measure memory; "
                        + "remove them from one of the two",
                ])
            #expect(
                found.map(\.files) == [
                    [.init(["trainA/0.png", "trainA/copy.png"])], [.init(["trainA/1.png", "testA/leaked.png"])],
                    [.init(["trainA/shared.png", "trainB/2.png"])], [.init(["trainB/3.png", "testB/darker.jpg"])],
                ])
        }
    }

    @Test func flatImagesAreNotAlikeButSaidToBeFlat() throws {
        try withDataset { root in
            for (index, level) in [UInt8(10), 100, 200].enumerated() {
                let flat = PixelImage(width: 40, height: 40, bands: 3, bytes: [UInt8](repeating: level, count: 4800))
                try flat.write(to: root.appending(path: "trainA/flat\(index).png"))
            }
            let report = try report(root)
            #expect(report.findings(.duplicates, .warning).isEmpty)
            #expect(report.findings(.duplicates, .note).map(\.files.count) == [3])
            #expect(report.folders[0].flat == 3)
        }
    }

    @Test func masksAreComparedWithTheirImages() throws {
        try withDataset { root in
            for name in ["0.png", "1.png", "9.png"] { try copy("trainA/0.png", "trainA_mask/\(name)", in: root) }
            try PixelImage.blurredNoise(seed: 5, side: 20, bands: 1).write(to: root.appending(path: "trainA_mask/2.png"))
            try Data("text".utf8).write(to: root.appending(path: "trainA_mask/1.png"))
            let report = try report(root)
            let masks = report.findings.filter { $0.topic == .masks }
            #expect(masks.map(\.severity) == [.warning, .warning, .warning, .note])
            #expect(
                masks.map { $0.files[0].files } == [["trainA/3.png"], ["trainA_mask/1.png"], ["trainA_mask/2.png"], ["trainA_mask/9.png"]])
            #expect(masks[2].files[0].detail == "20x20, but the image is 48x48")
            // Masks are no images.
            #expect(report.findings(.duplicates, .warning).isEmpty && report.folders[0].images == 4)
        }
    }

    @Test func otherFilesAreNamedByExtension() throws {
        try withDataset { root in
            for name in ["a.npy", "b.NPY", "notes", ".hidden", "Thumbs.db"] {
                try Data("x".utf8).write(to: root.appending(path: "trainA/\(name)"))
            }
            let notes = try report(root).findings(.layout, .note)
            #expect(notes.map(\.message) == ["trainA: 3 files left out: 2 .npy, 1 without extension"])
        }
    }

    @Test func progressCountsEveryFileOnce() throws {
        try withDataset { root in
            let calls = Mutex<[Int]>([])
            let inspection = DatasetInspection(root: root, workers: 3) { done, total in
                calls.withLock { $0.append(done) }
                #expect(total == 16)
            }
            #expect(calls.withLock { $0 } == Array(1...16))
            #expect(inspection.folders.map { $0.images.map(\.path) }[1] == (0..<4).map { "trainB/\($0).png" })
        }
    }
}

extension DatasetReport {
    func findings(_ topic: Topic, _ severity: Severity) -> [Finding] {
        findings.filter { $0.topic == topic && $0.severity == severity }
    }
}
