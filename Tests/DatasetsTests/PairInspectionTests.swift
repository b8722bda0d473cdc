import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

/// From the files of pairs to findings, and data sets of the wrong kind.
struct PairInspectionTests {
    /// Pairs of unlike images of 48x48 pixels.
    private func writeNoise(_ numbers: Range<Int>, _ layout: PairLayout, to root: URL, split: Split = .train, extensionB: String = "png")
        throws
    {
        for number in numbers {
            let seed = UInt64(1000 * split.rawValue.count + 10 * number)
            let (a, b) = (PixelImage.blurredNoise(seed: seed), PixelImage.blurredNoise(seed: seed + 1))
            let name = split.rawValue
            let files =
                layout == .halves
                ? [("\(name)/\(number).png", a.beside(b))] : [("\(name)A/\(number).png", a), ("\(name)B/\(number).\(extensionB)", b)]
            for (path, image) in files {
                let file = root.appending(path: path)
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try image.write(to: file)
            }
        }
    }

    private func report(
        _ root: URL, arePairs: Bool = true, images: [DomainConfiguration] = [DomainConfiguration(), DomainConfiguration()]
    ) throws -> DatasetReport {
        let preparations = try zip(Domain.pair, images).map {
            try DomainPreparation($0, images: $1, loadSize: ImageSize(40), cropSize: ImageSize(32), smallestSide: 16)
        }
        return DatasetReport(DatasetInspection(root: root, arePairs: arePairs), preparations: preparations)
    }

