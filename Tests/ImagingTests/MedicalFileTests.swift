import Foundation
import TestSupport
import Testing
import Torch

@testable import Imaging
@testable import NIfTI

/// Files of DICOM and NIfTI as images; their values are those that pydicom and nibabel read, see `scripts` of the two libraries' tests.
struct MedicalFileTests {
    struct Expectation: Decodable {
        struct Slice: Decodable {
            let index: Int
            let width: Int
            let height: Int
            let values: [Double]
        }

        var kind: String?
        var values: [Double]?
        var range: [Double]?
        var slices: [String: Slice]?
        var volume: Int?
        var order: [String]?
        var affine: [[Double]]?
    }

    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let (dicom, nifti) = (tests.appending(path: "DICOMTests/Fixtures"), tests.appending(path: "NIfTITests/Fixtures"))
    static let frames = expectations(dicom)
    static let volumes = expectations(nifti)
    static let pictures = frames.keys.filter { frames[$0]?.values != nil && !$0.hasPrefix("jpeg_ls") }.sorted()
    static let sliced = volumes.keys.filter { volumes[$0]?.slices != nil }.sorted()

    static func expectations(_ folder: URL) -> [String: Expectation] {
        let data = (try? Data(contentsOf: folder.appending(path: "expected.json"))) ?? Data()
        return (try? JSONDecoder().decode([String: Expectation].self, from: data)) ?? [:]
    }

    @Test(arguments: pictures)
    func framesAreThoseOfPydicom(name: String) throws {
        let expected = try #require(Self.frames[name])
        let url = Self.dicom.appending(path: name)
        let pages = try (0..<PixelImage.pageCount(of: url)).map { try PixelImage(contentsOf: url, page: $0) }
        #expect(try PixelImage.size(contentsOf: url) == pages[0].size)
        let values = pages.flatMap(\.levels)
        let wanted = try #require(expected.values)
        try #require(values.count == wanted.count)
        // Decoders and conversions of colours round.
        let tolerance = name.hasPrefix("ybr") || name.hasPrefix("jpeg_") ? 1.0 : name == "unsigned_32.dcm" ? 256 : 1e-3
        #expect(zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance })
        // Numbers need a range, colours have a white.
        #expect(expected.kind != "values" || pages[0].storedAs.white == nil || pages[0].storedAs.isFloat)
    }

    @Test(arguments: sliced, SliceAxis.allCases)
    func slicesAreThoseOfNibabel(name: String, axis: SliceAxis) throws {
        let expected = try #require(Self.volumes[name])
        let slice = try #require(expected.slices?[axis.rawValue])
        let url = Self.nifti.appending(path: name)
        let count = PixelImage.pageCount(of: url, axis: axis)
        // A pair is known by its content alone.
        let perVolume = try PixelImage.volume(contentsOf: url).header.slices(along: axis)
        #expect(count.isMultiple(of: perVolume) || name == "pair.hdr")
        let image = try PixelImage(contentsOf: url, page: (expected.volume ?? 0) * perVolume + slice.index, axis: axis)
        #expect(image.size == ImageSize(height: slice.height, width: slice.width))
        #expect(image.levels == slice.values)
        #expect(try PixelImage.size(contentsOf: url, axis: axis) == image.size)
    }

