import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

struct UnreadableFilesTests {
    private func withDamagedSet(_ damaged: [Int], of count: Int, _ body: (URL, UnpairedImageDataset) throws -> Void) throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": count, "trainB": 2], to: root, width: 16, height: 16)
            for number in damaged {
                let file = root.appending(path: "trainA/00\(number).png")
                try Data(contentsOf: file).prefix(100).write(to: file)
            }
            try body(
                root, UnpairedImageDataset(root: root, preprocess: .none, augmentationA: Augmentation(flip: false), pairing: .serial))
        }
    }

    private func path(_ root: URL, _ number: Int) -> String { root.appending(path: "trainA/00\(number).png").path }

    @Test func theNextReadableFileTakesTheIndex() throws {
        try withDamagedSet([1, 2, 4], of: 5) { root, dataset in
            let paths = try (0..<5).map { try dataset.sample(epoch: 0, position: $0)[.a].path }
            #expect(paths == [0, 3, 3, 3, 0].map { path(root, $0) })
            #expect(dataset.unreadableFiles == [1, 2, 4].map { path(root, $0) })
            // The same without having met the damaged files before.
            let fresh = try UnpairedImageDataset(root: root, preprocess: .none, pairing: .serial)
            #expect(try fresh.sample(epoch: 0, position: 4)[.a].path == path(root, 0))
            #expect(fresh.unreadableFiles == [path(root, 4)])
        }
    }

    @Test func eachFileIsNamedInOneWarning() throws {
        try withDamagedSet([1, 2], of: 5) { root, dataset in
            let loader = DataLoader(dataset: dataset, batchSize: 2, workers: 2)
            var warnings: [String] = []
            loader.onWarning = { warnings.append($0) }
            for epoch in 0..<3 {
                loader.start(epoch: epoch)
                while try loader.next() != nil {}
            }
            #expect(warnings.count == 2)
            for (warning, number) in zip(warnings, [1, 2]) {
                #expect(warning.hasPrefix("\(path(root, number)): damaged PNG image"))
                #expect(warning.hasSuffix("(\(path(root, 3)) takes its place)"))
            }
        }
    }

    @Test func theCheckRefusesADomainThatIsMostlyUnreadable() throws {
        try withDamagedSet([0, 1, 3], of: 5) { root, dataset in
            let error = #expect(throws: DatasetError.self) { try dataset.checkReadable() }
            #expect(error?.description.hasPrefix("\(root.path)/trainA: 3 of 5 checked images cannot be used") == true)
            #expect(error?.description.contains(path(root, 3)) == true)
        }
        try withDamagedSet([0, 1], of: 4) { _, dataset in
            #expect(throws: Never.self) { try dataset.checkReadable() }
        }
    }

    @Test func aDomainWithoutAnyReadableFileIsAnErrorOfTheLoader() throws {
        try withDamagedSet([0, 1, 2], of: 3) { root, dataset in
            let loader = DataLoader(dataset: dataset)
            loader.start(epoch: 0)
            for _ in 0..<2 {
                let error = #expect(throws: DatasetError.self) { try loader.next() }
                #expect(error?.description.hasPrefix("\(root.path)/trainA: none of the images can be used") == true)
            }
        }
    }

    @Test func tooSmallImagesCountAsUnusable() throws {
        try withDamagedSet([], of: 3) { root, _ in
            try PixelImage.synthetic(variant: 1, width: 16, height: 8).write(to: root.appending(path: "trainA/001.png"))
            let dataset = try UnpairedImageDataset(root: root, preprocess: .none, smallestSide: 16, pairing: .serial)
            let sample = try dataset.sample(epoch: 0, position: 1)
            #expect(sample[.a].path == path(root, 2))
            #expect(
                sample.notices.first?.description.contains(
                    "001.png: 16x8 (width x height) after scaling is smaller than the 16 pixels a side") == true)
            let larger = try UnpairedImageDataset(root: root, preprocess: .none, smallestSide: 24, pairing: .serial)
            #expect(throws: DatasetError.self) { try larger.checkReadable() }
        }
    }

    @Test func wrongChannelsCountAsUnusable() throws {
        try withDamagedSet([], of: 3) { root, _ in
            let five = PixelImage.synthetic(variant: 1, width: 16, height: 16, bands: 5)
            try five.write(to: root.appending(path: "trainA/five.tif"))
            let dataset = try UnpairedImageDataset(root: root, preprocess: .none, pairing: .serial)
            let sample = try dataset.sample(epoch: 0, position: 3)
            #expect(sample[.a].path == path(root, 0))
            #expect(sample.notices.first?.description.contains("has 5 bands, and its domain takes 3") == true)
        }
    }
}
