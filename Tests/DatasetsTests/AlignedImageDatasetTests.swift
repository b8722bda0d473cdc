import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

/// Domains A and B, prepared alike.
func pairPreparations(
    _ preprocess: Preprocess = .none, augmentation: Augmentation = Augmentation(flip: false), augmentationB: Augmentation? = nil,
    imagesB: DomainConfiguration = DomainConfiguration(), smallestSide: Int = 1
) throws -> [DomainPreparation] {
    try Domain.pair.map { domain in
        try DomainPreparation(
            domain, images: domain == .b ? imagesB : DomainConfiguration(), preprocess: preprocess,
            loadSize: ImageSize(height: 25, width: 31), cropSize: ImageSize(16), smallestSide: smallestSide,
            augmentation: domain == .b ? augmentationB ?? augmentation : augmentation)
    }
}

struct AlignedImageDatasetTests {
    private static let augmentations = [
        Augmentation(flip: false), Augmentation(flip: true), Augmentation(flip: true, rotation: 30), Augmentation(flip: true, zoom: 2),
        Augmentation(flip: true, rotation: 15, zoom: 1.3),
    ]

    private func samples(_ dataset: AlignedImageDataset, epoch: Int) throws -> [ImageSample] {
        try (0..<dataset.count).map { try dataset.sample(epoch: epoch, position: $0) }
    }

    private func images(_ samples: [ImageSample]) -> [[PixelImage]] { samples.map { $0.parts.map(\.image) } }

