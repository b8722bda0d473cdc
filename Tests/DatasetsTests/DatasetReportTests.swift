import Foundation
import Imaging
import Support
import Testing

@testable import Datasets

/// From facts to findings, without files.
struct DatasetReportTests {
    private let rgb = ImageMode(channels: 3, hasAlpha: false, bitDepth: .eight)

    private func images(
        _ folder: String, _ count: Int, size: ImageSize = ImageSize(256), mode: ImageMode? = nil, orientation: Int = 1,
        values: [Float]? = nil
    ) -> [ImageInspection] {
        // Far apart: every eighth bit pattern is drawn anew.
        var random = SplitMix64(seed: UInt64(folder.utf8.reduce(0) { $0 * 31 + Int($1) }))
        return (0..<count).map { index in
            let facts = ImageInspection.Facts(
                size: size, mode: mode ?? rgb, orientation: orientation, hash: PerceptualHash(bits: random.next()),
                values: values.map(ValueSample.init))
            return ImageInspection(path: "\(folder)/\(folder)\(index).png", content: .success(facts))
        }
    }

    private func report(
        a: [ImageInspection], b: [ImageInspection]? = nil, domainA: DomainConfiguration = DomainConfiguration(),
        preprocess: Preprocess = .resizeAndCrop
    ) throws -> DatasetReport {
        let b = b ?? images("trainB", 1000)
        let inspection = DatasetInspection(folders: [
            .init(split: .train, domain: .a, images: a), .init(split: .train, domain: .b, images: b),
        ])
        return DatasetReport(
            inspection,
            preparations: [
                try DomainPreparation(.a, images: domainA, preprocess: preprocess), try DomainPreparation(.b, preprocess: preprocess),
            ])
    }

    @Test func aThousandGoodImagesRaiseNoWarning() throws {
        let report = try report(a: images("trainA", 1000))
        #expect(report.count(.error) == 0 && report.count(.warning) == 0)
        #expect(report.text().hasSuffix("\n0 errors, 0 warnings"))
    }

    @Test(arguments: [(1000, 3000, nil), (1000, 3001, "1 : 3.0"), (3500, 1000, "3.5 : 1")] as [(Int, Int, String?)])
    func imbalanceIsTold(countA: Int, countB: Int, ratio: String?) throws {
        let found = try report(a: images("trainA", countA), b: images("trainB", countB)).findings(.counts, .warning)
        #expect(found.count == (ratio == nil ? 0 : 1))
        if let ratio { #expect(found.first?.message.contains(ratio) == true) }
    }

    @Test func otherChannelsAndDepthsNameTheFlags() throws {
        let grey16 = ImageMode(channels: 1, hasAlpha: false, bitDepth: .sixteen)
        let all = try report(a: images("trainA", 1000, mode: grey16)).findings(.channels, .warning)
        #expect(
            all.map(\.message) == [
                "all 1000 images of domain A do not have its 3 channels (1000 grey 16 bit): set channels A=1",
                "all 1000 images of domain A do not have its depth of 8 bit (1000 16 bit): set bitDepth A=16",
            ])
        let some = try report(a: images("trainA", 993) + images("trainA", 7, mode: .init(channels: 1, hasAlpha: false, bitDepth: .eight)))
            .findings(.channels, .warning)
        #expect(some.map(\.message) == ["7 of 1000 images of domain A do not have its 3 channels (7 grey 8 bit): they will be converted"])
        #expect(some.first?.files.count == 7)
    }

    @Test func channelsThatCannotBecomeTheDomainsMakeFilesUnusable() throws {
        let five = ImageMode(channels: 5, hasAlpha: false, bitDepth: .eight)
        let report = try report(a: images("trainA", 1000, mode: five))
        #expect(report.findings(.files, .error).first?.files.first?.detail == "5 channels 8 bit cannot become the domain's 3 channels")
        #expect(report.findings(.channels, .warning).first?.message.hasSuffix("set channels A=5") == true)
    }

