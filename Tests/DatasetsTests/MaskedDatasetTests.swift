import Foundation
import Imaging
import TestSupport
import Testing

@testable import Datasets

struct MaskedDatasetTests {
    private static let counts = ["trainA": 4, "trainB": 3]

    private func withMaskedSet(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(Self.counts, to: root, width: 24, height: 20)
            try writeMasks(for: Self.counts, to: root, width: 24, height: 20)
            try body(root)
        }
    }

    private func dataset(
        _ root: URL, _ split: Split = .train, preprocess: Preprocess = .none, augmentation: Augmentation = Augmentation(flip: false),
        masks: Bool = true, holdOut: HoldOut? = nil, extraPairs: Int = 0
    ) throws -> UnpairedImageDataset {
        try UnpairedImageDataset(
            root: root, split: split, preprocess: preprocess, loadSize: ImageSize(height: 25, width: 31), cropSize: ImageSize(16),
            augmentationA: augmentation, augmentationB: augmentation, pairing: .serial, holdOut: holdOut, masks: masks,
            extraPairs: extraPairs)
    }

    private static let augmentations = [
        Augmentation(flip: false), Augmentation(flip: true), Augmentation(flip: true, rotation: 40), Augmentation(flip: true, zoom: 2),
        Augmentation(flip: true, rotation: 15, zoom: 1.3),
    ]

    /// The images are their own masks: whatever happens to an image, what is bright in it is inside.
    @Test(arguments: Preprocess.allCases, augmentations) func aMaskGoesWithItsImage(_ preprocess: Preprocess, _ augmentation: Augmentation)
        throws
    {
        try withTemporaryFolder { root in
            for (name, count) in Self.counts {
                for folder in [name, name + "_mask"] {
                    try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
                    for number in 0..<count {
                        let image = PixelImage.ellipse(variant: number, width: 40, height: 28, bands: folder == name ? 3 : 1)
                        try image.write(to: root.appending(path: "\(folder)/\(number).png"))
                    }
                }
            }
            let plain = try dataset(root, preprocess: preprocess, augmentation: augmentation)
            var jittered = augmentation
            jittered.colorJitter = try ColorJitter(brightness: 0.9, contrast: 0.9)
            let coloured = try dataset(root, preprocess: preprocess, augmentation: jittered)
            var isColourChanged = false
            var levels: Set<UInt8> = []
            for position in 0..<4 {
                let sample = try plain.sample(epoch: 3, position: position)
                for (image, mask) in [(sample[.a].image, sample[.a].mask), (sample[.b].image, sample[.b].mask)] {
                    let mask = try #require(mask)
                    #expect(try mask == image.asMask(of: image.size, name: "", imageName: ""))
                    levels.formUnion(mask.bytes)
                }
                let other = try coloured.sample(epoch: 3, position: position)
                #expect(other[.a].mask == sample[.a].mask && other[.b].mask == sample[.b].mask)
                isColourChanged = isColourChanged || other[.a].image != sample[.a].image
            }
            #expect(isColourChanged)
            #expect(levels == [0, 255])
        }
    }

    @Test func aScaledMaskIsTheSameShapeAtAnotherSize() throws {
        try withTemporaryFolder { root in
            let counts = ["trainA": 2, "trainB": 2]
            try writeSyntheticImages(counts, to: root, width: 120, height: 100)
            try writeMasks(for: counts, to: root, width: 120, height: 100)
            let size = ImageSize(height: 20, width: 24)
            let dataset = try UnpairedImageDataset(
                root: root, loadSize: size, cropSize: size, augmentationA: Augmentation(flip: false), pairing: .serial, masks: true)
            let mask = try #require(try dataset.sample(epoch: 0, position: 1)[.a].mask)
            let drawn = PixelImage.ellipse(variant: 1, width: 24, height: 20)
            // At the edge a pixel that is nearly half inside may fall either way.
            #expect(zip(mask.bytes, drawn.bytes).filter { $0 != $1 }.count <= 4)
        }
    }

    @Test func masksChangeNothingElse() throws {
        try withMaskedSet { root in
            let augmentation = Augmentation(flip: true, colorJitter: try ColorJitter(brightness: 0.3), rotation: 10, zoom: 1.2)
            let with = try dataset(root, preprocess: .resizeAndCrop, augmentation: augmentation, extraPairs: 2)
            let without = try dataset(root, preprocess: .resizeAndCrop, augmentation: augmentation, masks: false, extraPairs: 2)
            for position in 0..<4 {
                let (masked, plain) = (try with.sample(epoch: 1, position: position), try without.sample(epoch: 1, position: position))
                #expect(masked[.a].image == plain[.a].image && masked[.b].image == plain[.b].image)
                #expect(masked[.a].extraImages == plain[.a].extraImages && masked[.b].extraImages == plain[.b].extraImages)
                #expect(masked[.a].mask != nil && plain[.a].mask == nil && plain[.b].mask == nil)
            }
        }
    }

    @Test func batchesStackMasksAsZerosAndOnes() throws {
        try withMaskedSet { root in
            let masked = try dataset(root)
            let samples = try (0..<3).map { try masked.sample(epoch: 0, position: $0) }
            let batch = try ImageBatch(samples, of: masked).moved(to: .cpu)
            for (tensor, masks) in [(batch[.a].masks, samples.map(\.[.a].mask)), (batch[.b].masks, samples.map(\.[.b].mask))] {
                let tensor = try #require(tensor)
                #expect(tensor.shape == [3, 1, 20, 24] && tensor.dtype == .float32)
                let expected: [Float] = masks.flatMap { $0?.bytes ?? [] }.map { $0 == 255 ? 1 : 0 }
                #expect(tensor.array(of: Float.self) == expected)
            }
            let plain = try dataset(root, masks: false).sample(epoch: 0, position: 0)
            let none = try ImageBatch([plain], of: masked)
            #expect(none[.a].masks == nil && none[.b].masks == nil)
        }
    }

    @Test func masksAreFoundByPathWithAnyExtension() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["masks/sub": 2, "masks/other": 1], to: root)
            func move(_ from: String, _ to: String) throws {
                try FileManager.default.moveItem(at: root.appending(path: "masks/\(from)"), to: root.appending(path: "masks/\(to)"))
            }
            try move("sub/000.png", "sub/a.PNG")
            try move("sub/001.png", "sub/a.jpg")
            let folder = try MaskFolder(root.appending(path: "masks"))
            func found(_ path: String) throws -> String {
                try folder.url(of: URL(filePath: "/images/\(path)"), path: path).path.replacing(root.path + "/masks/", with: "")
            }
            #expect(try found("sub/a.jpg") == "sub/a.jpg")
            #expect(try found("sub/a.tif") == "sub/a.PNG")
            #expect(try found("other/000.jpeg") == "other/000.png")
            let error = #expect(throws: DatasetError.self) { try found("000.png") }
            #expect(error?.description.hasPrefix("/images/000.png: has no mask: \(root.path)/masks holds no 000 with an image ext") == true)
        }
    }

    @Test func anImageWithoutAFittingMaskIsReplaced() throws {
        try withMaskedSet { root in
            try FileManager.default.removeItem(at: root.appending(path: "trainA_mask/001.png"))
            try PixelImage.ellipse(variant: 0, width: 20, height: 24).write(to: root.appending(path: "trainA_mask/002.png"))
            let dataset = try dataset(root)
            #expect(throws: Never.self) { try dataset.checkReadable() }
            let sample = try dataset.sample(epoch: 0, position: 1)
            #expect(sample[.a].path == root.path + "/trainA/003.png")
            #expect(sample[.a].mask == PixelImage.ellipse(variant: 3, width: 24, height: 20))
            let notices = sample.notices.map(\.description)
            #expect(notices.count == 2)
            #expect(notices[0].hasPrefix("\(root.path)/trainA/001.png: has no mask: \(root.path)/trainA_mask holds no 001 "))
            #expect(
                notices[1].contains("trainA_mask/002.png: the mask is 20x24 (width x height), but its image \(root.path)/trainA/002.png"))
            #expect(dataset.unreadableFiles == ["001", "002"].map { "\(root.path)/trainA/\($0).png" })

            try FileManager.default.removeItem(at: root.appending(path: "trainA_mask/003.png"))
            let error = #expect(throws: DatasetError.self) { try self.dataset(root).checkReadable() }
            #expect(error?.description.hasPrefix("\(root.path)/trainA: 3 of 4 checked images cannot be used") == true)
        }
    }

    @Test func aMissingMaskFolderIsNamed() throws {
        try withMaskedSet { root in
            try FileManager.default.removeItem(at: root.appending(path: "trainB_mask"))
            let error = #expect(throws: DatasetError.missingMaskFolder(path: root.path + "/trainB_mask", images: "trainB")) {
                try dataset(root)
            }
            #expect(error?.description.contains("it holds one for each image of trainB") == true)
        }
    }

    @Test func heldOutImagesHaveTheirMasksInTheTrainingFolders() throws {
        try withMaskedSet { root in
            let validation = try dataset(root, .validation, holdOut: HoldOut(fraction: 0.3))
            let sample = try validation.sample(epoch: 0, position: 0)
            let name = (sample[.a].path as NSString).lastPathComponent
            #expect(try sample[.a].mask == PixelImage(contentsOf: root.appending(path: "trainA_mask/\(name)")))
        }
    }
}
