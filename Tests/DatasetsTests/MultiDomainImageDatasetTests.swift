import Foundation
import TestSupport
import Testing

@testable import Datasets
@testable import Imaging

struct MultiDomainImageDatasetTests {
    private func dataset(
        _ root: URL, _ names: [String] = ["one", "two", "three"], draw: MultiDomainImageDataset.Draw = .one, split: Split = .train,
        holdOut: HoldOut? = nil
    ) throws -> MultiDomainImageDataset {
        let preparations = try names.map { name in
            try DomainPreparation(
                Domain(name), images: DomainConfiguration(), preprocess: .resizeAndCrop, loadSize: ImageSize(18), cropSize: ImageSize(16),
                stride: 4, smallestSide: 8, augmentation: Augmentation(flip: true))
        }
        return try MultiDomainImageDataset(root: root, split: split, preparations: preparations, draw: draw, holdOut: holdOut, seed: 3)
    }

    private func withImages(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["train/one": 2, "train/two": 4, "train/three": 3], to: root)
            try body(root)
        }
    }

    @Test func anEpochVisitsEveryImageOnce() throws {
        try withImages { root in
            let images = try dataset(root)
            #expect(images.count == 9 && images.domains.map(\.name) == ["one", "two", "three"])
            let orders = try (0..<2).map { epoch in try (0..<9).map { try images.sample(epoch: epoch, position: $0).parts[0].path } }
            let files = images.domains.flatMap { domain in images.imageSources(of: domain).map(\.url.path) }
            #expect(orders.allSatisfy { Set($0) == Set(files) } && orders[0] != orders[1])
            for position in 0..<9 {
                let sample = try images.sample(epoch: 0, position: position)
                let again = try images.sample(epoch: 0, position: position)
                #expect(sample.parts.count == 1 && sample == again)
                #expect(sample.parts[0].path.contains("/train/\(sample.parts[0].domain)/"))
            }
            // A batch holds the domains of its samples, each with as many images as it has there.
            let samples = try (0..<9).map { try images.sample(epoch: 0, position: $0) }
            let batch = try ImageBatch(samples, of: images)
            #expect(batch.count == 9 && batch.domains == images.domains)
            #expect(batch.domains.map { batch[$0].images.shape[0] } == [2, 4, 3])
        }
    }

    @Test func orAnImageOfEachDomainInOrder() throws {
        try withImages { root in
            let images = try dataset(root, draw: .all)
            #expect(images.count == 4)
            let names = try (0..<4).map { try images.sample(epoch: 0, position: $0).parts.map { ($0.path as NSString).lastPathComponent } }
            #expect(names == [0, 1, 2, 3].map { ["00\($0 % 2).png", "00\($0).png", "00\($0 % 3).png"] })
        }
    }

    @Test func aShareMayBeHeldOut() throws {
        try withImages { root in
            let holdOut = HoldOut(fraction: 0.4, seed: 1)
            let (kept, held) = (try dataset(root, holdOut: holdOut), try dataset(root, draw: .all, split: .validation, holdOut: holdOut))
            for domain in kept.domains {
                let files = [kept, held].map { Set($0.imageSources(of: domain).map(\.url.path)) }
                #expect(files[0].isDisjoint(with: files[1]) && !files[1].isEmpty)
            }
            try writeSyntheticImages(["val/one": 1, "val/two": 1, "val/three": 1], to: root)
            #expect(try dataset(root, holdOut: holdOut).count == 9)
        }
    }

    @Test func domainsAreTheFolders() throws {
        try withImages { root in
            #expect(try MultiDomainImageDataset.domainNames(in: root) == ["one", "three", "two"])
            let missing = #expect(throws: DatasetError.self) { try dataset(root, ["one", "four"]) }
            #expect(missing == .missingFolder(path: root.appending(path: "train/four").path, found: ["one", "three", "two"]))
            let none = #expect(throws: DatasetError.self) { try MultiDomainImageDataset.domainNames(in: root.appending(path: "train")) }
            #expect(none == .missingFolder(path: root.appending(path: "train/train").path, found: ["one", "three", "two"]))
            for name in ["two", "three"] { try FileManager.default.removeItem(at: root.appending(path: "train/\(name)")) }
            let single = #expect(throws: DatasetError.self) { try MultiDomainImageDataset.domainNames(in: root) }
            #expect(single == .domainCount(path: root.appending(path: "train").path, found: ["one"]))
            #expect(single?.description.contains("2 to 50 domains") == true)
        }
    }
}