    @Test func networksSeeHounsfieldUnitsBetweenTheEndsOfTheRange() throws {
        let url = Self.dicom.appending(path: "implicit.dcm")
        let image = try PixelImage(contentsOf: url)
        #expect(image.storedAs == .int32)
        let domain = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(-160...240))
        let tensor = try image.converted(to: domain).tensor(for: domain).array(of: Float.self)
        let expected = try #require(Self.frames["implicit.dcm"]?.values).map { 2 * (min(max($0, -160), 240) + 160) / 400 - 1 }
        #expect(zip(tensor, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
        // Nobody says what is black.
        let unranged = #expect(throws: ImageError.self) { try image.converted(to: DomainConfiguration(channels: 1, bitDepth: .sixteen)) }
        #expect(unranged?.description.contains("numbers") == true)
    }

    @Test func theFilesOwnWindowIsKnown() throws {
        for name in ["implicit.dcm", "explicit_12.dcm", "monochrome1.dcm", "frames.dcm"] {
            let window = try #require(PixelImage.window(of: Self.dicom.appending(path: name)))
            #expect([window.lowerBound, window.upperBound] == Self.frames[name]?.range)
        }
        #expect(PixelImage.window(of: Self.dicom.appending(path: "padded.dcm")) == nil)
        #expect(PixelImage.window(of: Fixture.url("photo.png")) == nil)
    }

    @Test func namesAndContentsTellTheFormat() throws {
        #expect(
            MedicalFormat(fileName: "a.DCM") == .dicom && MedicalFormat(fileName: "b.nii.gz") == .nifti
                && MedicalFormat(fileName: "c.gz") == nil)
        try withTemporaryFolder { folder in
            // As scanners name files: by a number, or by an identifier whose end looks like an extension.
            for name in ["IM0001", "1.2.840.113619.2"] {
                let url = folder.appending(path: name)
                try FileManager.default.copyItem(at: Self.dicom.appending(path: "implicit.dcm"), to: url)
                #expect(MedicalFormat(at: url) == .dicom && MedicalFormat.isPicture(url))
                #expect(MedicalFormat.dicom.stem(of: name) == name)
            }
            let text = folder.appending(path: "README")
            try Data("nothing".utf8).write(to: text)
            #expect(MedicalFormat(at: text) == nil && !MedicalFormat.isPicture(text))
            #expect(MedicalFormat.dicom.stem(of: "x/a.b.dcm") == "x/a.b" && MedicalFormat.nifti.stem(of: "x/a.NII.gz") == "x/a")
        }
    }

    @Test func errorsAreThoseOfTheReader() throws {
        let report = #expect(throws: ImageError.self) { try PixelImage(contentsOf: Self.dicom.appending(path: "report.dcm")) }
        #expect(report?.description.contains("holds no picture: it is a structured report") == true)
        let broken = #expect(throws: ImageError.self) { try PixelImage(contentsOf: Self.dicom.appending(path: "jpeg_ls_broken.dcm")) }
        #expect(broken?.description.contains("JPEG-LS") == true)
        let missing = #expect(throws: ImageError.self) { try PixelImage(contentsOf: Self.dicom.appending(path: "frames.dcm"), page: 3) }
        #expect(missing == .missingPage(path: Self.dicom.appending(path: "frames.dcm").path, page: 4, found: 3))
        let complex = #expect(throws: ImageError.self) { try PixelImage(contentsOf: Self.nifti.appending(path: "complex.nii.gz")) }
        #expect(complex?.description.contains("complex numbers") == true)
    }

    @Test(arguments: ["las.nii.gz", "time.nii.gz", "float32.nii", "oblique.nii.gz", "big_endian.nii"], SliceAxis.allCases)
    func picturesGoBackIntoTheirVolume(name: String, axis: SliceAxis) throws {
        let url = Self.nifti.appending(path: name)
        let pages = try (0..<PixelImage.pageCount(of: url, axis: axis)).map { try PixelImage(contentsOf: url, page: $0, axis: axis) }
        let data = try MedicalVolume(like: url, axis: axis).encoded(pages, isPacked: true, name: name)
        let (copy, original) = (try NIfTIVolume(data, name: name), try NIfTIVolume(contentsOf: url))
        #expect(copy.header.affine == original.header.affine && copy.header.shape == original.header.shape)
        for other in SliceAxis.allCases { #expect(copy.slice(along: other, 1) == original.slice(along: other, 1)) }
        let small = pages.map { $0.resized(to: ImageSize(2)) }
        #expect(throws: ImageError.self) { try MedicalVolume(like: url, axis: axis).encoded(small, isPacked: false, name: name) }
    }

    @Test func samplesOfSixteenBitsAreTheirNumbers() throws {
        let bytes: [UInt8] = [0x7A, 0x02, 0xFF, 0xFF, 0x00, 0x3C]
        let image = PixelImage(width: 3, height: 1, bands: 1, format: .uint16, bytes: bytes)
        #expect(image.sampleLevels == [634, 65535, 15360])
    }

    @Test func aSeriesBecomesAVolume() throws {
        let folder = Self.dicom.appending(path: "series")
        let expected = try #require(Self.frames["series"])
        let volume = try MedicalVolume(seriesIn: folder)
        let sources = try #require(volume.sources)
        #expect(sources.map(\.url.lastPathComponent) == expected.order)
        let pages = try sources.map { try PixelImage(contentsOf: $0.url, page: $0.page ?? 0) }
        let result = try NIfTIVolume(volume.encoded(pages, isPacked: true, name: "series"), name: "series")
        #expect(result.header.shape == [7, 5, 5])
        let numbers = zip(result.header.affine.flatMap { $0 }, try #require(expected.affine).flatMap { $0 })
        #expect(numbers.allSatisfy { abs($0 - $1) < 1e-5 })
        // The fixture's slices hold 100 times their place.
        #expect((0..<5).map { result.values(at: [$0 * 35])[0] } == [0, 100, 200, 300, 400])
        let halved = pages.map { $0.resized(to: ImageSize(height: 10, width: 14)) }
        let fine = try NIfTIVolume(volume.encoded(halved, isPacked: false, name: "series"), name: "series")
        // Half the spacing; the first pixel's corner stays where it was.
        #expect(zip(fine.header.spacing, [0.125, 0.25, 3]).allSatisfy { abs($0 - $1) < 1e-5 })
        func corner(_ header: NIfTIHeader) -> [Double] { header.affine.map { $0[3] - $0[0] / 2 - $0[1] / 2 } }
        #expect(zip(corner(fine.header), corner(result.header)).allSatisfy { abs($0 - $1) < 1e-5 })
        let mixed = #expect(throws: ImageError.self) { try MedicalVolume(seriesIn: Self.dicom) }
        #expect(mixed?.description.contains("give a folder with the DICOM files of one series") == true)
    }

    @Test func emptySlicesAreFound() throws {
        // Two of six slices hold something.
        let affine = [[-1.0, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0]]
        var builder = try NIfTIBuilder(shape: [10, 10, 6], affine: affine)
        for plane in 0..<6 {
            var values = (0..<100).map { Float($0 % 7) }
            if plane == 2 || plane == 3 { for index in 30..<60 { values[index] = 500 } }
            builder.place(NIfTISlice(width: 10, height: 10, values: values), plane: plane)
        }
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "a.nii.gz")
            try builder.encoded(isPacked: true).write(to: url)
            #expect(EmptySlices.pages(of: url, axis: .axial) == [true, true, false, false, true, true])
            #expect(EmptySlices.pages(of: url, axis: .coronal)?.count { !$0 } == 3)
            #expect(EmptySlices.pages(of: Fixture.url("photo.png"), axis: .axial) == nil)
        }
        #expect(EmptySlices.kept([true, true, false, true, true], share: 0.5) == [false, true, true, false, true])
        #expect(EmptySlices.kept([true, false], share: 0) == [false, true])
        #expect(EmptySlices.kept([true, false], share: 1) == [true, true])
    }
}
