import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

struct SampleDatasetTests {
    private func names(_ root: URL, _ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
    }

    @Test func drawsLinesAndColoursOfDifferentCharacters() throws {
        try withTemporaryFolder { folder in
            let root = folder.appending(path: "emoji")
            var progress: [Int] = []
            let counts = try SampleDataset.write(to: root, size: 32, trainCount: 12, testCount: 4) { written, total in
                progress.append(written)
                #expect(total == 32)
            }
            #expect(counts == SampleDataset.Counts(train: 12, test: 4))
            #expect(progress == Array(1...32))
            let (trainA, trainB) = (try names(root, "trainA"), try names(root, "trainB"))
            let (testA, testB) = (try names(root, "testA"), try names(root, "testB"))
            #expect([trainA, trainB, testA, testB].map(\.count) == [12, 12, 4, 4] as [Int])
            #expect(testA == testB)
            #expect(Set(trainA + trainB + testA).count == 28)
            #expect(trainA.allSatisfy { Int($0.dropLast(4), radix: 16) != nil && $0.hasSuffix(".png") })
            for name in trainA {
                let image = try PixelImage(contentsOf: root.appending(path: "trainA/\(name)"))
                #expect(image.size == ImageSize(32) && image.bands == 3)
                #expect(image.bytes.prefix(3) == [255, 255, 255])
                // Black on white, thus grey everywhere, and dark somewhere.
                #expect(stride(from: 0, to: image.bytes.count, by: 3).allSatisfy { image.bytes[$0] == image.bytes[$0 + 2] })
                #expect(image.bytes.contains { $0 < 128 })
            }
            for name in trainB {
                let image = try PixelImage(contentsOf: root.appending(path: "trainB/\(name)"))
                #expect(stride(from: 0, to: image.bytes.count, by: 3).contains { image.bytes[$0] != image.bytes[$0 + 2] })
            }
            _ = try UnpairedImageDataset(root: root, cropSize: ImageSize(32)).sample(epoch: 0, position: 0)
        }
    }

    /// The whole set: 1,020 of the 1,027 characters that both fonts draw as they should.
    @Test func noCharacterOffends() throws {
        try withTemporaryFolder { root in
            try SampleDataset.write(to: root, size: 8, trainCount: 490, testCount: 40)
            let all = try ["trainA", "trainB", "testA"].flatMap { try names(root, $0) }
            #expect(Set(all).count == 1020)
            for name in ["1F595", "1F918", "1F44C", "1F92C", "1F92E", "1F4A9", "1F51E", "1F46F", "1F52B"] {
                #expect(!all.contains("\(name).png"))
            }
        }
    }

    @Test func theSameCallWritesTheSameFilesAndRefusesForeignOnes() throws {
        try withTemporaryFolder { root in
            try SampleDataset.write(to: root, size: 16, trainCount: 2, testCount: 1)
            let name = try #require(try names(root, "trainB").first)
            let before = try Data(contentsOf: root.appending(path: "trainB/\(name)"))
            try SampleDataset.write(to: root, size: 16, trainCount: 2, testCount: 1)
            #expect(try Data(contentsOf: root.appending(path: "trainB/\(name)")) == before)
            let error = #expect(throws: DatasetError.self) {
                try SampleDataset.write(to: root, size: 16, trainCount: 2, testCount: 1, seed: 1)
            }
            #expect(error?.description.contains("which is not part of the new data set") == true)
        }
    }

    @Test func tooManyImagesAreRefusedBeforeAnythingIsWritten() throws {
        try withTemporaryFolder { root in
            let error = #expect(throws: DatasetError.self) { try SampleDataset.write(to: root, size: 8, trainCount: 5000) }
            #expect(error?.description.contains("10040 are needed") == true)
            let files = try FileManager.default.contentsOfDirectory(atPath: root.path)
            #expect(files.isEmpty)
        }
    }
}

struct SpectralSampleTests {
    /// The colours of a land follow from its bands by the formula that is documented, and lands differ.
    @Test func coloursAreThoseOfTheBands() throws {
        try withTemporaryFolder { root in
            let counts = try SampleDataset.writeSpectral(to: root, size: 32, trainCount: 2, testCount: 2)
            #expect(counts == SampleDataset.Counts(train: 2, test: 2))
            var means: Set<Int> = []
            for index in 0..<2 {
                let bands = try PixelImage(contentsOf: root.appending(path: "testA/0000\(index).tif"))
                let colours = try PixelImage(contentsOf: root.appending(path: "testB/0000\(index).png"))
                #expect(bands.bands == 8 && bands.format == .uint16 && !bands.hasAlpha && colours.bands == 3 && colours.size == bands.size)
                let levels = bands.sampleLevels
                for pixel in 0..<32 * 32 {
                    for (channel, band) in [4, 2, 1].enumerated() {
                        let share = Double(levels[8 * pixel + band]) / 10_000 / 0.3
                        let expected = 255 * min(1, pow(share, 1 / 2.2))
                        // The bands are rounded to a ten-thousandth.
                        #expect(abs(Double(colours.bytes[3 * pixel + channel]) - expected) <= 2)
                    }
                }
                means.insert(Int(levels.reduce(0, +)))
                // More than one kind of ground.
                #expect(Set((0..<32 * 32).map { levels[8 * $0 + 6] > 2500 }).count == 2)
            }
            #expect(means.count == 2)
            let pair = try ["pairs/A/00006.tif", "pairs/B/00006.png"].map { try PixelImage(contentsOf: root.appending(path: $0)) }
            #expect(pair[0].bands == 8 && pair[1].bands == 3)
            let names = try ["trainA", "trainB"].flatMap {
                try FileManager.default.contentsOfDirectory(atPath: root.appending(path: $0).path).map { String($0.prefix(5)) }
            }
            #expect(Set(names).count == 4 && Set(names).isDisjoint(with: ["00000", "00001"]))
        }
    }
}
