import Foundation
import Support
import Testing

@testable import Imaging

struct BandTests {
    private static let types = ["uint8", "uint16", "float32"]

    @Test(arguments: types, [2, 4, 8, 13])
    func bandsThatAreNotDeclaredAsOpacityAreData(type: String, count: Int) throws {
        let fixture = ValueFixture.named("bands\(count)_\(type).tif")
        let image = try fixture.image()
        #expect(!image.hasAlpha && image.bands == count)
        let error = #expect(throws: ImageError.self) {
            try image.converted(to: DomainConfiguration(channels: count == 2 ? 1 : 3), name: fixture.name)
        }
        #expect(error?.description.contains("has \(count) bands, and its domain takes \(count == 2 ? 1 : 3)") == true)
        #expect(error?.remedies == [.chooseBands(count == 2 ? "1" : "1,2,3"), .other("train with \(count) channels")])
        // In a domain of as many it is all used.
        let all = try image.converted(to: DomainConfiguration(channels: count, bitDepth: BitDepth(image.format)))
        #expect(all.levels == fixture.pages[0].levels)
    }

    @Test(arguments: types) func declaredOpacityIsOpacity(type: String) throws {
        let image = try ValueFixture.named("opacity_\(type).tif").image()
        #expect(image.hasAlpha)
        let domain = DomainConfiguration(bitDepth: .float, background: [0])
        let shown = try image.converted(to: domain).levels
        let white = image.format == .uint8 ? 255.0 : image.format == .uint16 ? 65535 : 1
        let stored = image.levels
        for pixel in 0..<48 {
            for band in 0..<3 {
                let expected = stored[pixel * 4 + band] / white * stored[pixel * 4 + 3] / white
                #expect(abs(shown[pixel * 3 + band] - expected) < 0.003)
            }
        }
    }

    @Test func opacityOfAllBandsIsNone() throws {
        #expect(try !ValueFixture.named("all_opacity.tif").image().hasAlpha)
    }

    @Test(arguments: ["premultiplied.tif", "jpeg_rgba.tif"])
    func opacityIsAsPillowReadsIt(name: String) throws {
        let fixture = ValueFixture.named(name)
        #expect(try fixture.image().hasAlpha)
        #expect(try fixture.largestDifference() <= 1)
    }

    @Test(arguments: types) func bandsArePickedInOrder(type: String) throws {
        let fixture = ValueFixture.named("bands8_\(type).tif")
        let picked = try fixture.image().picking(bands: [8, 1, 1, 3], name: fixture.name)
        let all = fixture.pages[0].levels
        var expected: [Double] = []
        for pixel in 0..<48 { for band in [7, 0, 0, 2] { expected.append(all[pixel * 8 + band]) } }
        #expect(picked.levels == expected)
        #expect(throws: ImageError.missingBand(path: "x.tif", band: 9, found: 8)) {
            try fixture.image().picking(bands: [1, 9], name: "x.tif")
        }
        #expect(try ValueFixture.named("opacity_\(type).tif").image().picking(bands: [1, 2, 3], name: "").hasAlpha == false)
    }

    @Test func aDomainHasAsManyBandsAsChannels() throws {
        try DomainConfiguration(channels: 2, bands: [4, 1]).validate()
        #expect(throws: ImageError.self) { try DomainConfiguration(channels: 3, bands: [4, 1]).validate() }
        #expect(throws: ImageError.self) { try DomainConfiguration(channels: 1, bands: [0]).validate() }
        let domain = DomainConfiguration(channels: 2, bands: [4, 1])
        #expect(try JSONDecoder().decode(DomainConfiguration.self, from: JSONEncoder().encode(domain)) == domain)
    }

    /// libvips calls bands opacity that are data; what is written is read again as it was.
    @Test(arguments: [2, 4, 5, 8]) func dataIsWrittenAsData(bands: Int) throws {
        let image = PixelImage(width: 3, height: 2, bands: bands, bytes: (0..<UInt8(6 * bands)).map { $0 })
        let file = try image.encoded(as: .tiff)
        #expect(try PixelImage(encoded: file, name: "x.tif") == image)
    }

    @Test func inksAreThoseOfPillow() throws {
        for name in ["inks.jpg", "inks_unmarked.jpg", "inks.tif"] {
            let difference = try ValueFixture.named(name).largestDifference()
            #expect(difference <= 1, "\(name): \(difference)")
        }
    }

    @Test func inksWithAProfileAreThoseOfLittlecms() throws {
        let fixture = ValueFixture.named("inks_profile.jpg")
        let differences = zip(try fixture.image().levels, fixture.pages[0].levels).map { abs($0 - $1) }
        // Beyond the gamut of sRGB versions of littlecms differ: Pillow's from that of the system.
        let far = differences.count { $0 > 1 }
        #expect(far * 16 <= differences.count && differences.allSatisfy { $0 <= 6 }, "\(far) of \(differences.count)")
    }
}
