import Foundation
import Testing

@testable import Imaging

/// Which profiles say that samples stand for light as those of sRGB do.
@Suite struct ICCProfileTests {
    /// A profile of one curve, for all colours.
    private func profile(_ curve: [UInt8], space: String = "RGB ") -> Data {
        func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
        let tags = space == "GRAY" ? ["kTRC"] : ["rTRC", "gTRC", "bTRC"]
        let start = 132 + 12 * tags.count
        var bytes = [UInt8](repeating: 0, count: 16) + Array(space.utf8) + [UInt8](repeating: 0, count: 108) + number(tags.count)
        for tag in tags { bytes += Array(tag.utf8) + number(start) + number(curve.count) }
        return Data(bytes + curve)
    }

    private func table(_ values: [Int]) -> [UInt8] {
        Array("curv".utf8) + [0, 0, 0, 0, 0, 0, UInt8(values.count >> 8), UInt8(values.count & 255)]
            + values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }

    private func formula(_ type: UInt8, _ numbers: [Double]) -> [UInt8] {
        let fixed = numbers.map { UInt32(bitPattern: Int32(($0 * 65536).rounded())) }
        return Array("para".utf8) + [0, 0, 0, 0, 0, type, 0, 0]
            + fixed.flatMap { number in (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }
    }

    private static let sRGB = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]

    @Test func curvesOfSRGBAreKnown() throws {
        #expect(ICCProfile(try Fixture.data("srgb.icc")).hasSRGBCurve)
        #expect(ICCProfile(profile(formula(3, Self.sRGB))).hasSRGBCurve)
        #expect(ICCProfile(profile(formula(4, Self.sRGB + [0, 0]))).hasSRGBCurve)
        let values = (0...255).map { level -> Int in
            let share = Double(level) / 255
            return Int((65535 * (share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4))).rounded())
        }
        #expect(ICCProfile(profile(table(values))).hasSRGBCurve && ICCProfile(profile(table(values), space: "GRAY")).hasSRGBCurve)
        // What is read as sRGB.
        #expect(ICCProfile(profile([], space: "CMYK")).hasSRGBCurve)
    }

    @Test func otherCurvesAndDamagedOnesAreNot() {
        // Light itself, the gamma of Adobe RGB and that of ProPhoto.
        for curve in [table([]), table([563]), table([461]), formula(0, [2.2]), formula(3, [1.8, 1, 0, 1.0 / 16, 0.03125])] {
            #expect(!ICCProfile(profile(curve)).hasSRGBCurve && !ICCProfile(profile(curve, space: "GRAY")).hasSRGBCurve)
        }
        let whole = profile(formula(3, Self.sRGB))
        for length in stride(from: 20, to: 192, by: 7) { #expect(!ICCProfile(whole.prefix(length)).hasSRGBCurve, "\(length)") }
    }

    @Test func filesSayIt() throws {
        #expect(ImageMetadata(encoded: try Fixture.data("described.jpg")).hasSRGBCurve)
        // Without a profile it is taken for granted.
        #expect(ImageMetadata(encoded: try PixelImage.gradient(width: 4, height: 3, bands: 3).encoded(as: .png)).hasSRGBCurve)
    }
}