    @Test(arguments: PairLayout.allCases) func goodPairsAreOnlyFew(layout: PairLayout) throws {
        try withTemporaryFolder { root in
            for split in [Split.train, .validation, .test] { try writeNoise(0..<4, layout, to: root, split: split) }
            let report = try report(root)
            let isHalved = layout == .halves
            #expect(report.findings.filter { $0.severity != .ok }.map(\.topic) == (isHalved ? [.counts] : [.counts, .counts]))
            #expect(
                report.folders.map(\.name)
                    == (isHalved ? ["train", "test", "val"] : ["trainA", "trainB", "testA", "testB", "valA", "valB"]))
            #expect(report.folders.allSatisfy { $0.images == 4 && $0.unusable == 0 && $0.median == "48x48" })
            #expect(report.findings(.layout, .ok).map(\.message) == ["found \(report.folders.map(\.name).joined(separator: ", "))"])
            #expect(
                report.findings(.pairs, .ok).map(\.message)
                    == (isHalved
                        ? ["train", "test", "val"].map { "every picture of \($0) has two halves" }
                        : ["train", "test", "val"].map { "every image of \($0)A has a partner of its own size in \($0)B" }))
            #expect(
                report.findings(.counts, .warning).first?.message
                    == "\(isHalved ? "train" : "trainA") has 4 images; 400 or more are recommended")
            #expect(report.findings(.channels, .ok).map(\.message) == ["A", "B"].map { "all images of domain \($0) are RGB 8 bit" })
        }
    }

    @Test func picturesWithoutHalvesAndUnreadableOnesAreListed() throws {
        try withTemporaryFolder { root in
            try writeNoise(0..<4, .halves, to: root)
            try writeNoise(0..<2, .halves, to: root, split: .test)
            let wide = PixelImage.blurredNoise(seed: 7).beside(PixelImage.blurredNoise(seed: 8)).cropped(
                x: 0, y: 0, size: ImageSize(height: 48, width: 95))
            try wide.write(to: root.appending(path: "train/1.png"))
            try wide.flippedHorizontally().write(to: root.appending(path: "test/1.png"))
            try Data("text".utf8).write(to: root.appending(path: "train/3.png"))
            let report = try report(root)
            #expect(
                report.findings(.pairs, .error) == [
                    .init(
                        .error, .pairs,
                        "1 of 4 pictures of train of an odd width, without two equal halves: save them again with equal halves",
                        files: [.init(["train/1.png"], detail: "95 pixels wide")])
                ])
            #expect(report.findings(.pairs, .warning).map(\.files) == [[.init(["test/1.png"], detail: "95 pixels wide")]])
            #expect(report.findings(.files, .warning).map(\.files.count) == [1])
            #expect(report.findings(.files, .warning).first?.files.first?.files == ["train/3.png"])
            // The odd one and the unreadable one.
            #expect(report.folders.map(\.unusable) == [2, 1])
        }
    }

    @Test func repeatedPicturesAndLeaksAreFound() throws {
        try withTemporaryFolder { root in
            try writeNoise(0..<4, .halves, to: root)
            try writeNoise(0..<2, .halves, to: root, split: .test)
            for copy in ["train/copy.png", "test/leak.png"] {
                try FileManager.default.copyItem(
                    at: root.appending(path: copy == "test/leak.png" ? "train/1.png" : "train/0.png"), to: root.appending(path: copy))
            }
            let found = try report(root).findings(.duplicates, .warning)
            #expect(
                found.map(\.message) == [
                    "1 image of train is the same as another one: keep one of each, unless they are to count more",
                    "1 test or validation image is the same as images of another split: tests then measure memory; "
                        + "remove them from one of the two",
                ])
            #expect(found.map { $0.files.map(\.files) } == [[["train/0.png", "train/copy.png"]], [["train/1.png", "test/leak.png"]]])
        }
    }

    @Test func eachHalfHasTheValuesOfItsDomain() throws {
        try withTemporaryFolder { root in
            try FileManager.default.createDirectory(at: root.appending(path: "train"), withIntermediateDirectories: true)
            // 0...1000 in steps of 40 on the left, 2000...3000 on the right.
            let levels: [UInt16] = (0..<26).map { 40 * $0 }
            let row = levels + levels.map { 2000 + $0 }
            let bytes: [UInt8] = (0..<26).flatMap { _ in row.withUnsafeBytes { [UInt8]($0) } }
            try PixelImage(width: 52, height: 26, bands: 1, format: .uint16, bytes: bytes).write(to: root.appending(path: "train/1.png"))
            func domain(_ range: ClosedRange<Double>) -> DomainConfiguration {
                DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(range))
            }
            let report = try report(root, images: [domain(0...1000), domain(2000...2900)])
            #expect(report.findings(.values, .ok).first?.message.hasPrefix("values of domain A lie in 0...1000, ") == true)
            let warnings = report.findings(.values, .warning)
            #expect(warnings.count == 1)
            #expect(warnings.first?.message.hasPrefix("values of domain B lie in 2000...3000, ") == true)
            #expect(warnings.first?.message.hasSuffix("set range B=2000...3000") == true)
            #expect(report.folders[0].values?.minimum == 0 && report.folders[0].values?.maximum == 3000)
            // Smaller than the crop by the size of a half.
            #expect(report.findings(.sizes, .warning).first?.files == [.init(["train/1.png"], detail: "26x26")])
        }
    }

    @Test func missingAndUnlikePartnersAreListed() throws {
        try withTemporaryFolder { root in
            try writeNoise(0..<6, .files, to: root, extensionB: "bmp")
            try writeNoise(0..<3, .files, to: root, split: .test)
            for path in ["trainB/1.bmp", "trainB/2.bmp", "trainA/5.png", "testB/0.png"] {
                try FileManager.default.removeItem(at: root.appending(path: path))
            }
            try PixelImage.blurredNoise(seed: 77, side: 40).write(to: root.appending(path: "trainB/3.bmp"))
            let report = try report(root)
            let errors = report.findings(.pairs, .error)
            #expect(
                errors.map(\.message) == [
                    "2 of 5 images of trainA without a partner of the same name in trainB: add the partners, or remove the images",
                    "1 of 4 images of trainB without a partner of the same name in trainA: add the partners, or remove the images",
                    "1 pair of train of unlike sizes: give both images the same size",
                ])
            #expect(
                errors.map(\.files) == [
                    [.init(["trainA/1.png"]), .init(["trainA/2.png"])], [.init(["trainB/5.bmp"])],
                    [.init(["trainA/3.png", "trainB/3.bmp"], detail: "48x48 and 40x40")],
                ])
            #expect(report.findings(.pairs, .warning).map(\.files) == [[.init(["testA/0.png"])]])
            #expect(report.folders.map(\.unusable) == [3, 2, 1, 0])
            #expect(report.text().contains("\nPairs\n  error    2 of 5 images of trainA without"))
        }
    }

    @Test func aNameStandsForOneImage() throws {
        try withTemporaryFolder { root in
            try writeNoise(0..<3, .files, to: root)
            try PixelImage.blurredNoise(seed: 77).write(to: root.appending(path: "trainB/1.bmp"))
            let errors = try report(root).findings(.pairs, .error)
            #expect(
                errors.map(\.message) == [
                    "files of trainB differ by their extension alone, but a name stands for one image of a pair: keep one of each"
                ])
            #expect(errors.first?.files == [.init(["trainB/1.bmp", "trainB/1.png"])])
        }
    }

    @Test func picturesOfPairsAreNoUnpairedImages() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<2, .halves, to: root)
            let message =
                "\(root.path): holds pictures in train, but neither trainA nor trainB: with both images side by side these are a set of "
                + "pairs, for objective pix2pix; other objectives need trainA and trainB"
            let error = #expect(throws: DatasetError.self) { try UnpairedImageDataset(root: root, preparations: pairPreparations()) }
            #expect(error?.description == message)
            let layout = try report(root, arePairs: false).findings.filter { $0.topic == .layout }
            #expect(layout.map(\.message) == [message] && layout.map(\.severity) == [.error])
            // A folder for one domain shows what is meant.
            try writeSyntheticImages(["trainA": 1], to: root)
            let missing = #expect(throws: DatasetError.self) { try UnpairedImageDataset(root: root, preparations: pairPreparations()) }
            #expect(missing?.description.hasPrefix("\(root.path)/trainB: there is no such folder") == true)
            try writeSyntheticImages(["trainB": 1], to: root)
            #expect(try UnpairedImageDataset(root: root, preparations: pairPreparations()).count == 1)
        }
    }

    @Test func unpairedImagesAreNoPairs() throws {
        try withTemporaryFolder { root in
            try writeNoise(0..<3, .files, to: root)
            for number in 0..<3 {
                try FileManager.default.moveItem(
                    at: root.appending(path: "trainB/\(number).png"), to: root.appending(path: "trainB/other\(number).png"))
            }
            let error = #expect(throws: DatasetError.self) { try PairList(root: root) }
            let remedy =
                "give the images of a pair the same name; images that do not belong together are for objectives other than pix2pix"
            #expect(
                error?.description
                    == "\(root.path)/trainA: none of the 3 images has a partner of the same name in \(root.path)/trainB, "
                    + "such as 0.png: \(remedy)"
            )
            let errors = try report(root).findings(.pairs, .error)
            #expect(errors.map(\.message).first == "3 of 3 images of trainA without a partner of the same name in trainB: \(remedy)")
            #expect(errors.map(\.files.count) == [3, 3])
        }
    }

    @Test func theLayoutOfPairsMustBeClear() throws {
        try withTemporaryFolder { root in
            let none = try report(root).findings
            #expect(none.map(\.severity) == [.error])
            #expect(none.first?.message.hasPrefix("\(root.path): holds no pairs: there is neither train, with pictures") == true)
            for layout in PairLayout.allCases {
                try writeNoise(0..<2, layout, to: root)
                try writeNoise(0..<2, layout, to: root, split: .test)
            }
            let both = try report(root).findings
            #expect(both.map(\.severity) == [.error, .warning])
            #expect(both.first?.message.hasPrefix("\(root.path): holds both train, for pictures of both images side by side, and ") == true)
        }
    }
}
