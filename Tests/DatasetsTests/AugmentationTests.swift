import Foundation
import Support
import TestSupport
import Testing

@testable import Datasets
@testable import Imaging

struct AugmentationTests {
    private let image = PixelImage.synthetic(variant: 3, width: 30, height: 24)

    private func transform(_ augmentation: Augmentation, range: ClosedRange<Double>? = nil) throws -> ImageTransform {
        try ImageTransform(preprocess: .crop, cropSize: ImageSize(16), augmentation: augmentation, valueRange: range.map { ValueRange($0) })
    }

    @Test func stepsComeInOrderFromTheGivenGenerator() throws {
        let jitter = try ColorJitter(brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.1)
        let transform = try transform(Augmentation(colorJitter: jitter, rotation: 20, zoom: 1.5), range: 20...220)
        var flips = 0
        for seed in 0..<20 as Range<UInt64> {
            var (generator, replay) = (SplitMix64(seed: seed), SplitMix64(seed: seed))
            let result = try transform(image, using: &generator).image
            let (x, y) = (Int(replay.uniform() * 15), Int(replay.uniform() * 9))
            let isFlipped = replay.uniform() < 0.5
            let degrees = 40 * replay.uniform() - 20
            var expected = image.cropped(x: x, y: y, size: ImageSize(16)).rotated(degrees: degrees, zoom: 1 + 0.5 * replay.uniform())
            if isFlipped { expected = expected.flippedHorizontally() }
            let order = replay.permutation(4)
            let adjustments: [ColorAdjustment] = [
                .brightness(0.6 + 0.8 * replay.uniform()), .contrast(0.7 + 0.6 * replay.uniform()),
                .saturation(0.8 + 0.4 * replay.uniform()), .hue(-0.1 + 0.2 * replay.uniform()),
            ]
            expected = expected.adjusted(order.map { adjustments[$0] }, range: ValueRange(20...220))
            // The sums above may round otherwise in the last place.
            let difference = zip(result.bytes, expected.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(difference <= 1, "seed \(seed)")
            #expect(generator == replay)
            flips += isFlipped ? 1 : 0
        }
        #expect((1..<20).contains(flips))
    }

    @Test func withoutExtrasThreeNumbersAreDrawn() throws {
        for flip in [true, false] {
            var (generator, replay) = (SplitMix64(seed: 8), SplitMix64(seed: 8))
            _ = try transform(Augmentation(flip: flip))(image, using: &generator)
            for _ in 0..<3 { _ = replay.next() }
            #expect(generator == replay)
        }
    }

    @Test func factorsFillTheirRangesInEveryOrder() throws {
        let jitter = try ColorJitter(brightness: 0.5, contrast: 2, saturation: 0.1, hue: 0.25)
        var generator = SplitMix64(seed: 1)
        var orders: [String: Int] = [:]
        var factors: [String: [Double]] = [:]
        for _ in 0..<2400 {
            let adjustments = jitter.adjustments(using: &generator)
            let names = adjustments.map { adjustment in
                let (name, factor) =
                    switch adjustment {
                    case .brightness(let factor): ("b", factor)
                    case .contrast(let factor): ("c", factor)
                    case .saturation(let factor): ("s", factor)
                    case .hue(let factor): ("h", factor)
                    }
                factors[name, default: []].append(factor)
                return name
            }
            orders[names.joined(), default: 0] += 1
        }
        // Five standard deviations of a binomial count around 100.
        #expect(orders.count == 24 && orders.values.allSatisfy { (50...150).contains($0) })
        for (name, range) in [("b", 0.5...1.5), ("c", 0...3), ("s", 0.9...1.1), ("h", -0.25...0.25)] {
            let values = try #require(factors[name])
            let width = range.upperBound - range.lowerBound
            #expect(values.count == 2400 && values.allSatisfy(range.contains))
            // Five standard deviations of the mean of 2400 uniform numbers: 5 / sqrt(12 * 2400) = 0.03 widths.
            expectClose(values.reduce(0, +) / 2400, (range.lowerBound + range.upperBound) / 2, relative: 0, absolute: 0.03 * width)
            #expect((values.min() ?? .nan) < range.lowerBound + width / 100 && (values.max() ?? .nan) > range.upperBound - width / 100)
        }
    }

    @Test func whatIsLeftAloneIsNotAdjusted() throws {
        let jitter = try ColorJitter(contrast: 0.2)
        var generator = SplitMix64(seed: 1)
        for _ in 0..<10 { #expect(jitter.adjustments(using: &generator).count == 1) }
        #expect(try ColorJitter().adjustments(using: &generator).isEmpty)
    }

    @Test func fourNumbersAreReadAndWritten() throws {
        let jitter = try ColorJitter("0.2,0.3,0,0.05")
        #expect(jitter == (try ColorJitter(brightness: 0.2, contrast: 0.3, hue: 0.05)))
        #expect(jitter.description == "0.2,0.3,0.0,0.05")
        #expect(try ColorJitter(jitter.description) == jitter)
        let augmentation = Augmentation(flip: false, colorJitter: jitter, rotation: 3, zoom: 1.1)
        #expect(try JSONDecoder().decode(Augmentation.self, from: JSONEncoder().encode(augmentation)) == augmentation)
        #expect(try JSONEncoder().encode(jitter) == Data("[0.2,0.3,0,0.05]".utf8))
    }

    @Test(arguments: [
        "", "0.2", "0.1,0.1,0.1", "0.1,0.1,0.1,0.1,0.1", "a,b,c,d", "0.1,0.1,0.1,0.6", "-1,0,0,0", "11,0,0,0", "nan,0,0,0", "1,1,,0",
    ])
    func otherTextIsRefusedWithWhatIsAllowed(text: String) {
        let error = #expect(throws: DatasetError.self) { try ColorJitter(text) }
        #expect(error?.description.hasSuffix("allowed: " + ColorJitter.allowedValues) == true)
    }

    @Test func decodingRefusesImpossibleNumbers() {
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(ColorJitter.self, from: Data("[0,0,0,1]".utf8)) }
        #expect("\(error as Any)".contains("hue (0 to 0.5)"))
    }

    @Test func impossibleValuesNameTheirKey() throws {
        for (augmentation, key) in [
            (Augmentation(rotation: 46), "rotation"), (Augmentation(rotation: -1), "rotation"), (Augmentation(rotation: .nan), "rotation"),
            (Augmentation(zoom: 0.9), "zoom"), (Augmentation(zoom: 4.5), "zoom"), (Augmentation(zoom: .infinity), "zoom"),
        ] {
            let error = #expect(throws: DatasetError.self) { try transform(augmentation) }
            #expect(error?.description.hasPrefix("the augmentation's \(key): found ") == true, "\(augmentation)")
        }
        let colourful = Augmentation(colorJitter: try ColorJitter(hue: 0.1))
        for channels in [1, 3] { try colourful.validate(channels: channels) }
        try Augmentation(colorJitter: try ColorJitter(brightness: 1, contrast: 1), rotation: 45, zoom: 4).validate(channels: 5)
        let error = #expect(throws: DatasetError.self) { try colourful.validate(channels: 4) }
        #expect(
            error?.description.contains("found 0.0,0.0,0.0,0.1; allowed: a saturation and a hue of 0 in a domain of 4 channels") == true)
    }

    @Test func domainsAreAugmentedApart() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: root, width: 16, height: 16)
            let dark = Augmentation(flip: false, colorJitter: try ColorJitter(brightness: 1))
            let dataset = try UnpairedImageDataset(
                root: root, preprocess: .none, augmentationA: dark, augmentationB: Augmentation(flip: false), seed: 1)
            let samples = try (0..<4).map { try dataset.sample(epoch: $0, position: 0) }
            #expect(Set(samples.map(\.[.a].image.bytes)).count == 4)
            #expect(Set(samples.map(\.[.b].image.bytes)).count == 1)
            #expect(throws: DatasetError.self) {
                try UnpairedImageDataset(
                    root: root, domainB: DomainConfiguration(channels: 5),
                    augmentationB: Augmentation(colorJitter: try ColorJitter(saturation: 0.1)))
            }
        }
    }
}
