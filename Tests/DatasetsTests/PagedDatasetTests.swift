import Foundation
import Imaging
import Support
import TestSupport
import Testing

@testable import Datasets

/// Files of several pictures, bands of which some are picked, and numbers, in training.
struct PagedDatasetTests {
    private let preparation = (load: ImageSize(20), crop: ImageSize(16))

    private func withPages(_ folders: [String: [Int]], _ body: (_ root: URL) throws -> Void) throws {
        try withTemporaryFolder { root in
            for (folder, counts) in folders {
                try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
                for (file, count) in counts.enumerated() {
                    let pages = (0..<count).map { PixelImage.synthetic(variant: 10 * file + $0, width: 20 + $0, height: 20) }
                    try PixelImage.write(pages, to: root.appending(path: "\(folder)/\(file).tif"))
                }
            }
            try body(root)
        }
    }

    @Test func everyPageIsAnImage() throws {
        try withPages(["trainA": [3, 1], "trainB": [1, 1]]) { root in
            let dataset = try UnpairedImageDataset(
                root: root, preprocess: .crop, loadSize: ImageSize(20), cropSize: ImageSize(16), pairing: .serial)
            #expect(dataset.count == 4)
            let sources = dataset.imageSources(of: .a)
            #expect(sources.map(\.page) == [0, 1, 2, nil])
            #expect(sources[1].name == root.appending(path: "trainA/0.tif").path + " (page 2)")
            #expect(try sources.map { try $0.read() } == [0, 1, 2, 10].map { .synthetic(variant: $0, width: 20 + $0 % 10, height: 20) })
            #expect(try (0..<4).map { try dataset.sample(epoch: 1, position: $0)[.a].source } == sources)
            #expect(try sources[2].size() == ImageSize(height: 20, width: 22))
        }
    }

    @Test func pagesOfPairsBelongTogetherByTheirNumbers() throws {
        try withPages(["trainA": [2, 1], "trainB": [2, 1]]) { root in
            let list = try PairList(root: root)
            #expect(list.count == 2)
            let dataset = try AlignedImageDataset(
                pairs: list,
                preparations: Domain.pair.map { domain throws(DatasetError) in
                    try DomainPreparation(domain, preprocess: .crop, cropSize: ImageSize(16))
                }, isShuffled: false)
            #expect(dataset.count == 3)
            #expect(try (0..<3).map { try dataset.sample(epoch: 1, position: $0)[.b].source.page } == [0, 1, nil])
        }
        try withPages(["trainA": [2, 1], "trainB": [3, 1]]) { root in
            let dataset = try AlignedImageDataset(
                root: root,
                preparations: Domain.pair.map { domain throws(DatasetError) in
                    try DomainPreparation(domain, preprocess: .crop, cropSize: ImageSize(16))
                })
            let error = #expect(throws: DatasetError.self) { try dataset.checkReadable() }
            #expect(error?.description.contains("0.tif has 2 pages, but its partner") == true)
        }
    }

    @Test func pagesOfAFileAreHeldOutTogether() throws {
        try withPages(["trainA": [3, 3, 3], "trainB": [1, 1, 1]]) { root in
            let holdOut = HoldOut(fraction: 0.34, seed: 1)
            let parts = try [Split.train, .validation].map { split in
                try UnpairedImageDataset(
                    root: root, split: split, preprocess: .crop, loadSize: ImageSize(20), cropSize: ImageSize(16), holdOut: holdOut
                ).imageSources(of: .a)
            }
            #expect(parts[0].count + parts[1].count == 9)
            #expect(Set(parts[0].map(\.url)).isDisjoint(with: parts[1].map(\.url)))
        }
    }

    @Test func masksOfOnePageAreForAllPages() throws {
        try withPages(["trainA": [2], "trainB": [1]]) { root in
            for folder in ["trainA_mask", "trainB_mask"] {
                try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
            }
            let image = PixelImage.synthetic(variant: 1, width: 20, height: 20)
            try PixelImage.write([image, image.flippedHorizontally()], to: root.appending(path: "trainA/0.tif"))
            try PixelImage.ellipse(variant: 1, width: 20, height: 20).write(to: root.appending(path: "trainA_mask/0.png"))
            try PixelImage.ellipse(variant: 1, width: 20, height: 20).write(to: root.appending(path: "trainB_mask/0.png"))
            let dataset = try UnpairedImageDataset(
                root: root, preprocess: .crop, cropSize: ImageSize(16), pairing: .serial, masks: true)
            #expect(dataset.count == 2)
            for position in 0..<2 { #expect(try dataset.sample(epoch: 1, position: position)[.a].mask != nil) }
            #expect(dataset.unreadableFiles.isEmpty)
        }
    }

    @Test func bandsArePickedAndTheOthersLeft() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: root, width: 20, height: 20)
            try FileManager.default.removeItem(at: root.appending(path: "trainA/000.png"))
            let whole = PixelImage.synthetic(variant: 3, width: 20, height: 20, bands: 5)
            try whole.write(to: root.appending(path: "trainA/0.tif"))
            let dataset = try UnpairedImageDataset(
                root: root, domainA: DomainConfiguration(channels: 2, bands: [5, 1]), preprocess: .none,
                augmentationA: Augmentation(flip: false), pairing: .serial)
            let image = try dataset.sample(epoch: 1, position: 0)[.a].image
            var expected: [UInt8] = []
            for pixel in 0..<400 {
                expected.append(whole.bytes[pixel * 5 + 4])
                expected.append(whole.bytes[pixel * 5])
            }
            #expect(image.bytes == expected)
            // Without a choice nothing is guessed.
            let plain = try UnpairedImageDataset(root: root, preprocess: .none, pairing: .serial)
            #expect(throws: DatasetError.self) { try plain.sample(epoch: 1, position: 0) }
        }
    }

    @Test func checksLookAtEveryPageAndEveryType() throws {
        try withPages(["trainA": [3], "trainB": [1, 1]]) { root in
            let preparations = try Domain.pair.map { try DomainPreparation($0, preprocess: .crop, cropSize: ImageSize(16)) }
            let report = DatasetReport(DatasetInspection(root: root), preparations: preparations)
            #expect(report.folders.map(\.images) == [3, 2])
            // No two pages of one file are called copies.
            #expect(!report.findings.contains { $0.topic == .duplicates && $0.severity == .warning && $0.message.contains("trainA is") })
        }
    }
}
