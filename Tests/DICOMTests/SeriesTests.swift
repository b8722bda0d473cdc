import Foundation
import Testing

@testable import DICOM

struct SeriesTests {
    private func series(_ folder: String) throws -> [DICOMSeries] {
        let names = try FileManager.default.contentsOfDirectory(atPath: Fixture.url(folder).path).sorted()
        return DICOMSeries.grouped(try names.map { (Fixture.url("\(folder)/\($0)"), try Fixture.file("\(folder)/\($0)")) })
    }

    @Test func placesDecideTheOrder() throws {
        let all = try series("series")
        let expected = try #require(Fixture.expected["series"])
        #expect(all.map(\.slices.count) == [5, 1])
        #expect(all[0].slices.map(\.url.lastPathComponent) == expected.order)
        let affine = try all[0].affine()
        let differences = zip(affine.flatMap { $0 }, try #require(expected.affine).flatMap { $0 }).map { abs($0 - $1) }
        #expect(differences.count == 12 && differences.allSatisfy { $0 < 1e-5 })
        #expect(all[1].slices[0].url.lastPathComponent == "localizer.dcm")
    }

    @Test func numbersDecideWherePlacesAreMissing() throws {
        let all = try series("numbered")
        #expect(all.count == 1)
        #expect(all[0].slices.map(\.url.lastPathComponent) == ["c.dcm", "b.dcm", "a.dcm"])
        let error = #expect(throws: DICOMError.self) { try all[0].affine() }
        #expect(error?.description.contains("slices that do not say where they lie") == true)
    }

    @Test func framesOfOneFileAreSlicesToo() throws {
        let file = try Fixture.file("frames.dcm")
        let series = DICOMSeries.grouped([(Fixture.url("frames.dcm"), file)])
        #expect(series.count == 1)
        // The product of (0, 1, 0) and (0, 0, -1) leads to the right: -x. Frames go the other way.
        #expect(series[0].slices.map(\.frame) == [2, 1, 0])
        // Right of the patient is positive in NIfTI.
        #expect(try series[0].affine() == [[0, 0, 4, -8], [-0.6, 0, 0, -1], [0, -0.5, 0, 2]])
    }

    @Test func unevenSlicesAreNoVolume() throws {
        let names = ["0.dcm", "1.dcm", "2.dcm"]
        let uneven = DICOMSeries.grouped(try names.map { (Fixture.url("series/\($0)"), try Fixture.file("series/\($0)")) })
        // Places 0, 2 and 4 are even; 0, 2 and 3 are not.
        #expect(try uneven[0].affine().count == 3)
        let others = DICOMSeries.grouped(
            try ["0.dcm", "1.dcm", "4.dcm"].map { (Fixture.url("series/\($0)"), try Fixture.file("series/\($0)")) })
        let error = #expect(throws: DICOMError.self) { try others[0].affine() }
        #expect(error?.description.contains("uneven distances") == true)
        let twice = DICOMSeries.grouped(try ["0.dcm", "0.dcm"].map { (Fixture.url("series/\($0)"), try Fixture.file("series/\($0)")) })
        #expect(throws: DICOMError.self) { try twice[0].affine() }
    }
}
