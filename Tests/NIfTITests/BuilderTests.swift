import Foundation
import TestSupport
import Testing

@testable import NIfTI

struct BuilderTests {
    private func rebuilt(_ volume: NIfTIVolume, along axis: SliceAxis, _ change: (Float) -> Float = { $0 }) throws -> NIfTIVolume {
        var builder = NIfTIBuilder(like: volume)
        for time in 0..<volume.header.volumes {
            for index in 0..<volume.header.slices(along: axis) {
                let slice = volume.slice(along: axis, index, volume: time)
                let changed = NIfTISlice(width: slice.width, height: slice.height, values: slice.values.map(change))
                builder.place(changed, along: axis, index, volume: time)
            }
        }
        return try NIfTIVolume(builder.encoded(isPacked: axis == .coronal), name: "rebuilt")
    }

    @Test(arguments: Fixture.names, SliceAxis.allCases)
    func slicesGoBackWhereTheyCameFrom(name: String, axis: SliceAxis) throws {
        let volume = try Fixture.volume(name)
        let copy = try rebuilt(volume, along: axis)
        #expect(copy.header.affine == volume.header.affine && copy.header.shape == volume.header.shape)
        #expect(copy.header.isBigEndian == volume.header.isBigEndian)
        for other in SliceAxis.allCases {
            let index = volume.header.slices(along: other) / 2
            #expect(copy.slice(along: other, index) == volume.slice(along: other, index))
        }
    }

    @Test func onlyWhatDescribesTheNumbersChangesInTheHeader() throws {
        let volume = try Fixture.volume("las.nii.gz")
        let copy = try rebuilt(volume, along: .axial)
        // Datatype and bits; where voxels begin; slope and intercept; the greatest and least value.
        let changed = zip(volume.header.bytes, copy.header.bytes).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
        #expect(changed.allSatisfy { (70..<74).contains($0) || (108..<120).contains($0) || (124..<132).contains($0) }, "\(changed)")
    }

    @Test func extensionsStayButForThoseOfPatients() throws {
        let volume = try Fixture.volume("extension.nii.gz")
        // Sixteen bytes of a comment: length, code 6, text.
        let kept = try rebuilt(volume, along: .sagittal).extensions
        #expect(kept.starts(with: [1, 0, 0, 0, 16, 0, 0, 0, 6, 0, 0, 0] + Array("kept".utf8)))
        var named = volume.extensions
        named[named.startIndex + 8] = 2
        let other = NIfTIVolume(header: volume.header, extensions: named, voxels: volume.voxels)
        #expect(!(try rebuilt(other, along: .axial).extensions.contains(UInt8(ascii: "k"))))
    }

    @Test func theSmallestTypeThatHoldsTheValuesIsChosen() throws {
        let volume = try Fixture.volume("uint8.nii")
        #expect(try rebuilt(volume, along: .axial).header.datatype == .uint8)
        #expect(try rebuilt(volume, along: .axial) { $0 - 1000 }.header.datatype == .int16)
        #expect(try rebuilt(volume, along: .axial) { $0 * 200 }.header.datatype == .uint16)
        #expect(try rebuilt(volume, along: .axial) { $0 + 0.25 }.header.datatype == .float32)
    }

    @Test func volumesOfAnAffineAreBuiltPlaneByPlane() throws {
        let affine = [[-0.5, 0, 0, 1], [0, -0.25, 0, 2], [0, 0, 3, 4]]
        var builder = try NIfTIBuilder(shape: [2, 3, 2], affine: affine)
        for plane in 0..<2 {
            builder.place(NIfTISlice(width: 2, height: 3, values: (0..<6).map { Float(10 * plane + $0) }), plane: plane)
        }
        let volume = try NIfTIVolume(builder.encoded(isPacked: false), name: "built")
        #expect(volume.header.affine == affine && volume.header.shape == [2, 3, 2] && volume.header.spacing == [0.5, 0.25, 3])
        // Columns lead to the left and rows to the back already, as the slices do.
        #expect(volume.slice(along: .axial, 1).values == [10, 11, 12, 13, 14, 15])
    }
}
