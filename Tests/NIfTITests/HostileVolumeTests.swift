import Foundation
import Support
import Testing

@testable import NIfTI

struct HostileVolumeTests {
    private func header(_ shape: [Int16], start: Float = 352, code: Int16 = 4) throws -> Data {
        var data = try Fixture.data("int16.nii").prefix(352)
        func set<Field>(_ field: Field, at offset: Int) {
            withUnsafeBytes(of: field) { data.replaceSubrange(offset..<offset + $0.count, with: $0) }
        }
        for (index, size) in ([Int16(shape.count)] + shape).prefix(8).enumerated() { set(size, at: 40 + 2 * index) }
        set(start, at: 108)
        set(code, at: 70)
        return data
    }

    @Test func headersThatClaimMoreThanThereIsAreRefused() throws {
        #expect(
            Fixture.error(try header([3, 4, 6]) + Data(count: 120))
                == .damaged(file: "folder/file.nii", reason: "3x4x6 voxels need 144 bytes and there are 120"))
        #expect(
            Fixture.error(try header([32767, 32767, 32767, 32767, 32767, 32767, 32767]))
                == .tooLarge(file: "folder/file.nii", shape: [Int](repeating: 32767, count: 7), limit: 1 << 20))
        #expect(Fixture.error(try header([3, 0, 5]))?.description.contains("its header says 3x0x5 voxels") == true)
        #expect(Fixture.error(try header([3, -4, 5]))?.description.contains("3x-4x5 voxels") == true)
        for start in [Float.nan, -1, .infinity, 3, 1e30] {
            #expect(
                Fixture.error(try header([1, 1, 1], start: start) + Data(count: 9))?.description.contains("voxels begin at byte") == true)
        }
        #expect(Fixture.error(try header([3, 4, 5], start: 1e8) + Data(count: 120))?.description.contains("need 120 bytes") == true)
        #expect(Fixture.error(try header([3, 4, 5], code: 1) + Data(count: 120))?.description.contains("a volume of single bits") == true)
        // Eight kilobytes that say they hold two gigabytes.
        let bomb = try Deflate.gzipped(header([32767, 32767, 1]) + Data(count: 8 << 20))
        #expect(Fixture.error(bomb, voxelLimit: .max)?.description.contains("32767x32767x1 voxels need 2147352578 bytes") == true)
    }

    @Test func whatIsNotReadIsNamed() throws {
        #expect(
            Fixture.error(try Fixture.data("complex.nii.gz"))?.description.contains("a volume of complex numbers is not supported") == true)
        #expect(Fixture.error(try Fixture.data("second.nii"))?.description.contains("NIfTI-2 is not supported; save it as NIfTI-1") == true)
        for content in [Data(), Data("n+1".utf8), Data(count: 400), try Deflate.gzipped(Data("text".utf8))] {
            #expect(Fixture.error(content) == .notNIfTI(file: "folder/file.nii"))
            #expect(!NIfTIVolume.recognizes(content))
        }
        for name in Fixture.names where name != "pair.hdr" { #expect(NIfTIVolume.recognizes(try Fixture.data(name)), "\(name)") }
    }

    @Test(arguments: ["int16.nii", "las.nii.gz", "time.nii.gz", "float64.nii"])
    func volumesThatEndTooEarlyAreErrorsThatNameThem(name: String) throws {
        let data = try Fixture.data(name)
        for share in [0.1, 0.5, 0.9] {
            #expect(Fixture.error(data.prefix(Int(Double(data.count) * share)))?.description.hasPrefix("folder/file.nii: ") == true)
        }
    }

    @Test(arguments: ["int16.nii", "las.nii.gz", "qform.nii.gz", "big_endian.nii", "rgb.nii.gz"])
    func damagedBytesNeverCrash(name: String) throws {
        let original = try Fixture.data(name)
        var generator = SplitMix64(seed: 3)
        for _ in 0..<300 {
            var data = original
            for _ in 0..<1 + generator.integer(below: 6) {
                data[generator.integer(below: min(data.count, 360))] = UInt8(truncatingIfNeeded: generator.next())
            }
            guard let volume = try? NIfTIVolume(data, name: name, voxelLimit: 100_000) else { continue }
            for axis in SliceAxis.allCases { _ = volume.slice(along: axis, 0) }
        }
    }
}
