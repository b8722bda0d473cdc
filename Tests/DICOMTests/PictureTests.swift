import Foundation
import Testing

@testable import DICOM

struct PictureTests {
    @Test(arguments: Fixture.names)
    func valuesAreThoseOfPydicom(name: String) throws {
        let expected = try #require(Fixture.expected[name])
        let file = try Fixture.file(name)
        let pictures = try (0..<file.frames).map { try file.picture($0) }
        #expect(pictures.allSatisfy { $0.kind == expected.kind })
        let values = pictures.flatMap(\.numbers)
        let wanted = try #require(expected.values)
        try #require(values.count == wanted.count)
        // Conversions of colours round; float32 holds 24 bits.
        let tolerance = name.hasPrefix("ybr") ? 1.0 : name == "unsigned_32.dcm" ? 256 : 1e-3
        #expect(zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance })
    }

    @Test func allKindsAreThere() {
        #expect(Fixture.names.count == (JPEGLS.isAvailable ? 42 : 39), "\(Fixture.names)")
    }

    @Test(arguments: ["implicit.dcm", "explicit_12.dcm", "monochrome1.dcm", "frames.dcm"])
    func attributesAreThoseOfTheFile(name: String) throws {
        let expected = try #require(Fixture.expected[name])
        let attributes = try Fixture.file(name).attributes(ofFrame: 0)
        let window = try #require(attributes.window)
        #expect([window.center, window.width] == expected.window)
        #expect([window.values.lowerBound, window.values.upperBound] == expected.range)
        #expect(attributes.pixelSpacing.map { [$0.rows, $0.columns] } == expected.spacing)
        #expect(attributes.position == expected.position)
        #expect(attributes.orientation == expected.orientation)
    }

    @Test func groupsOfFramesSayWhatTheirValuesMean() throws {
        let file = try Fixture.file("frames.dcm")
        #expect(file.frames == 3)
        #expect((0..<3).map { file.attributes(ofFrame: $0).slope } == [1, 2, 3])
        #expect((0..<3).map { file.attributes(ofFrame: $0).intercept } == [0, -1000, -2000])
        #expect((0..<3).map { file.attributes(ofFrame: $0).position?.first } == [0, 4, 8])
        #expect(file.attributes(ofFrame: 2).unit == "HU" && file.attributes(ofFrame: 2).sliceThickness == 4)
    }

    @Test func framesOfDecodersAreHandedOutWhole() throws {
        for name in ["jpeg_table.dcm", "jpeg_none.dcm", "jpeg_extended.dcm"] {
            let file = try Fixture.file(name)
            let lengths = try #require(Fixture.expected[name]?.lengths)
            #expect(file.transferSyntax == .jpegBaseline)
            for (frame, length) in lengths.enumerated() {
                guard case .encoded(let data) = try file.frame(frame) else { throw DICOMError.notDICOM(file: name) }
                #expect(data.starts(with: [0xFF, 0xD8, 0xFF]), "\(name)")
                // Fragments are filled up to an even length.
                #expect((length...length + 1).contains(data.count), "\(name)")
            }
        }
        guard case .encoded(let data) = try Fixture.file("jpeg2000.dcm").frame(0) else { throw DICOMError.notDICOM(file: "jpeg2000") }
        #expect(data.starts(with: [0xFF, 0x4F, 0xFF, 0x51]))
    }

    @Test func samplesOfADecoderGetTheirMeaning() throws {
        let file = try Fixture.file("jpeg2000.dcm")
        let expected = try #require(Fixture.expected["jpeg2000.dcm"]?.values)
        // What a decoder makes: the stored numbers, 16 bits each.
        let words = expected.map { Int16($0 + 24) }
        let bytes = words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let picture = try file.picture(of: StoredFrame(bytes: bytes, bits: 16), frame: 0)
        #expect(picture.numbers == expected)
        #expect(throws: DICOMError.self) { try file.picture(of: StoredFrame(bytes: Array(bytes.dropLast()), bits: 16), frame: 0) }
    }

    @Test func whatIsNotReadIsNamed() throws {
        let broken = #expect(throws: DICOMError.self) { try Fixture.file("jpeg_ls_broken.dcm").frame(0) }
        let text =
            JPEGLS.isAvailable ? "a frame is no JPEG-LS" : "apt-get install libcharls2), or convert the file with `gdcmconv --raw IN OUT`"
        #expect(broken?.description.contains(text) == true)
        let report = #expect(throws: DICOMError.self) { try Fixture.file("report.dcm") }
        #expect(report?.description.contains("report.dcm: this DICOM file holds no picture: it is a structured report") == true)
        var video = try Fixture.data("rgb.dcm")
        let identifier = try #require(video.firstRange(of: Data("1.2.840.10008.1.2.1\0".utf8)))
        video.replaceSubrange(identifier, with: Data("1.2.840.10008.9.9.9\0".utf8))
        #expect(Fixture.error(video)?.description.contains("the transfer syntax 1.2.840.10008.9.9.9 is not supported") == true)
    }

    @Test(arguments: Fixture.names)
    func namesOfPatientsAreNowhere(name: String) throws {
        let file = try Fixture.file(name)
        let texts = ["\(file)", String(reflecting: file), "\(file.attributes(ofFrame: 0))", "\(try file.picture(0))"]
        #expect(texts.allSatisfy { !$0.contains("Secret") && !$0.contains("SECRET") && !$0.contains("19010203") })
        var dumped = ""
        dump(file, to: &dumped)
        #expect(!dumped.contains("Secret") && !dumped.contains("4711"))
    }
}
