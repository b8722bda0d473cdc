import Foundation
import Imaging
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import Pages
@testable import TrainingReports

struct SampleSheetTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func image<Sample>(_ samples: [Sample], width: Int, bands: Int, format: PixelImage.Format) -> PixelImage {
        let bytes = samples.withUnsafeBytes { [UInt8]($0) }
        let height = bytes.count / (width * bands * format.byteCount)
        return PixelImage(width: width, height: height, bands: bands, format: format, bytes: bytes)
    }

    @Test func picturesStandWhereTheyBelongOnWhite() throws {
        let samples = folder.url.appending(path: "samples")
        let rows = [[coloured(5, 3, seed: 1), coloured(2, 4, seed: 2)], [coloured(3, 6, seed: 3)]]
        let pictures = SamplePictures(epoch: 1, step: 400, pictures: rows.map { $0.map { picture("realA", $0) } })
        try SampleSheets(folder: samples).handle(.pictures(pictures))
        #expect(try FileManager.default.contentsOfDirectory(atPath: samples.path).sorted() == ["layout.json", "step-00000400.png"])
        let sheet = try PixelImage(contentsOf: samples.appending(path: "step-00000400.png"))
        // Columns of 5 and 2 pixels, rows of 4 and 6, and gutters of 4.
        #expect(sheet.size == ImageSize(height: 4 + 4 + 4 + 6 + 4, width: 4 + 5 + 4 + 2 + 4))
        #expect(sheet.cropped(x: 4, y: 4, size: rows[0][0].size) == rows[0][0])
        #expect(sheet.cropped(x: 13, y: 4, size: rows[0][1].size) == rows[0][1])
        #expect(sheet.cropped(x: 4, y: 12, size: rows[1][0].size) == rows[1][0])
        let (pixels, inPictures) = (sheet.bytes.filter { $0 == 255 }, rows.joined().flatMap(\.bytes))
        #expect(pixels.count == sheet.bytes.count - inPictures.count + inPictures.filter { $0 == 255 }.count)
    }

    @Test func otherKindsOfImagesAreShownAs8BitRGB() {
        let grey = image([0, 100, 255] as [UInt8], width: 3, bands: 1, format: .uint8)
        #expect(grey.displayed().bytes == [0, 0, 0, 100, 100, 100, 255, 255, 255])
        let deep = image([0, 257 * 100, 65535] as [UInt16], width: 1, bands: 3, format: .uint16)
        #expect(deep.displayed().bytes == [0, 100, 255])
        let float = image([-0.5, 0.2, 1.5, .nan] as [Float], width: 4, bands: 1, format: .float32)
        #expect(float.displayed().bytes == [0, 0, 0, 51, 51, 51, 255, 255, 255, 0, 0, 0])
        let bands = image([1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as [UInt8], width: 2, bands: 5, format: .uint8)
        #expect(bands.displayed().bytes == [1, 2, 3, 6, 7, 8])
        let two = image([7, 200, 9, 100] as [UInt8], width: 2, bands: 2, format: .uint8)
        #expect(two.displayed().bytes == [7, 7, 7, 9, 9, 9])
    }

    @Test func aRangeSaysWhatIsBlackAndWhite() throws {
        let scan = image([-1000, 0, 1000] as [Float], width: 3, bands: 1, format: .float32)
        let rows = [[picture("realA", scan), picture("fakeB", coloured(3, 1))]]
        try SampleSheets(folder: folder.url, ranges: [.a: -1000...1000])
            .handle(.pictures(SamplePictures(epoch: 1, step: 0, pictures: rows)))
        let sheet = try PixelImage(contentsOf: folder.url.appending(path: SampleSheets.fileName(step: 0)))
        #expect(sheet.cropped(x: 4, y: 4, size: scan.size).bytes == [0, 0, 0, 128, 128, 128, 255, 255, 255])
        #expect(sheet.cropped(x: 11, y: 4, size: scan.size) == coloured(3, 1))
    }

    @Test func fileNamesTellTheStep() {
        #expect(SampleSheets.step(ofFileName: SampleSheets.fileName(step: 123_456_789)) == 123_456_789)
        #expect(SampleSheets.step(ofFileName: "step-00000400.png") == 400)
        #expect(SampleSheets.step(ofFileName: "step-x.png") == nil)
        #expect(SampleSheets.step(ofFileName: ".writing-1-step-2.png") == nil)
    }
}
