import Foundation
import Testing

@testable import NIfTI

struct SliceTests {
    @Test(arguments: Fixture.names)
    func slicesAreThoseOfNibabel(name: String) throws {
        let expected = try #require(Fixture.expected[name])
        let volume = try Fixture.volume(name)
        let numbers = zip(volume.header.affine.flatMap { $0 }, try #require(expected.affine).flatMap { $0 })
        #expect(numbers.allSatisfy { abs($0 - $1) < 1e-4 }, "\(volume.header.affine)")
        #expect(zip(volume.header.spacing, try #require(expected.zooms)).allSatisfy { abs($0 - $1) < 1e-4 })
        for axis in SliceAxis.allCases {
            let wanted = try #require(expected.slices?[axis.rawValue])
            #expect(volume.header.slices(along: axis) == wanted.count)
            let slice = volume.slice(along: axis, wanted.index, volume: try #require(expected.volume))
            #expect(slice.width == wanted.width && slice.height == wanted.height, "\(axis)")
            #expect(slice.values.map(Double.init) == wanted.values, "\(axis)")
        }
    }

    @Test func allKindsAreThere() {
        #expect(Fixture.names.count == 28, "\(Fixture.names)")
    }

    @Test func coloursAreThreeNumbers() throws {
        let slice = try Fixture.volume("rgb.nii.gz").slice(along: .axial, 2)
        #expect(slice.bands == 3 && slice.width == 3 && slice.height == 4)
        #expect(slice.values.map(Double.init) == Fixture.expected["rgb.nii.gz"]?.values)
    }

    @Test func spacingFollowsTheSlices() throws {
        // Axes i, j and k of 1.5, 2 and 2.5 mm run towards front, head and right.
        let header = try Fixture.volume("sra.nii.gz").header
        let codes = try #require(Fixture.expected["sra.nii.gz"]?.codes)
        let axis = ["R": "R", "L": "R", "A": "A", "P": "A", "S": "S", "I": "S"]
        var zooms: [String: Double] = [:]
        for (code, zoom) in zip(codes, [1.5, 2.0, 2.5]) { zooms[axis[String(code)] ?? ""] = zoom }
        let spacing = header.sliceSpacing(along: .coronal)
        #expect(spacing.columns == zooms["R"] && spacing.rows == zooms["S"] && spacing.slices == zooms["A"])
    }

    @Test func eitherFileOfAPairLeadsToTheVolume() throws {
        let (first, second) = (try Fixture.volume("pair.hdr"), try Fixture.volume("pair.img"))
        #expect(first.slice(along: .axial, 1) == second.slice(along: .axial, 1))
        #expect(Fixture.error(try Fixture.data("pair.hdr"))?.description.contains("its voxels are in another file") == true)
    }
}
