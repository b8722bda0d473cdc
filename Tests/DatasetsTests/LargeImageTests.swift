import Foundation
import Support
import TestSupport
import Testing

@testable import Datasets
@testable import Imaging

/// Crops of images that are too large to be read as a whole for each.
struct LargeImageTests {
    private let size = ImageSize(height: 1100, width: 1000)

    /// Each pixel tells where it lies.
    private var image: PixelImage {
        PixelImage(of: UInt16.self, width: size.width, height: size.height, bands: 2) { samples in
            for pixel in 0..<size.height * size.width {
                samples.initializeElement(at: 2 * pixel, to: UInt16(pixel / size.width))
                samples.initializeElement(at: 2 * pixel + 1, to: UInt16(pixel % size.width))
            }
        }
    }

    @Test func partsAreThoseOfTheWhole() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "scene.tif")
            let image = image
            try image.write(to: url)
            for (x, y, height, width) in [(0, 0, 64, 64), (936, 1036, 64, 64), (17, 500, 3, 900)] {
                let area = ImageArea(x: x, y: y, size: ImageSize(height: height, width: width))
                let part = try #require(try PixelImage.part(of: url) { found in found == size ? area : nil })
                #expect(part == image.cropped(x: x, y: y, size: area.size))
            }
            #expect(try PixelImage.part(of: url) { _ in nil } == nil)
            #expect(ImageArea(middleOf: size, atMost: 1024) == ImageArea(x: 0, y: 38, size: ImageSize(height: 1024, width: 1000)))
        }
    }

    @Test func smallTurnedAndOtherPicturesAreReadAsAWhole() throws {
        try withTemporaryFolder { folder in
            let small = folder.appending(path: "small.tif")
            try image.cropped(x: 0, y: 0, size: ImageSize(1000)).write(to: small)
            let bitmap = folder.appending(path: "picture.bmp")
            try PixelImage(width: 1100, height: 1000, bands: 3, bytes: [UInt8](repeating: 7, count: 3_300_000)).write(to: bitmap)
            for url in [small, bitmap] {
                #expect(try PixelImage.part(of: url) { ImageArea(middleOf: $0, atMost: 8) } == nil)
            }
            #expect(throws: ImageError.self) { try PixelImage.part(of: folder.appending(path: "none.tif")) { _ in nil } }
        }
    }

    @Test func samplesAreThoseOfWholeImages() throws {
        try withTemporaryFolder { folder in
            let root = folder.appending(path: "trainA")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            let image = image
            try image.write(to: root.appending(path: "scene.tif"))
            let images = DomainConfiguration(channels: 2, bitDepth: .sixteen, valueRange: ValueRange(bands: [0...1099, 0...999]))
            let preparation = try DomainPreparation(
                .a, images: images, preprocess: .crop, loadSize: ImageSize(64), cropSize: ImageSize(64), stride: 4, smallestSide: 16,
                augmentation: Augmentation(flip: true, colorJitter: ColorJitter(brightness: 0.2), rotation: 10))
            let reader = try DomainReader(folder: ImageFolder(root), preparation: preparation)
            try reader.check(atMost: 5)
            for seed in 0..<8 as Range<UInt64> {
                let reading = try reader.read(0, using: SplitMix64(seed: seed))
                var generator = SplitMix64(seed: seed)
                #expect(try reading.image == preparation.transform(image, using: &generator).image, "seed \(seed)")
            }
            // What is cut off below does not reach crops above; where it does, the image is not usable.
            let whole = try Data(contentsOf: root.appending(path: "scene.tif"))
            try whole.prefix(whole.count / 4).write(to: root.appending(path: "scene.tif"))
            let cut = try DomainReader(folder: ImageFolder(root), preparation: preparation)
            #expect(throws: DatasetError.self) {
                for seed in 0..<8 as Range<UInt64> { _ = try cut.read(0, using: SplitMix64(seed: seed)) }
            }
        }
    }
}
