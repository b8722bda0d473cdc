import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@testable import CycleGANRuns
@testable import CycleGANTraining

struct DatasetPreviewTests {
    @Test func rowsAreTheFilesAndWhatTrainingSeesOfThem() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 5, "trainB": 3], to: root, width: 80, height: 96)
            let (still, jitter) = (Augmentation(flip: false), try ColorJitter(brightness: 0.5, hue: 0.3))
            let dataset = try UnpairedImageDataset(
                root: root, preprocess: .crop, cropSize: ImageSize(64), augmentationA: still,
                augmentationB: Augmentation(flip: true, colorJitter: jitter), pairing: .serial, seed: 4)
            let preview = try DatasetPreview(dataset, samples: 4, variants: 3)
            // Four of five evenly spread, and all three.
            #expect(
                preview.rows.map { "\($0.domain)\($0.source.url.lastPathComponent)" }
                    == ["A000.png", "A001.png", "A002.png", "A003.png", "B000.png", "B001.png", "B002.png"])
            for (row, position) in zip(preview.rows, [0, 1, 2, 3, 0, 1, 2]) {
                let samples = try (1...3).map { try dataset.sample(epoch: $0, position: position) }
                // 8-bit images go to -1...1 and back without loss.
                #expect(row.variants == samples.map { row.domain == .a ? $0[.a].image : $0[.b].image })
                let file = try row.source.read()
                // 80x96 fits into 64x64 at two thirds.
                #expect(row.original == file.resized(to: ImageSize(height: 64, width: 53)))
            }
            #expect(Set(preview.rows[4].variants.map(\.bytes)).count == 3)
            #expect(preview.notices.isEmpty)

            let sheet = preview.sheet
            #expect(sheet.bands == 3 && sheet.format == .uint8)
            // The last picture, wider than the words above it, lies in the lower right corner, inside the gutter of 4 pixels.
            let corner = sheet.cropped(x: sheet.width - 68, y: sheet.height - 68, size: ImageSize(64))
            #expect(corner == preview.rows[6].variants[2])
        }
    }

    @Test func theDiscriminatorsAugmentationIsShownBesides() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 2, "trainB": 2], to: root, width: 16, height: 16)
            let dataset = try UnpairedImageDataset(root: root, preprocess: .crop, cropSize: ImageSize(16), pairing: .serial)
            let preview = try DatasetPreview(dataset, samples: 2, variants: 2, diffAugment: true)
            for row in preview.rows {
                #expect(row.discriminatorInputs.count == 2 && row.discriminatorInputs != row.variants)
                // The cutout is grey: zero.
                #expect(row.discriminatorInputs.allSatisfy { $0.bytes.contains(128) })
            }
            let plain = try DatasetPreview(dataset, samples: 2, variants: 2)
            #expect(plain.rows.allSatisfy { $0.discriminatorInputs.isEmpty })
            #expect(preview.sheet.width > plain.sheet.width)
        }
    }

    @Test func deepImagesAreShownInTheirRange() throws {
        try withTemporaryFolder { root in
            for folder in ["trainA", "trainB"] {
                try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
                let samples = (0..<256).map { UInt16($0 * 8) }
                let image = PixelImage(
                    width: 16, height: 16, bands: 1, format: .uint16, bytes: samples.withUnsafeBytes { [UInt8]($0) })
                try image.write(to: root.appending(path: "\(folder)/scan.png"))
            }
            let domain = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(0...4080))
            let dataset = try UnpairedImageDataset(
                root: root, domainA: domain, domainB: domain, preprocess: .none, pairing: .serial)
            let preview = try DatasetPreview(dataset, samples: 6, variants: 1)
            // 4080 is white: level 8n becomes n / 2.
            let grey = (0..<256).flatMap { index in Array(repeating: UInt8((Double(index) / 2).rounded()), count: 3) }
            #expect(preview.rows.count == 2)
            #expect(preview.rows[0].original.bytes == grey)
            #expect(preview.rows[0].variants.map(\.bytes) == [grey])
            // The greatest level is 2040, the middle of the range.
            #expect(
                preview.summary == ["A", "B"].map { "\($0): 1 of 1 image, 16x16 pixels; 0...4080 become -1...1, found -1.00...0.00" })
        }
    }

    /// The second image of a pair is the negative of the first, whatever is cut out of them.
    @Test(arguments: PairLayout.allCases) func theImagesOfAPairComeOneBelowTheOther(layout: PairLayout) throws {
        try withTemporaryFolder { root in
            try writePairs(0..<5, layout, to: root)
            let preparations = try Domain.pair.map {
                try DomainPreparation($0, preprocess: .crop, cropSize: ImageSize(16), augmentation: Augmentation(flip: true))
            }
            let dataset = try AlignedImageDataset(root: root, preparations: preparations, isShuffled: false, seed: 3)
            let preview = try DatasetPreview(dataset, samples: 3, variants: 4)
            #expect(preview.rows.map(\.domain) == [.a, .b, .a, .b, .a, .b])
            // Three of five evenly spread.
            #expect(
                preview.rows.map(\.source.url.lastPathComponent)
                    == ["000.png", "000.png", "001.png", "001.png", "003.png", "003.png"])
            #expect(preview.rows.map(\.source.half) == (0..<6).map { layout == .files ? nil : $0 % 2 == 0 ? .left : .right })
            for (number, variant) in zip([0, 2, 4], [0, 1, 3]) {
                let (a, b) = (preview.rows[number], preview.rows[number + 1])
                #expect(a.variants.map(\.negative) == b.variants)
                let file = PixelImage.synthetic(variant: variant, width: 24, height: 20)
                // 20x24 fits into 16x16 at two thirds.
                let size = ImageSize(height: 13, width: 16)
                #expect(a.original == file.resized(to: size) && b.original == file.negative.resized(to: size))
            }
            #expect(Set(preview.rows[0].variants.map(\.bytes)).count > 1)
            #expect(
                preview.summary.map { $0.prefix(32) }
                    == ["A: 3 of 5 images, 16x16 pixels; 0", "B: 3 of 5 images, 16x16 pixels; 0"].map { $0.prefix(32) })
        }
    }

    @Test func transparentFilesStandOnWhiteAndUnusableOnesAreReported() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 2, "trainB": 1], to: root, width: 16, height: 16)
            let clear = PixelImage(width: 16, height: 16, bands: 4, hasAlpha: true, bytes: .init(repeating: 0, count: 1024))
            try clear.write(to: root.appending(path: "trainB/000.png"))
            try Data("no image".utf8).write(to: root.appending(path: "trainA/000.png"))
            let dataset = try UnpairedImageDataset(
                root: root, domainB: DomainConfiguration(background: [0]), preprocess: .none, pairing: .serial)
            let preview = try DatasetPreview(dataset, samples: 2, variants: 2)
            #expect(preview.rows[2].original.bytes.allSatisfy { $0 == 255 })
            #expect(preview.rows[2].variants[0].bytes.allSatisfy { $0 == 0 })
            #expect(preview.notices.count == 1 && preview.notices.first?.contains("trainA/000.png") == true)
        }
    }
}
