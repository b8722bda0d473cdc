import CycleGANModels
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
        try SampleSheets(folder: samples, isFullSize: true).handle(.pictures(pictures))
        #expect(try FileManager.default.contentsOfDirectory(atPath: samples.path).sorted() == ["layout.json", "step-00000400.png"])
        let sheet = try PixelImage(contentsOf: samples.appending(path: "step-00000400.png"))
        // Columns of 128 pixels, which captions need; rows of 4 and 6, gutters of 4, a title of 26 and two rows of captions of 20.
        #expect(sheet.size == ImageSize(height: 26 + 20 + 4 + 4 + 20 + 6 + 4, width: 4 + 128 + 4 + 128 + 4))
        #expect(sheet.cropped(x: 4, y: 46, size: rows[0][0].size) == rows[0][0])
        #expect(sheet.cropped(x: 136, y: 46, size: rows[0][1].size) == rows[0][1])
        #expect(sheet.cropped(x: 4, y: 74, size: rows[1][0].size) == rows[1][0])
        let shown = try #require(SheetLayout(in: samples)?.pictures(in: sheet))
        #expect(shown.map { $0.map(\.image) } == rows)
    }

    /// The rows of a translation stand together, under captions with the names of the domains.
    @Test func columnsHaveCaptions() throws {
        let pictures = samplePictures(step: 1200, side: 128, rows: 2)
        let layout = SheetLayout(of: pictures, isFullSize: false)
        #expect(layout.rows.map { $0[0].y } == [46, 46 + 2 * 132 + 20, 46 + 132, 46 + 3 * 132 + 20])
        #expect(layout.height == 26 + 2 * 20 + 4 * 132)
        let names = DomainNames([.a: "photo", .b: "monet"])
        let (plain, named) = (
            layout.drawn(pictures, title: "", names: .own, ranges: [:]), layout.drawn(pictures, title: "", names: names, ranges: [:])
        )
        func caption(_ sheet: PixelImage, _ text: String, x: Int, y: Int) throws -> Bool {
            let image = try #require(PixelImage.text(text, height: 11))
            return sheet.cropped(x: x, y: y, size: image.size) == image
        }
        #expect(try caption(named, "Real photo", x: 4, y: 30) && caption(named, "Fake monet", x: 136, y: 30))
        #expect(try caption(named, "Real monet", x: 4, y: 30 + 2 * 132 + 20))
        #expect(try caption(plain, "Reconstructed A", x: 268, y: 30))
    }

    /// Pictures of more than 256 pixels are made smaller, small ones enlarged by a whole number; the middle of an enlarged pixel survives.
    @Test func sheetsAreOfAScreensSize() throws {
        func size(_ side: Int) -> (Int, Int) {
            let layout = SheetLayout(of: samplePictures(step: 0, side: side), isFullSize: false)
            return (layout.rows[0][0].width, layout.rows[0][0].enlargement)
        }
        #expect(size(512) == (256, 1) && size(256) == (256, 1) && size(129) == (129, 1) && size(65) == (65, 1))
        #expect(size(64) == (128, 2) && size(16) == (128, 8) && size(48) == (96, 2))
        let pictures = samplePictures(step: 400, side: 16)
        try SampleSheets(folder: folder.url).handle(.pictures(pictures))
        let sheet = try PixelImage(contentsOf: folder.url.appending(path: "step-00000400.jpg"))
        let shown = try #require(SheetLayout(in: folder.url)?.pictures(in: sheet)).joined().map(\.image)
        let differences = zip(shown.flatMap(\.bytes), pictures.rows.flatMap(\.pictures).flatMap(\.image.bytes)).map {
            abs(Int($0) - Int($1))
        }
        // A square of 8 x 8 pixels is a block of JPEG.
        #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 3)
    }

    @Test func layoutsThatCannotBeAreNone() throws {
        let layout = SheetLayout(of: samplePictures(step: 0), isFullSize: true)
        try layout.write(to: folder.url)
        #expect(SheetLayout(in: folder.url) == layout)
        let file = folder.url.appending(path: "layout.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        for (old, new) in [
            ("\"x\":4", "\"x\":-1"), ("\"x\":4", "\"x\":9223372036854775807"), ("\"enlargement\":1", "\"enlargement\":0"),
            ("\"rows\"", "\"r\""),
        ] {
            try Data(text.replacing(old, with: new).utf8).write(to: file)
            #expect(SheetLayout(in: folder.url) == nil, "\(new)")
        }
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
        try SampleSheets(folder: folder.url, ranges: [.a: ValueRange(-1000...1000)], isFullSize: true)
            .handle(.pictures(SamplePictures(epoch: 1, step: 0, pictures: rows)))
        let sheet = try PixelImage(contentsOf: folder.url.appending(path: SampleSheets.fileName(step: 0, isFullSize: true)))
        #expect(sheet.cropped(x: 4, y: 46, size: scan.size).bytes == [0, 0, 0, 128, 128, 128, 255, 255, 255])
        #expect(sheet.cropped(x: 136, y: 46, size: scan.size) == coloured(3, 1))
    }

    @Test func fileNamesTellTheStep() {
        #expect(SampleSheets.step(ofFileName: SampleSheets.fileName(step: 123_456_789)) == 123_456_789)
        #expect(SampleSheets.step(ofFileName: "step-00000400.png") == 400)
        #expect(SampleSheets.step(ofFileName: "step-x.png") == nil)
        #expect(SampleSheets.step(ofFileName: ".writing-1-step-2.png") == nil)
    }
}