    /// One image is the negative of the other: so must be whatever is cut out of them.
    @Test(arguments: Preprocess.allCases, augmentations)
    func bothImagesAreTransformedAlike(preprocess: Preprocess, augmentation: Augmentation) throws {
        // Rounding is not symmetric where pixels are interpolated. A shift by one pixel would change up to 13 levels.
        let isExact = (preprocess == .crop || preprocess == .none) && augmentation.rotation == 0 && augmentation.zoom == 1
        for layout in PairLayout.allCases {
            try withTemporaryFolder { root in
                try writePairs(0..<4, layout, to: root)
                let dataset = try AlignedImageDataset(
                    root: root, preparations: pairPreparations(preprocess, augmentation: augmentation), seed: 3)
                var variants: Set<[UInt8]> = []
                for sample in try samples(dataset, epoch: 0) + samples(dataset, epoch: 1) + samples(dataset, epoch: 2) {
                    let (a, b) = (sample[.a].image, sample[.b].image)
                    #expect(a.size == b.size && sample.isAligned && sample.notices.isEmpty)
                    let difference = zip(a.negative.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 255
                    #expect(difference <= (isExact ? 0 : 2), "\(layout)")
                    variants.insert(a.bytes)
                }
                let isRandom = preprocess.crops || augmentation != Augmentation(flip: false)
                #expect(isRandom ? variants.count > 4 : variants.count == 4)
            }
        }
    }

    @Test func bothLayoutsGiveTheSameSamples() throws {
        try withTemporaryFolder { root in
            let augmentation = Augmentation(colorJitter: try ColorJitter(brightness: 0.3), rotation: 10, zoom: 1.2)
            let datasets = try PairLayout.allCases.map { layout in
                let folder = root.appending(path: "\(layout)")
                try writePairs(0..<5, layout, to: folder)
                return try AlignedImageDataset(
                    root: folder, preparations: pairPreparations(.resizeAndCrop, augmentation: augmentation), seed: 7)
            }
            for epoch in 0..<2 { #expect(try images(samples(datasets[0], epoch: epoch)) == images(samples(datasets[1], epoch: epoch))) }
            let (halves, files) = (try datasets[0].sample(epoch: 0, position: 0), try datasets[1].sample(epoch: 0, position: 0))
            #expect(halves[.a].path == halves[.b].path)
            #expect(halves[.a].path.hasPrefix(root.path + "/halves/train/"))
            #expect(files[.a].path.replacing("trainA", with: "trainB") == files[.b].path)
            #expect(datasets[0].folder(of: .b).root.path == root.path + "/halves/train")
            #expect(datasets[1].folder(of: .b).root.path == root.path + "/files/trainB")
            #expect(datasets.allSatisfy { $0.folder(of: .a).files.count == 5 && $0.folder(of: .b).files.count == 5 })
        }
    }

    @Test func samplesAreAFunctionOfSeedEpochAndPosition() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<6, .files, to: root)
            func dataset(seed: UInt64, isShuffled: Bool = true) throws -> AlignedImageDataset {
                let preparations = try pairPreparations(.crop, augmentation: Augmentation())
                return try AlignedImageDataset(root: root, preparations: preparations, isShuffled: isShuffled, seed: seed)
            }
            let forwards = try samples(dataset(seed: 1), epoch: 3)
            let second = try dataset(seed: 1)
            #expect(try (0..<6).reversed().map { try second.sample(epoch: 3, position: $0) } == forwards.reversed())
            #expect(try samples(dataset(seed: 2), epoch: 3) != forwards)
            #expect(try samples(second, epoch: 4).map(\.[.a].path) != forwards.map(\.[.a].path))
            #expect(Set(forwards.map(\.[.a].path)).count == 6)
            let plain = try samples(dataset(seed: 1, isShuffled: false), epoch: 3)
            #expect(plain.map(\.[.a].path) == (0..<6).map { "\(root.path)/trainA/00\($0).png" })
        }
    }

    @Test func coloursAreDrawnForEachDomainAndChangeNoGeometry() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<4, .files, to: root)
            for number in 0..<4 {
                let (from, to) = (root.appending(path: "trainA/00\(number).png"), root.appending(path: "trainB/00\(number).png"))
                try Data(contentsOf: from).write(to: to)
            }
            let plain = Augmentation(rotation: 20, zoom: 1.2)
            var jittered = plain
            jittered.colorJitter = try ColorJitter(brightness: 0.8)
            func pictures(_ a: Augmentation, _ b: Augmentation) throws -> [[PixelImage]] {
                let preparations = try pairPreparations(.crop, augmentation: a, augmentationB: b)
                return images(try samples(AlignedImageDataset(root: root, preparations: preparations), epoch: 0))
            }
            let (neither, first, both) = (try pictures(plain, plain), try pictures(jittered, plain), try pictures(jittered, jittered))
            for position in 0..<4 {
                #expect(neither[position][0] == neither[position][1])
                #expect(first[position][0] != neither[position][0] && first[position][1] == neither[position][1])
                #expect(both[position][0] == first[position][0])
                #expect(both[position][1] != both[position][0] && both[position][1] != neither[position][1])
            }
        }
    }

    @Test(arguments: PairLayout.allCases) func eachHalfIsOfItsDomain(layout: PairLayout) throws {
        try withTemporaryFolder { root in
            try writePairs(0..<1, layout, to: root)
            let grey = DomainConfiguration(channels: 1, bitDepth: .sixteen)
            let dataset = try AlignedImageDataset(root: root, preparations: pairPreparations(imagesB: grey))
            let sample = try dataset.sample(epoch: 0, position: 0)
            let original = PixelImage.synthetic(variant: 0, width: 24, height: 20)
            #expect(sample[.a].image == original)
            #expect(try sample[.b].image == original.negative.converted(to: grey))
            #expect(dataset.domains == [.a, .b] && dataset.configuration(of: .b) == grey)
        }
    }

    @Test func batchesAreAligned() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<3, .halves, to: root)
            let loader = DataLoader(dataset: try AlignedImageDataset(root: root, preparations: pairPreparations()), batchSize: 2)
            loader.start(epoch: 0)
            let batch = try #require(try loader.next())
            #expect(batch.areAligned == [true, true])
            #expect(batch[.a].images.shape == [2, 3, 20, 24])
            #expect(batch[.a].paths == batch[.b].paths)
        }
    }

    @Test(arguments: PairLayout.allCases) func heldOutPairsStayTogether(layout: PairLayout) throws {
        try withTemporaryFolder { root in
            try writePairs(0..<12, layout, to: root, extensionB: "bmp")
            try writePairs(0..<2, layout, to: root, split: .test, extensionB: "bmp")
            func names(_ split: Split, _ holdOut: HoldOut?) throws -> [String] {
                let dataset = try AlignedImageDataset(root: root, split: split, preparations: pairPreparations(), holdOut: holdOut)
                for sample in try samples(dataset, epoch: 0) { #expect(sample[.a].image.negative == sample[.b].image) }
                let stems = Domain.pair.map { dataset.folder(of: $0).files.map { ($0 as NSString).deletingPathExtension } }
                #expect(stems[0] == stems[1] && stems[0].count == dataset.count)
                return stems[0]
            }
            let holdOut = HoldOut(fraction: 0.3, seed: 2)
            let (all, train, validation) = (try names(.train, nil), try names(.train, holdOut), try names(.validation, holdOut))
            #expect(!train.isEmpty && !validation.isEmpty)
            #expect((train + validation).sorted() == all)
            #expect(try names(.test, holdOut) == ["000", "001"])
            #expect(throws: DatasetError.self) { try names(.validation, nil) }

            try writePairs(0..<1, layout, to: root, split: .validation, extensionB: "bmp")
            #expect(try names(.train, holdOut) == all)
            #expect(try names(.validation, holdOut) == ["000"])
        }
    }

    @Test func preparationsMustAgreeInGeometry() throws {
        let plain = try pairPreparations()[0]
        func preparation(
            _ augmentation: Augmentation = Augmentation(flip: false), preprocess: Preprocess = .none,
            load: ImageSize = ImageSize(height: 25, width: 31)
        ) throws -> DomainPreparation {
            try DomainPreparation(.b, preprocess: preprocess, loadSize: load, cropSize: ImageSize(16), augmentation: augmentation)
        }
        let jitter = try ColorJitter(hue: 0.1)
        try AlignedImageDataset.validate([plain, preparation(Augmentation(flip: false, colorJitter: jitter))])
        for (other, key, values) in try [
            (preparation(preprocess: .crop), "preprocess", "none for A and crop for B"),
            (preparation(load: ImageSize(30)), "loadSize", "25x31 for A and 30 for B"),
            (preparation(Augmentation(flip: true)), "flip", "false for A and true for B"),
            (preparation(Augmentation(flip: false, rotation: 5)), "rotation", "0.0 for A and 5.0 for B"),
            (preparation(Augmentation(flip: false, zoom: 1.5)), "zoom", "1.0 for A and 1.5 for B"),
        ] {
            let error = #expect(throws: DatasetError.self) { try AlignedImageDataset.validate([plain, other]) }
            #expect(
                error?.description
                    == "both images of a pair are transformed alike, but \(key) is \(values); give both domains the same")
            try withTemporaryFolder { root in
                try writePairs(0..<1, .files, to: root)
                #expect(throws: DatasetError.self) { try AlignedImageDataset(root: root, preparations: [plain, other]) }
            }
        }
    }
}
