import Foundation
import Support
import TestSupport
import Testing

@testable import DICOM

struct HostileFileTests {
    private static let files = [
        "implicit.dcm", "explicit_12.dcm", "big_endian.dcm", "frames.dcm", "rle_rgb.dcm", "palette_16.dcm", "unknown.dcm",
        "jpeg_table.dcm", "jpeg_ls.dcm", "lossless_4.dcm", "deflated.dcm", "bits.dcm", "modality_table.dcm",
    ]

    @Test func whatIsNotDICOMIsToldApart() throws {
        let contents = [Data(), Data("P6 1 1 255 abc".utf8), Data(count: 4096), Data("II*\0".utf8) + Data(count: 300), Data("DICM".utf8)]
        for content in contents {
            #expect(!DICOMFile.recognizes(content))
            #expect(Fixture.error(content) == .notDICOM(file: "folder/file.dcm"))
        }
        for name in Fixture.names { #expect(DICOMFile.recognizes(try Fixture.data(name)), "\(name)") }
        let missing = #expect(throws: DICOMError.self) { try DICOMFile(contentsOf: Fixture.url("nothing.dcm")) }
        #expect(missing?.description.contains("there is no such file") == true)
    }

    @Test(arguments: files)
    func filesThatEndTooEarlyAreErrorsThatNameThem(name: String) throws {
        let data = try Fixture.data(name)
        for share in [0.2, 0.5, 0.7, 0.9, 0.97] {
            let error = Fixture.error(data.prefix(Int(Double(data.count) * share)))
            #expect(error?.description.hasPrefix("folder/file.dcm: ") == true, "\(name) cut to \(share)")
        }
    }

    @Test(arguments: files)
    func damagedBytesNeverCrash(name: String) throws {
        let original = try Fixture.data(name)
        var generator = SplitMix64(seed: 7)
        for _ in 0..<300 {
            var data = original
            for _ in 0..<1 + generator.integer(below: 6) {
                data[132 + generator.integer(below: data.count - 132)] = UInt8(truncatingIfNeeded: generator.next())
            }
            guard let file = try? DICOMFile(data, name: name) else { continue }
            // Either outcome is right; the limit keeps damaged headers from asking for memory.
            for frame in 0..<min(file.frames, 3) {
                if case .stored(let stored)? = try? file.frame(frame, pixelLimit: 100_000) {
                    _ = try? file.picture(of: stored, frame: frame)
                }
            }
            _ = DICOMSeries.grouped([(Fixture.url(name), file)]).first.map { try? $0.affine() }
        }
    }

    /// Elements without content, explicit little endian, behind a preamble and nothing else.
    private func file(_ elements: [(UInt32, String, Data)]) -> Data {
        var data = Data(count: 128) + Data("DICM".utf8)
        for (tag, type, value) in elements {
            let long = ["OB", "OW", "SQ"].contains(type)
            for number in [UInt16(tag >> 16), UInt16(truncatingIfNeeded: tag)] { data.append(bytes(number)) }
            data.append(Data(type.utf8) + (long ? Data(count: 2) + bytes(UInt32(value.count)) : bytes(UInt16(value.count))) + value)
        }
        return data
    }

    private func bytes<Field: FixedWidthInteger>(_ number: Field) -> Data {
        withUnsafeBytes(of: number.littleEndian) { Data($0) }
    }

    private func picture(rows: UInt16, columns: UInt16, frames: String = "1", pixels: Data) -> Data {
        file([
            (0x0028_0008, "IS", Data(frames.utf8)), (0x0028_0010, "US", bytes(rows)), (0x0028_0011, "US", bytes(columns)),
            (0x0028_0100, "US", bytes(UInt16(16))), (0x7FE0_0010, "OW", pixels),
        ])
    }

    @Test func headersThatClaimMoreThanThereIsAreRefused() throws {
        #expect(Fixture.error(picture(rows: 2, columns: 2, pixels: Data(count: 8))) == nil)
        #expect(
            Fixture.error(picture(rows: 2, columns: 3, pixels: Data(count: 8)))
                == .damaged(file: "folder/file.dcm", reason: "its picture needs 12 bytes and it has 8"))
        #expect(
            Fixture.error(picture(rows: 65535, columns: 65535, pixels: Data(count: 8)))
                == .tooLarge(file: "folder/file.dcm", width: 65535, height: 65535, limit: 1 << 20))
        #expect(
            Fixture.error(picture(rows: 2, columns: 2, frames: "16777216", pixels: Data(count: 8)))?.description.contains("16777216 frames")
                == true)
        #expect(
            Fixture.error(picture(rows: 2, columns: 2, frames: "99999999999", pixels: Data(count: 8)))?.description.contains("99999999999")
                == true)
        #expect(
            Fixture.error(picture(rows: 0, columns: 2, pixels: Data(count: 8)))?.description.contains("says 0 rows (0028,0010)") == true)
    }

    @Test func endlessNestingEnds() {
        var data = Data(count: 128) + Data("DICM".utf8)
        for _ in 0..<100_000 {
            data.append(bytes(UInt16(0x0040)) + bytes(UInt16(0x0555)) + Data("SQ\0\0".utf8) + bytes(UInt32.max))
            data.append(bytes(UInt16(0xFFFE)) + bytes(UInt16(0xE000)) + bytes(UInt32.max))
        }
        #expect(Fixture.error(data)?.description.contains("more than 64 deep") == true)
    }

    @Test func deflatedBombsAreRefused() throws {
        let meta = file([(0x0002_0010, "UI", Data("1.2.840.10008.1.2.1.99".utf8))])
        // Without gzip's header of ten bytes and its end of eight.
        let zeros = try Deflate.gzipped(Data(count: (1 << 20) + 1)).dropFirst(10).dropLast(8)
        let start = try #require(DICOMStart(meta + zeros))
        let error = #expect(throws: DICOMError.self) { try start.content(of: meta + zeros, name: "bomb", mostUnpacked: 1 << 20) }
        #expect(error?.description.contains("it unpacks to more than 1048576 bytes") == true)
        #expect(try start.content(of: meta + zeros, name: "bomb").range.count == (1 << 20) + 1)
    }
}
