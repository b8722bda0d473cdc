import Imaging
import Support
import TestSupport
import Testing

@testable import Datasets

struct ImageTransformTests {
    private func transform(
        _ preprocess: Preprocess, load: String = "286", crop: String = "256", flip: Bool = false
    ) throws -> ImageTransform {
        let (load, crop) = (try #require(ImageSize(load)), try #require(ImageSize(crop)))
        return try ImageTransform(preprocess: preprocess, loadSize: load, cropSize: crop, augmentation: Augmentation(flip: flip))
    }

    /// Modes, input sizes and the sizes the reference computes: after scaling and after cropping.
    @Test(
        arguments: [
            (.resizeAndCrop, "300x500", "286", "256"), (.resizeAndCrop, "10x20", "286", "256"),
            (.crop, "300x500", "300x500", "256"),
            // int(286 * 300 / 500) = 171 is less than the crop height; the other is int(286 * 500 / 300) = 476.
            (.scaleWidthAndCrop, "300x500", "256x286", "256"), (.scaleWidthAndCrop, "500x300", "476x286", "256"),
            (.scaleWidth, "500x300", "476x286", "476x284"), (.scaleWidth, "300x500", "256x286", "256x284"),
            (.none, "301x499", "301x499", "300x496"), (.none, "8x4", "8x4", "8x4"),
        ] as [(Preprocess, String, String, String)])
    func sizesAreTheReferences(preprocess: Preprocess, size: String, scaled: String, cropped: String) throws {
        let geometry = try transform(preprocess).geometry(of: #require(ImageSize(size)), name: "image")
        #expect(geometry.scaled == ImageSize(scaled))
        #expect(geometry.cropped == ImageSize(cropped))
        #expect(!geometry.isEnlarged)
    }

    @Test func smallImagesAreScaledUpToTheCrop() throws {
        let geometry = try transform(.crop, crop: "64x128").geometry(of: ImageSize(height: 50, width: 60), name: "image")
        // The width needs the larger factor, 128 / 60.
        #expect(geometry == .init(scaled: ImageSize(height: 107, width: 128), cropped: ImageSize(height: 64, width: 128), isEnlarged: true))
        var generator = SplitMix64(seed: 1)
        let image = PixelImage.synthetic(variant: 0, width: 60, height: 50)
        let result = try transform(.crop, crop: "64x128")(image, using: &generator)
        #expect(result.wasEnlarged)
        #expect(result.image.size == ImageSize(height: 64, width: 128))
    }

    @Test func loadSizesBelowTheCropAreEnlargedToo() throws {
        let geometry = try transform(.resizeAndCrop, load: "32", crop: "64").geometry(of: ImageSize(500), name: "image")
        #expect(geometry == .init(scaled: ImageSize(64), cropped: ImageSize(64), isEnlarged: true))
    }

    @Test func imagesBelowTheSmallestSideAreNamed() throws {
        let error = #expect(throws: DatasetError.self) {
            try transform(.none).geometry(of: ImageSize(height: 3, width: 100), name: "folder/tiny.png")
        }
        #expect(error == .tooSmall(path: "folder/tiny.png", size: ImageSize(height: 3, width: 100), smallestSide: 4))
        let (load, crop) = (ImageSize(24), ImageSize(4))
        for preprocess in [Preprocess.none, .scaleWidth] {
            let transform = try ImageTransform(preprocess: preprocess, loadSize: load, cropSize: crop, stride: 4, smallestSide: 24)
            #expect(try transform.geometry(of: ImageSize(height: 27, width: 24), name: "").cropped == ImageSize(24))
            // 23 rows become 20 by the stride.
            #expect(throws: DatasetError.tooSmall(path: "a.png", size: ImageSize(height: 23, width: 24), smallestSide: 24)) {
                try transform.geometry(of: ImageSize(height: 23, width: 24), name: "a.png")
            }
        }
        #expect(throws: DatasetError.self) { try transform(.crop, crop: "250") }
    }

    @Test func cropsCutOutAndFlipsMirror() throws {
        let image = PixelImage.synthetic(variant: 2, width: 12, height: 10)
        let transform = try transform(.crop, crop: "8x4", flip: true)
        var found: [[UInt8]: Int] = [:]
        var generator = SplitMix64(seed: 3)
        for _ in 0..<5400 { found[try transform(image, using: &generator).image.bytes, default: 0] += 1 }
        // All 3 x 9 positions, plain and mirrored, each with probability 1/54.
        var expected: Set<[UInt8]> = []
        for y in 0...2 {
            for x in 0...8 {
                let crop = image.cropped(x: x, y: y, size: ImageSize(height: 8, width: 4))
                expected.formUnion([crop.bytes, crop.flippedHorizontally().bytes])
            }
        }
        #expect(expected.count == 54)
        #expect(Set(found.keys) == expected)
        // Five standard deviations of a binomial count around 100.
        #expect(found.values.allSatisfy { (50...150).contains($0) })
    }

    @Test func withoutFlipAndSpareTheImageIsOnlyScaled() throws {
        let image = PixelImage.synthetic(variant: 4, width: 50, height: 40)
        var generator = SplitMix64(seed: 5)
        let result = try transform(.resizeAndCrop, load: "32", crop: "32")(image, using: &generator)
        #expect(result.image == image.resized(to: ImageSize(32)))
        #expect(!result.wasEnlarged)
    }

    @Test func modesWithoutCropKeepTheTopLeft() throws {
        let image = PixelImage.synthetic(variant: 6, width: 30, height: 21)
        for seed in 0..<10 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            let result = try transform(.none)(image, using: &generator)
            #expect(result.image == image.cropped(x: 0, y: 0, size: ImageSize(height: 20, width: 28)))
        }
    }
}
