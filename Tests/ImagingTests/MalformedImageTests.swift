import Foundation
import Imaging
import Support
import TestSupport
import Testing

struct MalformedImageTests {
    private func error(_ data: Data) -> ImageError? {
        do throws(ImageError) {
            _ = try PixelImage(encoded: data, name: "folder/file.img")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["photo.png", "small.jpg", "small.bmp", "small.ppm", "small.tif", "small.webp", "grey_float.tif", "orientation_6.jpg"])
    func truncatedFilesAreErrorsThatNameTheFile(name: String) throws {
        let data = try Fixture.data(name)
        for share in [0.3, 0.6, 0.9] {
            let error = error(data.prefix(Int(Double(data.count) * share)))
            guard case .undecodable(let path, let format, _)? = error else {
                Issue.record("\(name) cut to \(share): \(error.map(\.description) ?? "no error")")
                continue
            }
            #expect(path == "folder/file.img")
            #expect(error?.description.contains("damaged or unsupported \(format.name) image") == true)
        }
    }

    @Test func emptyForeignAndMissingFilesAreToldApart() throws {
        #expect(error(Data()) == .empty(path: "folder/file.img"))
        #expect(error(Data("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)) == .unknownFormat(path: "folder/file.img"))
        #expect(error(Data("GIF89a".utf8)) == .unknownFormat(path: "folder/file.img"))
        try withTemporaryFolder { folder in
            let missing = folder.appending(path: "missing.png")
            let missingError = #expect(throws: ImageError.self) { try PixelImage(contentsOf: missing) }
            #expect(missingError?.description == "\(missing.path): cannot be read: there is no such file")
            let folderError = #expect(throws: ImageError.self) { try PixelImage(contentsOf: folder) }
            #expect(folderError?.description.contains("it is a folder") == true)
        }
    }

    @Test func aWrongExtensionDoesNoHarm() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "really-png.jpg")
            try Fixture.data("small.png").write(to: file)
            #expect(try PixelImage(contentsOf: file) == Fixture.image("small.png"))
        }
    }

    @Test func absurdSizesAreRefusedBeforeDecoding() throws {
        #expect(
            error(Data("P6 100000 100000 255\n".utf8))
                == .tooLarge(path: "folder/file.img", width: 100_000, height: 100_000, bands: 3, limit: 1_000_000_000))
        let small = #expect(throws: ImageError.self) {
            try PixelImage(contentsOf: Fixture.url("small.png"), pixelLimit: 599)
        }
        #expect(small?.description.contains("30x20 pixels") == true)
        _ = try PixelImage(contentsOf: Fixture.url("small.png"), pixelLimit: 600)
    }

    @Test(arguments: ["small.png", "small.jpg", "small.bmp", "small.ppm", "small.tif", "small.webp", "palette.bmp", "bands13.tif"])
    func damagedBytesNeverCrash(name: String) throws {
        let original = try Fixture.data(name)
        var generator = SplitMix64(seed: 5)
        for _ in 0..<60 {
            var data = original
            for _ in 0..<1 + generator.integer(below: 8) {
                data[generator.integer(below: min(data.count, 400))] = UInt8(truncatingIfNeeded: generator.next())
            }
            // Either outcome is right; a limit keeps damaged headers from asking for memory.
            _ = try? PixelImage(encoded: data, name: name, pixelLimit: 100_000)
        }
    }
}
