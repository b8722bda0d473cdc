import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

struct UnusablePairsTests {
    private func withPairs(_ layout: PairLayout, _ count: Int, _ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { root in
            try writePairs(0..<count, layout, to: root)
            try body(root)
        }
    }

    private func dataset(_ root: URL, smallestSide: Int = 1) throws -> AlignedImageDataset {
        try AlignedImageDataset(root: root, preparations: pairPreparations(smallestSide: smallestSide), isShuffled: false)
    }

    private func damage(_ file: URL) throws {
        try Data(contentsOf: file).prefix(100).write(to: file)
    }

    @Test func theNextPairTakesThePlaceOfBothImages() throws {
        try withPairs(.files, 5) { root in
            try damage(root.appending(path: "trainB/001.png"))
            try PixelImage.synthetic(variant: 9, width: 22, height: 20).write(to: root.appending(path: "trainB/002.png"))
            try damage(root.appending(path: "trainA/004.png"))
            let dataset = try dataset(root)
            let samples = try (0..<5).map { try dataset.sample(epoch: 0, position: $0) }
            for (domain, folder) in [(Domain.a, "trainA"), (.b, "trainB")] {
                #expect(samples.map(\.[domain].path) == [0, 3, 3, 3, 0].map { "\(root.path)/\(folder)/00\($0).png" })
            }
            for sample in samples { #expect(sample[.a].image.negative == sample[.b].image) }
            let notices = samples[1].notices.map(\.description)
            #expect(notices.count == 2)
            #expect(notices[0].hasPrefix("\(root.path)/trainB/001.png: damaged PNG image"))
            #expect(notices[0].hasSuffix("(\(root.path)/trainA/003.png with \(root.path)/trainB/003.png takes its place)"))
            #expect(
                notices[1].hasPrefix(
                    "\(root.path)/trainA/002.png is 24x20 (width x height), but its partner \(root.path)/trainB/002.png is 22x20; "
                        + "give both the same size ("))
            #expect(
                dataset.unreadableFiles
                    == ["trainB/001", "trainA/002", "trainB/002", "trainA/004"].map { "\(root.path)/\($0).png" })
            // The same without having met the unusable pairs before.
            #expect(try self.dataset(root).sample(epoch: 0, position: 4) == samples[4])
        }
    }

    @Test func aPictureWithoutAMiddleIsReplaced() throws {
        try withPairs(.halves, 3) { root in
            let file = root.appending(path: "train/001.png")
            try PixelImage.synthetic(variant: 1, width: 33, height: 20).write(to: file)
            let dataset = try dataset(root)
            let sample = try dataset.sample(epoch: 0, position: 1)
            #expect(sample.parts.map(\.path) == Array(repeating: root.path + "/train/002.png", count: 2))
            #expect(
                sample.notices.map(\.description) == [
                    "\(file.path): is 33 pixels wide, but a picture of two images side by side has an even width; "
                        + "save it again with equal halves (\(root.path)/train/002.png takes its place)"
                ])
            #expect(dataset.unreadableFiles == [file.path])
        }
    }

    @Test func theCheckRefusesEveryPairThatDoesNotFitTogether() throws {
        try withPairs(.files, 9) { root in
            try PixelImage.synthetic(variant: 9, width: 22, height: 20).write(to: root.appending(path: "trainA/007.png"))
            let error = #expect(throws: DatasetError.self) { try dataset(root).checkReadable() }
            #expect(
                error?.description == """
                    \(root.path)/trainA, \(root.path)/trainB: 1 of 9 checked pairs do not fit together; correct or remove them, for example:
                      \(root.path)/trainA/007.png is 22x20 (width x height), but its partner \(root.path)/trainB/007.png is 24x20; \
                    give both the same size
                    """)
        }
        try withPairs(.halves, 6) { root in
            for number in 0..<4 {
                try PixelImage.synthetic(variant: 1, width: 31, height: 20).write(to: root.appending(path: "train/00\(number).png"))
            }
            let error = #expect(throws: DatasetError.self) { try dataset(root).checkReadable() }
            let text = error?.description ?? ""
            #expect(text.hasPrefix("\(root.path)/train: 4 of 6 checked pairs do not fit together"))
            #expect((0..<4).map { text.contains("train/00\($0).png: is 31 pixels wide") } == [true, true, true, false])
        }
    }

    @Test func theCheckAllowsHalfOfThePairsToBeUnreadable() throws {
        try withPairs(.files, 4) { root in
            try damage(root.appending(path: "trainA/000.png"))
            try damage(root.appending(path: "trainB/001.png"))
            #expect(throws: Never.self) { try dataset(root).checkReadable() }
            try damage(root.appending(path: "trainB/003.png"))
            let error = #expect(throws: DatasetError.self) { try dataset(root).checkReadable() }
            #expect(error?.description.hasPrefix("\(root.path)/trainA, \(root.path)/trainB: 3 of 4 checked images cannot be used") == true)
            try damage(root.appending(path: "trainB/002.png"))
            let none = #expect(throws: DatasetError.self) { try dataset(root).sample(epoch: 0, position: 2) }
            #expect(none?.description.hasPrefix("\(root.path)/trainA, \(root.path)/trainB: none of the images can be used") == true)
        }
    }

    @Test func tooSmallImagesAndWrongChannelsCountAsUnusable() throws {
        try withPairs(.files, 3) { root in
            for folder in ["trainA", "trainB"] {
                try PixelImage.synthetic(variant: 1, width: 24, height: 8).write(to: root.appending(path: "\(folder)/000.png"))
            }
            try FileManager.default.removeItem(at: root.appending(path: "trainB/001.png"))
            try PixelImage.synthetic(variant: 1, width: 24, height: 20, bands: 5).write(to: root.appending(path: "trainB/001.tif"))
            let sample = try dataset(root, smallestSide: 16).sample(epoch: 0, position: 0)
            #expect(sample[.b].path == root.path + "/trainB/002.png")
            #expect(sample.notices.count == 2)
            #expect(
                sample.notices.first?.description.hasPrefix("\(root.path)/trainA/000.png: 24x8 (width x height) after scaling is smaller")
                    == true)
            #expect(
                sample.notices.last?.description.hasPrefix("\(root.path)/trainB/001.tif: has 5 bands, and its domain takes 3") == true)
        }
    }

    @Test func smallPicturesAreReportedOnce() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<1, .halves, to: root, width: 12, height: 20)
            let sample = try AlignedImageDataset(root: root, preparations: pairPreparations(.crop)).sample(epoch: 0, position: 0)
            #expect(sample.parts.allSatisfy { $0.image.size == ImageSize(16) })
            #expect(sample.notices.count == 1)
            #expect(sample.notices.first?.description.contains("000.png: 12x20 (width x height) is smaller than the crop of 16x16") == true)
        }
    }
}
