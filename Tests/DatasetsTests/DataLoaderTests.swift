import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import Datasets

struct DataLoaderTests {
    private func withDataset(_ body: (URL, UnpairedImageDataset) throws -> Void) throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 7, "trainB": 5], to: root, width: 24, height: 20)
            try body(root, UnpairedImageDataset(root: root, preprocess: .crop, cropSize: ImageSize(16), seed: 9))
        }
    }

    private func paths(_ loader: DataLoader) throws -> [[String]] {
        var result: [[String]] = []
        while let batch = try loader.next() { result.append(batch[.a].paths + batch[.b].paths) }
        return result
    }

    @Test(arguments: [(1, 1, 1), (2, 3, 1), (3, 4, 2), (7, 2, 3), (10, 2, 1)])
    func batchesAreTheSamplesInOrder(batchSize: Int, workers: Int, prefetch: Int) throws {
        try withDataset { _, dataset in
            let loader = DataLoader(dataset: dataset, batchSize: batchSize, workers: workers, prefetch: prefetch)
            loader.start(epoch: 2)
            var position = 0
            while let batch = try loader.next() {
                let count = min(batchSize, 7 - position)
                let samples = try (position..<position + count).map { try dataset.sample(epoch: 2, position: $0) }
                #expect(batch[.a].paths == samples.map(\.[.a].path))
                #expect(batch[.b].paths == samples.map(\.[.b].path))
                #expect(batch[.a].images.shape == [count, 3, 16, 16])
                expectClose(
                    batch[.a].images,
                    Tensor.concatenated(samples.map { $0[.a].image.tensor(for: dataset.configuration(of: .a)) }, dimension: 0))
                expectClose(
                    batch[.b].images,
                    Tensor.concatenated(samples.map { $0[.b].image.tensor(for: dataset.configuration(of: .b)) }, dimension: 0))
                position += count
            }
            #expect(position == 7)
            let afterTheLast = try loader.next()
            #expect(afterTheLast == nil)
        }
    }

    @Test func anEpochCanStartAnywhereAndBeGivenUp() throws {
        try withDataset { _, dataset in
            let loader = DataLoader(dataset: dataset, batchSize: 2, workers: 3)
            loader.start(epoch: 1)
            let whole = try paths(loader)
            #expect(whole.count == loader.batchCount)
            for batch in 0...4 {
                loader.start(epoch: 0)
                _ = try loader.next()
                loader.start(epoch: 1, fromBatch: batch)
                #expect(try paths(loader) == Array(whole.dropFirst(batch)))
            }
        }
    }

    @Test func beforeTheStartThereIsNothing() throws {
        try withDataset { _, dataset in
            let batch = try DataLoader(dataset: dataset).next()
            #expect(batch == nil)
        }
    }

    @Test func releasingTheLoaderWaitsForItsThreads() throws {
        try withDataset { _, dataset in
            for _ in 0..<20 {
                var loader: DataLoader? = DataLoader(dataset: dataset, batchSize: 2, workers: 3)
                weak var samples = loader?.samples
                loader?.start(epoch: 0)
                for _ in 0..<500 where samples?.workerCount == 0 { Thread.sleep(forTimeInterval: 0.01) }
                _ = try loader?.next()
                #expect(samples?.workerCount ?? 0 > 0)
                loader = nil
                #expect(samples == nil)
            }
        }
    }

    @Test func waitingIsMeasured() throws {
        try withDataset { _, dataset in
            let loader = DataLoader(dataset: dataset)
            #expect(loader.waitingSeconds == 0)
            loader.start(epoch: 0)
            _ = try loader.next()
            #expect(loader.waitingSeconds > 0)
        }
    }

    @Test func sizesThatDifferWithinABatchAreNamed() throws {
        try withDataset { root, _ in
            try PixelImage.synthetic(variant: 1, width: 40, height: 20).write(to: root.appending(path: "trainA/003.png"))
            let dataset = try UnpairedImageDataset(root: root, preprocess: .none, pairing: .serial)
            let loader = DataLoader(dataset: dataset, batchSize: 4)
            loader.start(epoch: 0)
            let error = #expect(throws: DatasetError.self) { try loader.next() }
            let expected = DatasetError.sizesDiffer(
                first: root.appending(path: "trainA/000.png").path, firstSize: ImageSize(height: 20, width: 24),
                second: root.appending(path: "trainA/003.png").path, secondSize: ImageSize(height: 20, width: 40))
            #expect(error == expected)
            let single = DataLoader(dataset: dataset, batchSize: 1)
            single.start(epoch: 0)
            #expect(try paths(single).count == 7)
        }
    }

    @Test func enlargedImagesGiveOneWarningPerFolder() throws {
        try withDataset { root, _ in
            let dataset = try UnpairedImageDataset(root: root, preprocess: .crop, cropSize: ImageSize(32))
            let loader = DataLoader(dataset: dataset)
            var warnings: [String] = []
            loader.onWarning = { warnings.append($0) }
            loader.start(epoch: 0)
            while try loader.next() != nil {}
            #expect(warnings.count == 2)
            #expect(warnings.allSatisfy { $0.contains("24x20 (width x height) is smaller than the crop of 32x32 and is scaled up") })
        }
    }
}
