import Foundation
import Imaging
import Support
import TestSupport
import Testing

@testable import Datasets

struct PerceptualHashTests {
    /// The images of `Tests/ParityTests/scripts/make_phash.py`, which printed the hashes below with Python's imagehash.
    private func image(width: Int, height: Int, seed: Int, bands: Int) -> PixelImage {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for band in 0..<bands {
                    let seed = seed + band
                    let sum = x * x * seed + y * y * 5 + x * y * seed * 7 + 31 * seed * x
                    bytes.append(UInt8(sum / 8 % 256))
                }
            }
        }
        return PixelImage(width: width, height: height, bands: bands, bytes: bytes)
    }

    @Test(
        arguments: [
            (1, 0x810f_113f_3db0_27af), (2, 0x8002_0d1f_efdd_38f9), (3, 0x8002_0107_4fef_dffe), (4, 0xa100_0181_dbbf_df7b),
        ] as [(Int, UInt64)])
    func greyHashesAreThoseOfImagehash(seed: Int, expected: UInt64) {
        #expect(PerceptualHash(image(width: 32, height: 32, seed: seed, bands: 1))?.bits == expected)
    }

    @Test(
        arguments: [
            (57, 41, 1, 0x8000_0007_0fff_ffff), (32, 90, 2, 0xaa83_1703_6a07_3fd7), (20, 25, 3, 0x8004_0faf_dc3c_f979),
        ] as [(Int, Int, Int, UInt64)])
    func colourHashesAreThoseOfImagehashAfterPillowsScaling(width: Int, height: Int, seed: Int, expected: UInt64) {
        #expect(PerceptualHash(image(width: width, height: height, seed: seed, bands: 3))?.bits == expected)
    }

    @Test func depthAndChannelsDoNotMatter() throws {
        let grey = PixelImage.blurredNoise(seed: 1, bands: 1)
        let hash = try #require(PerceptualHash(grey))
        let variants = [
            try grey.converted(to: DomainConfiguration(channels: 3)),
            try grey.converted(to: DomainConfiguration(channels: 1, bitDepth: .sixteen)),
            try grey.converted(to: DomainConfiguration(channels: 1, bitDepth: .float)),
        ]
        for variant in variants {
            #expect(try #require(PerceptualHash(variant)).distance(to: hash) <= 1)
        }
        // No colours: all bands count alike.
        let bands = PixelImage(
            width: grey.width, height: grey.height, bands: 5, bytes: grey.bytes.flatMap { [UInt8](repeating: $0, count: 5) })
        #expect(try #require(PerceptualHash(bands)).distance(to: hash) <= 1)
    }

    @Test func mirroringChangesTheHash() throws {
        let image = PixelImage.blurredNoise(seed: 2)
        let (hash, mirrored) = (try #require(PerceptualHash(image)), try #require(PerceptualHash(image.flippedHorizontally())))
        #expect(hash.distance(to: mirrored) > 10)
    }

    @Test func flatImagesHaveNoHash() {
        for level: UInt8 in [0, 1, 200] {
            var bytes = [UInt8](repeating: level, count: 40 * 40)
            #expect(PerceptualHash(PixelImage(width: 40, height: 40, bands: 1, bytes: bytes)) == nil)
            bytes[0] = level == 200 ? 201 : level
            #expect(PerceptualHash(PixelImage(width: 40, height: 40, bands: 1, bytes: bytes)) == nil)
        }
        #expect(PerceptualHash(greyLevels: [.nan] + [Float](repeating: 1, count: 1023)) == nil)
    }

    /// Against comparing all pairs.
    @Test func groupsAreTheLinkedHashes() {
        var random = SplitMix64(seed: 3)
        var hashes = (0..<300).map { _ in PerceptualHash(bits: random.next()) }
        // Chains: each differs from the one before in up to six random bits.
        for index in 50..<200 {
            let bits = (0..<random.integer(below: 7)).reduce(hashes[index - 1].bits) { bits, _ in
                bits ^ 1 << UInt64(random.integer(below: 64))
            }
            hashes[index] = PerceptualHash(bits: bits)
        }
        for distance in [0, 3, 4] {
            var group = Array(hashes.indices)
            for first in hashes.indices {
                for second in hashes.indices where hashes[first].distance(to: hashes[second]) <= distance {
                    let (kept, replaced) = (min(group[first], group[second]), max(group[first], group[second]))
                    for index in group.indices where group[index] == replaced { group[index] = kept }
                }
            }
            let expected = Dictionary(grouping: hashes.indices) { group[$0] }.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
            #expect(PerceptualHash.groups(hashes, within: distance) == expected)
            #expect(!expected.isEmpty)
        }
    }
}

extension PixelImage {
    /// An 8-bit image of soft random spots, with a hash unlike that of other seeds.
    static func blurredNoise(seed: UInt64, side: Int = 48, bands: Int = 3) -> PixelImage {
        var random = SplitMix64(seed: seed)
        let spots = (0..<49 * bands).map { _ in UInt8(40 + random.integer(below: 176)) }
        return PixelImage(width: 7, height: 7, bands: bands, bytes: spots).resized(to: ImageSize(side))
    }
}
