import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

struct HoldOutTests {
    private func folder(_ count: Int) -> ImageFolder {
        ImageFolder(root: URL(filePath: "/data/trainA"), files: (0..<count).map { "person \($0 % 7)/\($0).png" }.sorted())
    }

    @Test(arguments: [0.001, 0.1, 0.5, 0.999], [2, 3, 1000])
    func partsAreDisjointAndCompleteAndNeverEmpty(fraction: Double, count: Int) throws {
        let all = folder(count)
        let (kept, heldOut) = try all.split(holdingOut: fraction, seed: 5)
        #expect((kept.files + heldOut.files).sorted() == all.files)
        #expect(!kept.files.isEmpty && !heldOut.files.isEmpty)
        #expect(kept.root == all.root && heldOut.root == all.root)
        // In the folder's order, as every list of files.
        #expect(kept.files == kept.files.sorted() && heldOut.files == heldOut.files.sorted())
    }

    @Test func theShareIsTheFraction() throws {
        for seed in 0..<5 as Range<UInt64> {
            // Five standard deviations of a binomial count: 5 * sqrt(4000 * 0.1 * 0.9) = 95.
            #expect(abs(try folder(4000).split(holdingOut: 0.1, seed: seed).heldOut.files.count - 400) <= 95)
        }
    }

    @Test func filesThatAreAddedMoveNone() throws {
        let (small, large) = (try folder(100).split(holdingOut: 0.2, seed: 3), try folder(1000).split(holdingOut: 0.2, seed: 3))
        #expect(Set(small.heldOut.files).isSubset(of: large.heldOut.files))
        #expect(Set(small.kept.files).isSubset(of: large.kept.files))
    }

    @Test func aLargerFractionHoldsOutMoreAndTheSeedDecidesWhich() throws {
        let all = folder(500)
        let (few, many) = (try all.split(holdingOut: 0.1, seed: 3).heldOut, try all.split(holdingOut: 0.3, seed: 3).heldOut)
        #expect(Set(few.files).isStrictSubset(of: many.files))
        #expect(try all.split(holdingOut: 0.1, seed: 4).heldOut != few)
        #expect(try all.split(holdingOut: 0.1, seed: 3).heldOut == few)
    }

    @Test func impossibleSplitsNameTheFolder() {
        for fraction in [0, 1, -0.1, 1.5, .nan] {
            let error = #expect(throws: DatasetError.self) { try folder(9).split(holdingOut: fraction, seed: 0) }
            #expect(error?.description.hasPrefix("/data/trainA: no validation images can be held out: the fraction \(fraction)") == true)
        }
        let error = #expect(throws: DatasetError.self) { try folder(1).split(holdingOut: 0.5, seed: 0) }
        #expect(error?.description.contains("it holds one image") == true)
    }

    @Test func theValidationImagesAreThoseLeftOutOfTraining() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 12, "trainB": 9, "testA": 2, "testB": 2], to: root, width: 16, height: 16)
            func files(_ split: Split, _ holdOut: HoldOut?) throws -> [[String]] {
                let dataset = try UnpairedImageDataset(root: root, split: split, preprocess: .none, holdOut: holdOut)
                // What is read is what is listed.
                for position in 0..<dataset.count {
                    let sample = try dataset.sample(epoch: 0, position: position)
                    #expect(dataset.folder(of: .a).files.contains((sample[.a].path as NSString).lastPathComponent))
                    #expect(dataset.folder(of: .b).files.contains((sample[.b].path as NSString).lastPathComponent))
                }
                return [dataset.folder(of: .a).files, dataset.folder(of: .b).files]
            }
            let all = try files(.train, nil)
            let holdOut = HoldOut(fraction: 0.3, seed: 2)
            let (train, validation) = (try files(.train, holdOut), try files(.validation, holdOut))
            for domain in 0..<2 {
                #expect((train[domain] + validation[domain]).sorted() == all[domain])
                #expect(!train[domain].isEmpty && !validation[domain].isEmpty)
            }
            #expect(try files(.test, holdOut) == files(.test, nil))
            #expect(throws: DatasetError.self) { try files(.validation, nil) }

            // A data set with validation images of its own gives up no others.
            try writeSyntheticImages(["valA": 1, "valB": 1], to: root, width: 16, height: 16)
            #expect(try files(.train, holdOut) == all)
            #expect(try files(.validation, holdOut) == [["000.png"], ["000.png"]])
        }
    }
}