    @Test func alphaIsNotedUnlessItIsAChannelOfTheDomain() throws {
        let a = images("trainA", 1000, mode: ImageMode(channels: 4, hasAlpha: true, bitDepth: .eight))
        #expect(try report(a: a).findings(.channels, .note).count == 1)
        #expect(
            try report(a: a, domainA: DomainConfiguration(channels: 4)).findings.allSatisfy { $0.severity == .ok || $0.topic == .layout })
    }

    @Test func distortionIsWarnedOfAboveTwo() throws {
        let wide = images("trainA", 1000, size: ImageSize(height: 300, width: 601))
        #expect(try report(a: wide).findings(.sizes, .warning).first?.message.contains("all 1000 of trainA") == true)
        #expect(try report(a: wide, preprocess: .scaleWidthAndCrop).findings(.sizes, .warning).isEmpty)
        let photos = images("trainA", 1000, size: ImageSize(height: 300, width: 400))
        #expect(try report(a: photos).findings(.sizes, .note).first?.message.contains("trainA by 1.33 : 1") == true)
    }

    @Test func turnedImagesAreCounted() throws {
        let report = try report(a: images("trainA", 998) + images("trainA", 2, orientation: 6))
        #expect(report.findings(.files, .note).map(\.message) == ["2 images of trainA will be turned upright as EXIF says"])
        #expect(report.folders[0].turned == 2)
    }

    @Test(
        arguments: [
            (nil, "which they use less than half: set range A=0...4000"),
            (0...1000, "cuts off the others: set range A=0...4000"), (0...4095, nil),
        ] as [(ClosedRange<Double>?, String?)])
    func valueRangesAreComparedWithTheDomains(range: ClosedRange<Double>?, advice: String?) throws {
        let grey16 = ImageMode(channels: 1, hasAlpha: false, bitDepth: .sixteen)
        let a = images("trainA", 1000, mode: grey16, values: (0...4000).map(Float.init))
        let domain = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: range.map { ValueRange($0) })
        let report = try report(a: a, domainA: domain)
        let warnings = report.findings(.values, .warning)
        #expect(warnings.count == (advice == nil ? 0 : 1))
        if let advice { #expect(warnings.first?.message.hasSuffix(advice) == true) }
        let values = try #require(report.folders[0].values)
        #expect(values.minimum == 0 && values.maximum == 4000)
        // Every fifth of 0...4000, so percentiles are right within 5.
        #expect(abs(values.lowPercentile - 4) <= 5 && abs(values.highPercentile - 3996) <= 5)
    }

    @Test func deepImagesOfAShallowDomainGetALineToPaste() throws {
        let grey16 = ImageMode(channels: 1, hasAlpha: false, bitDepth: .sixteen)
        // 0.1 % of the values are far above the others: they are not to decide what white is.
        let values = (12...1010).map(Float.init) + [60_000]
        let report = try report(a: images("trainA", 1000, mode: grey16, values: values), domainA: DomainConfiguration(channels: 1))
        let note = try #require(report.findings(.values, .note).first?.message)
        #expect(
            note == "values of domain A lie in 12...60000, 99.8 % of them in 13...1010; to train on their own depth: "
                + "bitDepth A=16 range A=13...1010")
    }

    @Test func valuesThatAreNotFiniteAreCounted() throws {
        let float = ImageMode(channels: 3, hasAlpha: false, bitDepth: .float)
        let a = images("trainA", 999, mode: float, values: [0, 1]) + images("trainA", 1, mode: float, values: [0, .nan, 1, .infinity])
        let report = try report(a: a, domainA: DomainConfiguration(bitDepth: .float))
        #expect(report.findings(.values, .warning).map(\.files.count) == [1])
        #expect(report.folders[0].values?.nonFiniteCount == 2)
        #expect(report.folders[0].values?.maximum == 1)
    }

    @Test func listsAreCutShortUnlessAllAreWanted() throws {
        let report = try report(a: images("trainA", 990) + images("trainA", 10, size: ImageSize(64)))
        let short = report.text()
        #expect(short.contains("trainA/trainA2.png: 64x64\n") && !short.contains("trainA/trainA3.png"))
        #expect(short.contains("             and 7 more\n"))
        #expect(report.text(listing: nil).contains("trainA/trainA9.png: 64x64\n"))
    }
}
