import Foundation
import Support
import TestSupport
import Testing

@testable import Imaging

/// The files of `Fixtures/bmp`, made by `Fixtures/make_bitmaps.py` with their pixels as PNG.
struct BitmapFileTests {
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: Fixture.url("bmp").path)) ?? [])
        .filter { $0.hasSuffix(".bmp") }.map { String($0.dropLast(4)) }.sorted()

    private func decode(_ data: Data, pixelLimit: Int = 100_000_000) throws(ImageError) -> PixelImage {
        try data.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in try BitmapFile.decode(bytes, name: "folder/file.bmp", pixelLimit: pixelLimit) }
        }.get()
    }

    private func expectProblem(_ message: String, _ data: Data, sourceLocation: SourceLocation = #_sourceLocation) {
        do throws(ImageError) {
            _ = try decode(data)
            Issue.record("no error; expected: \(message)", sourceLocation: sourceLocation)
        } catch {
            #expect(error == .undecodable(path: "folder/file.bmp", format: .bmp, reason: message), sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: names)
    func pixelsAreThoseOfPillow(name: String) throws {
        let image = try Fixture.image("bmp/\(name).bmp")
        #expect(image == (try Fixture.image("bmp/\(name).png")))
        #expect(image.hasAlpha == (image.bands == 4))
    }

    @Test func allKindsAreThere() {
        #expect(Self.names.count == 45)
        #expect(Self.names.contains("runs4_skips") && Self.names.contains("masks_8888_v5"))
    }

    @Test func writtenFilesAreKnownByteByByte() throws {
        let colours = try Fixture.image("bmp/written_24.png")
        #expect(try colours.encoded(as: .bmp) == Fixture.data("bmp/written_24.bmp"))
        let grey = try Fixture.image("bmp/written_grey.png")
        let levels = stride(from: 0, to: grey.bytes.count, by: 3).map { grey.bytes[$0] }
        let single = PixelImage(width: grey.width, height: grey.height, bands: 1, bytes: levels)
        #expect(try single.encoded(as: .bmp) == Fixture.data("bmp/written_grey.bmp"))
    }

    @Test(arguments: 1...9, [1, 3])
    func everyWidthSurvives(width: Int, bands: Int) throws {
        let image = PixelImage.synthetic(variant: width, width: width, height: 3, bands: bands)
        let expected = bands == 3 ? image.bytes : image.bytes.flatMap { [$0, $0, $0] }
        #expect(try decode(BitmapFile.encode(image)).bytes == expected)
    }

    /// Four bytes of a header that are replaced by others.
    @Test(arguments: [
        ("colours_24", 18, 0x7FFF_FFFF, "its header says 2147483647x7 pixels"),
        ("colours_24", 18, 0xFFFF_FFF0, "its header says -16x7 pixels"),
        ("colours_24", 18, 0, "its header says 0x7 pixels"),
        ("colours_24", 18, 9_999_999, "its header says 9999999x7 pixels, at least 209999997 bytes, and it has 280"),
        ("colours_24", 22, 0x8000_0000, "its header says 13x-2147483648 pixels"),
        ("colours_24", 22, 8, "its header says 13x8 pixels, at least 319 bytes, and it has 280"),
        ("colours_24", 10, 0xFFFF_FFFF, "its header ends at byte 54 and says that pixels begin at 4294967295 of 334"),
        ("colours_24", 10, 53, "its header ends at byte 54 and says that pixels begin at 53 of 334"),
        ("colours_24", 14, 0xFFFF_FFFF, "its header says that it is 4294967295 bytes long"),
        ("colours_24", 14, 11, "its header says that it is 11 bytes long"),
        ("bits1", 14, 124, "its header is cut off"),
        ("colours_24", 30, 1, "its header says 24 bits per pixel with compression 1, which is not supported"),
        ("colours_24", 30, 4, "it holds a JPEG image, which is not supported"),
        ("colours_24", 30, 5, "it holds a PNG image, which is not supported"),
        ("colours_24", 30, 11, "it holds CMYK colours, which are not supported"),
        ("bits8", 46, 0xFFFF_FFFF, "its header says 4294967295 colours, 17179869180 bytes, and it has 1024"),
        ("bits8_used20", 46, 21, "its header says 21 colours, 84 bytes, and it has 80"),
        ("bits8_used20", 46, 5, "it has 5 colours, and a pixel of colour number 19"),
        ("masks_565", 54, 0xA00, "its header has the mask 0xa00 for pixels of 16 bits"),
        ("masks_565", 58, 0x1F_0000, "its header has the mask 0x1f0000 for pixels of 16 bits"),
        ("runs8", 18, 9_000_000, "its header says 9000000x7 pixels, too many for 116 bytes of run lengths"),
    ])
    func headersThatLieAreRefused(name: String, offset: Int, value: Int, message: String) throws {
        var data = try Fixture.data("bmp/\(name).bmp")
        withUnsafeBytes(of: UInt32(value).littleEndian) { data.replaceSubrange(offset..<offset + 4, with: $0) }
        expectProblem(message, data)
    }

    @Test(arguments: [
        ([14, 1], "it has 14 pixels at (0, 0), in rows of 13"),
        ([9, 1, 0, 5, 1, 2, 3, 4, 5, 0], "it has 5 pixels at (9, 0), in rows of 13"),
        ([0, 2, 14, 0], "it skips 14 columns and 0 rows at (0, 0), out of 13x7 pixels"),
        ([13, 1, 0, 0, 0, 2, 0, 7], "it skips 0 columns and 7 rows at (0, 1), out of 13x7 pixels"),
        ([13, 1, 0, 0, 3], "its pixels are cut off in row 1 of 7"), ([0, 2, 1], "its pixels are cut off in row 0 of 7"),
        ([0, 5, 1, 2], "its pixels are cut off in row 0 of 7"), ([], "its pixels are cut off in row 0 of 7"),
        ([1, 200, 0, 1], "it has 200 colours, and a pixel of colour number 200"),
    ])
    func runLengthsStayInsideThePicture(codes: [UInt8], message: String) throws {
        let file = try Fixture.data("bmp/runs8.bmp")
        expectProblem(message, file.prefix(854) + Data(codes))
    }

    @Test func pixelsThatRunLengthsLeaveOutAreOfTheFirstColour() throws {
        let image = try decode(Fixture.data("bmp/runs8.bmp").prefix(854) + Data([0, 1]))
        #expect(Set(stride(from: 0, to: image.bytes.count, by: 3).map { Array(image.bytes[$0..<$0 + 3]) }) == [[0, 20, 255]])
    }

    @Test(arguments: names)
    func filesCutOffAreRefused(name: String) throws {
        let data = try Fixture.data("bmp/\(name).bmp")
        for count in 0...data.count * 9 / 10 {
            guard case .undecodable? = #expect(throws: ImageError.self, performing: { try decode(data.prefix(count)) }) else {
                Issue.record("\(count) bytes of \(data.count)")
                return
            }
        }
    }

    @Test func theLimitOfPixelsHolds() throws {
        let data = try Fixture.data("bmp/masks_8888_v5.bmp")
        #expect(try decode(data, pixelLimit: 91).width == 13)
        let error = #expect(throws: ImageError.self) { try decode(data, pixelLimit: 90) }
        #expect(error == .tooLarge(path: "folder/file.bmp", width: 13, height: 7, bands: 4, limit: 90))
    }

    @Test(arguments: names)
    func damagedFilesNeverTrap(name: String) throws {
        let original = try Fixture.data("bmp/\(name).bmp")
        var generator = SplitMix64(seed: 9)
        // Either outcome is right.
        for _ in 0..<2000 {
            var data = original.prefix(generator.integer(below: 4) > 0 ? original.count : generator.integer(below: original.count))
            for _ in 0..<1 + generator.integer(below: 8) where !data.isEmpty {
                data[generator.integer(below: data.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? decode(data, pixelLimit: 10_000)
        }
        for offset in 10..<min(original.count, 130) - 4 {
            for extreme: UInt32 in [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
                var data = original
                withUnsafeBytes(of: extreme.littleEndian) { data.replaceSubrange(offset..<offset + 4, with: $0) }
                _ = try? decode(data, pixelLimit: 10_000)
            }
        }
    }
}
