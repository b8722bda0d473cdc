import Foundation
import Imaging
import Support
import TestSupport
import Testing

@testable import Datasets

struct UnpairedImageDatasetTests {
    private func dataset(_ root: URL, pairing: Pairing = .random, seed: UInt64 = 1, flip: Bool = true) throws -> UnpairedImageDataset {
        let augmentation = Augmentation(flip: flip)
        return try UnpairedImageDataset(
            root: root, preprocess: .crop, cropSize: ImageSize(16), augmentationA: augmentation, augmentationB: augmentation,
            pairing: pairing, seed: seed)
    }

    private func name(_ path: String) -> String { (path as NSString).lastPathComponent }

    @Test func anEpochIsAsLongAsTheLargerDomainAndVisitsItWholly() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 3, "trainB": 7], to: root)
            let dataset = try dataset(root)
            #expect(dataset.count == 7)
            let samples = try (0..<7).map { try dataset.sample(epoch: 0, position: $0) }
            // Indices 0...6 modulo 3.
            #expect(samples.map { name($0[.a].path) }.sorted() == ["000", "000", "000", "001", "001", "002", "002"].map { $0 + ".png" })
            #expect(samples.allSatisfy { $0[.a].image.size == ImageSize(16) && $0[.b].image.size == ImageSize(16) })
            #expect(dataset.order(epoch: 0).sorted() == Array(0..<7))
            #expect(dataset.order(epoch: 0) != dataset.order(epoch: 1))
        }
    }

    @Test func imagesOfBAreDrawnUniformly() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 20, "trainB": 4], to: root, width: 16, height: 16)
            let dataset = try dataset(root)
            var counts: [String: Int] = [:]
            for epoch in 0..<20 {
                for position in 0..<20 { counts[try dataset.sample(epoch: epoch, position: position)[.b].path, default: 0] += 1 }
            }
            // 400 draws of 4: five standard deviations around 100.
            #expect(counts.count == 4)
            #expect(counts.values.allSatisfy { (57...143).contains($0) })
        }
    }

    @Test func samplesAreAFunctionOfSeedEpochAndPosition() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 5, "trainB": 6], to: root)
            let (first, second, other) = (try dataset(root), try dataset(root), try dataset(root, seed: 2))
            let forwards = try (0..<6).map { try first.sample(epoch: 3, position: $0) }
            let backwards = try (0..<6).reversed().map { try second.sample(epoch: 3, position: $0) }
            #expect(forwards == backwards.reversed())
            let differing = try (0..<6).map { try other.sample(epoch: 3, position: $0) }
            #expect(forwards != differing)
        }
    }

    @Test func serialPairingKeepsTheOrderOfTheFiles() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 5, "trainB": 3], to: root)
            let dataset = try dataset(root, pairing: .serial)
            let samples = try (0..<5).map { try dataset.sample(epoch: 4, position: $0) }
            #expect(samples.map { name($0[.a].path) } == ["000.png", "001.png", "002.png", "003.png", "004.png"])
            #expect(samples.map { name($0[.b].path) } == ["000.png", "001.png", "002.png", "000.png", "001.png"])
        }
    }

    @Test func domainsDifferInChannelsDepthAndFlip() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 2, "trainB": 2], to: root, width: 16, height: 16)
            let grey = DomainConfiguration(channels: 1, bitDepth: .sixteen)
            let dataset = try UnpairedImageDataset(root: root, domainA: grey, preprocess: .none, augmentationA: Augmentation(flip: false))
            let original = try PixelImage(contentsOf: root.appending(path: "trainA/000.png")).converted(to: grey)
            for epoch in 0..<10 {
                for position in 0..<2 {
                    let sample = try dataset.sample(epoch: epoch, position: position)
                    #expect(sample[.a].image.bands == 1 && sample[.a].image.format == .uint16)
                    #expect(sample[.b].image.bands == 3 && sample[.b].image.format == .uint8)
                    if sample[.a].path.hasSuffix("000.png") { #expect(sample[.a].image == original) }
                }
            }
        }
    }

    @Test func foldersAreListedRecursivelyWithoutHiddenFiles() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["set/b": 1, "set/a/deep": 2, "set/.hidden": 1], to: root)
            for name in ["notes.txt", ".secret.png", "UPPER.PNG"] {
                try FileManager.default.copyItem(at: root.appending(path: "set/b/000.png"), to: root.appending(path: "set/\(name)"))
            }
            let folder = try ImageFolder(root.appending(path: "set"))
            #expect(folder.files == ["UPPER.PNG", "a/deep/000.png", "a/deep/001.png", "b/000.png"])
            let link = root.appending(path: "link")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: root.appending(path: "set"))
            #expect(try ImageFolder(link).files == folder.files)
        }
    }

    @Test func missingAndEmptyFoldersAreNamed() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 1, "horses": 1], to: root)
            let missing = #expect(throws: DatasetError.self) { try dataset(root) }
            #expect(missing?.description.hasPrefix(root.path + "/trainB: there is no such folder") == true)
            #expect(missing?.description.contains("(found here: horses, trainA)") == true)
            try FileManager.default.createDirectory(at: root.appending(path: "trainB"), withIntermediateDirectories: true)
            try Data("text".utf8).write(to: root.appending(path: "trainB/readme.txt"))
            let empty = #expect(throws: DatasetError.self) { try dataset(root) }
            #expect(empty == .noImages(path: root.path + "/trainB", otherFiles: 1))
            #expect(empty?.description.contains(".jpg, .jpeg, .jpe, .jfif, .png") == true)
        }
    }
}
