import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

struct EpochSlicesTests {
    private func files(_ dataset: any ImageDataset, epochs: ClosedRange<Int>) throws -> [[String]] {
        try epochs.map { epoch in
            try (0..<dataset.count).map { position in
                String((try dataset.sample(epoch: epoch, position: position)[.a].path as NSString).lastPathComponent.prefix(3))
            }
        }
    }

    private func dataset(_ root: URL, _ pairing: Pairing) throws -> UnpairedImageDataset {
        try UnpairedImageDataset(root: root, preprocess: .crop, cropSize: ImageSize(16), pairing: pairing, seed: 3)
    }

    @Test func anEpochGoesOnWhereTheOneBeforeItEnded() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 5, "trainB": 2], to: root)
            let whole = try dataset(root, .serial)
            #expect(EpochSlices(whole, count: 3).imageSources(of: .a) == whole.imageSources(of: .a))
            let short = try files(EpochSlices(whole, count: 3), epochs: 1...4)
            #expect(short == [["000", "001", "002"], ["003", "004", "000"], ["001", "002", "003"], ["004", "000", "001"]])
            #expect(try files(EpochSlices(whole, count: 7), epochs: 1...1) == [["000", "001", "002", "003", "004", "000", "001"]])
        }
    }

    @Test func everyImageIsUsedEquallyOftenAndInTheOrderOfTheWholeEpochs() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 5, "trainB": 2], to: root)
            let whole = try dataset(root, .random)
            let slices = try files(EpochSlices(whole, count: 3), epochs: 1...5)
            #expect(Array(slices.joined()) == Array(try files(whole, epochs: 1...3).joined()))
            let counts = slices.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
            #expect(counts == ["000": 3, "001": 3, "002": 3, "003": 3, "004": 3])
        }
    }
}
