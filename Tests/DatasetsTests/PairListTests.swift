import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

struct PairListTests {
    private func description(_ body: () throws -> PairList) -> String? {
        #expect(throws: DatasetError.self) { _ = try body() }?.description
    }

    @Test func oneLayoutIsNeeded() throws {
        try withTemporaryFolder { root in
            try FileManager.default.createDirectory(at: root.appending(path: "images"), withIntermediateDirectories: true)
            #expect(
                description { try PairList(root: root) }
                    == "\(root.path): holds no pairs: there is neither train, with pictures of both images side by side, nor "
                    + "trainA and trainB, with files of the same names; make one of these (found here: images)")
            try writePairs(0..<2, .files, to: root)
            #expect(try PairList(root: root).count == 2)
            try writePairs(0..<2, .halves, to: root)
            #expect(
                description { try PairList(root: root) }
                    == "\(root.path): holds both train, for pictures of both images side by side, and trainA or trainB, "
                    + "for files of the same names; remove or rename what is not meant")
            try FileManager.default.removeItem(at: root.appending(path: "trainA"))
            try FileManager.default.removeItem(at: root.appending(path: "train"))
            #expect(description { try PairList(root: root) }?.hasPrefix("\(root.path)/trainA: there is no such folder") == true)
        }
    }

    @Test func filesBelongTogetherByPathWithAnyExtension() throws {
        try withTemporaryFolder { root in
            for path in ["trainA/x/1.png", "trainA/2.png", "trainB/x/1.bmp", "trainB/2.tif"] {
                let file = root.appending(path: path)
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try PixelImage.synthetic(variant: 1).write(to: file)
            }
            let pairs = try PairList(root: root)
            #expect(pairs.folders.map(\.files) == [["2.png", "x/1.png"], ["2.tif", "x/1.bmp"]])
            #expect(pairs[1] == .files(root.appending(path: "trainA/x/1.png"), root.appending(path: "trainB/x/1.bmp")))
        }
    }

    @Test func missingPartnersAreNamed() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<6, .files, to: root)
            try FileManager.default.removeItem(at: root.appending(path: "trainA/004.png"))
            #expect(
                description { try PairList(root: root) }
                    == "\(root.path)/trainB: 1 image without a partner of the same name in \(root.path)/trainA: 004.png; "
                    + "add the partners, or remove the images")
            for number in [0, 1, 3, 5] { try FileManager.default.removeItem(at: root.appending(path: "trainB/00\(number).png")) }
            #expect(
                description { try PairList(root: root) }
                    == "\(root.path)/trainA: 4 images without a partner of the same name in \(root.path)/trainB: "
                    + "000.png, 001.png, 003.png and 1 more; add the partners, or remove the images")
        }
    }

    @Test func aNameStandsForOneImage() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<3, .files, to: root)
            try PixelImage.synthetic(variant: 1).write(to: root.appending(path: "trainB/001.jpg"))
            #expect(
                description { try PairList(root: root) }
                    == "\(root.path)/trainB: 001.jpg and 001.png differ by their extension alone, but a name stands for one image "
                    + "of a pair; keep one of them")
        }
    }

    /// Lists in every form of the pairs 0 and 2 of a set whose images are negatives of each other.
    @Test func everyListIsTheSameDataSet() throws {
        try withTemporaryFolder { root in
            let data = root.appending(path: "data")
            try writePairs(0..<3, .files, to: data)
            func table(_ name: String, _ text: String) throws -> URL {
                let file = root.appending(path: name)
                try Data(text.utf8).write(to: file)
                return file
            }
            func folder(_ name: String, _ parts: [String]) throws -> URL {
                for (part, domain) in zip(parts, ["A", "B"]) {
                    let folder = root.appending(path: "\(name)/\(part)")
                    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                    for number in [0, 2] {
                        try FileManager.default.copyItem(
                            at: data.appending(path: "train\(domain)/00\(number).png"), to: folder.appending(path: "00\(number).png"))
                    }
                }
                return root.appending(path: name)
            }
            try writePairs(0..<1, .halves, to: root.appending(path: "pictures"))
            try writePairs(2..<3, .halves, to: root.appending(path: "pictures"))
            let lists = try [
                table("plain.csv", "000.png,000.png\n002.png,002.png\n"),
                table("header.csv", "\u{FEFF}photo, painting\r\n\r\n000.png , 000.png\r\n002.png,002.png"),
                table("beside.csv", "data/trainA/000.png,data/trainB/000.png\ndata/trainA/002.png,data/trainB/002.png\n"),
                table("tabs.tsv", "A\tB\n000.png\t000.png\n002.png\t002.png\n"),
                table("quotes.csv", "\"000.png\",\"000.png\"\n\"002.png\",002.png"),
                table("mixed.csv", "data/trainA/000.png,000.png\n002.png,\(data.path)/trainB/002.png\n"),
                folder("short", ["A", "B"]), folder("long", ["trainA", "trainB"]), root.appending(path: "pictures/train"),
            ]
            for list in lists {
                let pairs = try PairList(contentsOf: list, root: data)
                let dataset = try AlignedImageDataset(pairs: pairs, preparations: pairPreparations(), isShuffled: false)
                try dataset.checkReadable()
                #expect(dataset.count == 2)
                for (position, number) in [0, 2].enumerated() {
                    let sample = try dataset.sample(epoch: 0, position: position)
                    let original = PixelImage.synthetic(variant: number, width: 24, height: 20)
                    #expect(sample[.a].image == original && sample[.b].image == original.negative, "\(list.lastPathComponent)")
                    for part in sample.parts { #expect(FileManager.default.fileExists(atPath: part.path)) }
                }
            }
            #expect(try PairList(contentsOf: lists[0], root: data).folders.map(\.root.lastPathComponent) == ["trainA", "trainB"])
        }
    }

    @Test func pairsOfHeldOutImagesAreLeftOut() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<8, .files, to: root)
            let (pairs, holdOut) = (try PairList(root: root), HoldOut(fraction: 0.25, seed: 3))
            let kept = try pairs.excluding(holdOut, of: root, path: "pairs.csv")
            let preparations = try Domain.pair.map { domain in
                try DomainPreparation(
                    domain, images: DomainConfiguration(), preprocess: .none, loadSize: ImageSize(16), cropSize: ImageSize(16), stride: 4,
                    smallestSide: 1, augmentation: Augmentation())
            }
            let heldOut = try UnpairedImageDataset(root: root, split: .validation, preparations: preparations, holdOut: holdOut)
            let names = Set(Domain.pair.flatMap { heldOut.folder(of: $0).files })
            #expect(!names.isEmpty)
            #expect(kept.folders[0].files == pairs.folders[0].files.filter { !names.contains($0) })
            #expect(kept.folders[0].files == kept.folders[1].files)
            let table = root.appending(path: "pairs.csv")
            let name = try #require(names.first)
            try Data("\(name),\(name)\n".utf8).write(to: table)
            let alone = try PairList(contentsOf: table, root: root)
            #expect(
                description { try alone.excluding(holdOut, of: root, path: table.path) }
                    == "\(table.path): cannot be used as a list of pairs: an image of each pair is held out for validation; "
                    + "give a text file with two paths a line, or a folder of pairs")
        }
    }

    @Test func aPathWithCommasStandsInQuotes() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: root)
            let (old, new) = (root.appending(path: "trainA/000.png"), root.appending(path: "trainA/one, two.png"))
            try FileManager.default.moveItem(at: old, to: new)
            let table = root.appending(path: "pairs.csv")
            try Data("\"one, two.png\",000.png".utf8).write(to: table)
            #expect(try PairList(contentsOf: table, root: root)[0] == .files(new, root.appending(path: "trainB/000.png")))
        }
    }

    @Test func linesThatCannotBeUsedAreNamed() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: root)
            let table = root.appending(path: "pairs.csv")
            for (text, error) in [
                ("a,b\n000.png\n", ":2: found 1 column; expected two paths with a comma or a tab between them"),
                ("000.png,000.png,0.5", ":1: found 3 columns; expected two paths with a comma or a tab between them"),
                (
                    "a,b\n\n000.png,nine.png",
                    ":3: found “nine.png”; expected the path of an image of B from \(root.path) or \(root.path)/trainB"
                ),
                (
                    "000.png,000.png\n,000.png",
                    ":2: found “”; expected the path of an image of A from \(root.path) or \(root.path)/trainA"
                ),
                ("000.png,/000.png", ":1: found “/000.png”; expected the path of an image of B from \(root.path) or \(root.path)/trainB"),
                (
                    "a,b\n",
                    ": cannot be used as a list of pairs: it names no pairs; give a text file with two paths a line, or a folder of pairs"
                ),
            ] {
                try Data(text.utf8).write(to: table)
                #expect(description { try PairList(contentsOf: table, root: root) } == table.path + error)
            }
            try Data([0xFF, 0xFE, 0x00]).write(to: table)
            #expect(description { try PairList(contentsOf: table, root: root) }?.contains("it is no text in UTF-8") == true)
            let missing = root.appending(path: "none.csv")
            #expect(description { try PairList(contentsOf: missing, root: root) }?.contains("there is no such file or folder") == true)
        }
    }
}
