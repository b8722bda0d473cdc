import Foundation
import Support
import TestSupport
import Testing

@testable import Imaging

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
            #expect(error?.description.contains("damaged \(format.name) image") == true)
        }
    }

    @Test func emptyForeignAndMissingFilesAreToldApart() throws {
        #expect(error(Data()) == .empty(path: "folder/file.img"))
        #expect(error(Data("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)) == .unknownFormat(path: "folder/file.img"))
        #expect(error(Data("8BPS".utf8)) == .unknownFormat(path: "folder/file.img"))
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

    /// A picture of some hundred bytes that says it has a thousand million pixels.
    @Test(arguments: ["small.jpg", "small_grey.jpg"]) func headersOfJPEGThatLieAreRefused(name: String) throws {
        var file = try Fixture.data(name)
        // The frame's marker, its length and depth, then height and width.
        let frame = try #require(file.range(of: Data([0xFF, 0xC0, 0]))).lowerBound
        file.replaceSubrange(frame + 5..<frame + 9, with: [0x3A, 0x98, 0xFD, 0xE8])
        let message = error(file).map { "\($0)" } ?? "read"
        #expect(message.contains("its header says 65000x15000 pixels, too many for \(file.count) bytes"), "\(message)")
    }

    /// Bits of a pixel count: as many pixels of RGB as there could be of bits are too many.
    @Test func headersOfPNGThatLieAreRefused() throws {
        var file = try Fixture.data("small.png")
        // Width and height, depth 8 and colour type 2, and the check value of all that.
        try #require(file[24] == 8 && file[25] == 2)
        file.replaceSubrange(16..<24, with: [0, 0x8A, 0, 0x12, 0, 0, 0, 0x18])
        file.replaceSubrange(29..<33, with: [0xF2, 0xC7, 0xBD, 0xE7])
        file += Data(count: 50_000)
        let message = error(file).map { "\($0)" } ?? "read"
        #expect(message.contains("its header says 9043986x24 pixels, too many for \(file.count) bytes"), "\(message)")
    }

    /// Headers of PPM files that say more than there is, or nothing that can be.
    @Test(arguments: [
        ("P6 99999999 99999999 255\nabc", "its header says 99999999x99999999 pixels"),
        ("P6 -1 1 255\nabcdef", "its header is no list of whole numbers"), ("P6 0 1 255\nabc", "its header says 0x1 pixels"),
        ("P6 99999999999999999999 1 255\nabc", "its header is no list of whole numbers"),
        ("P5 4 4 255\nabc", "its header says 4x4 pixels, at least 16 bytes, and it has 3"),
        ("P5 2 2 65535\nabcd", "its header says 2x2 pixels, at least 8 bytes, and it has 4"),
        ("P4 9 3\nabc", "its header says 9x3 pixels, at least 6 bytes, and it has 3"),
        ("P3 9000 9000 255\n1 2 3", "its header says 9000x9000 pixels"), ("P1 3", "its header is no list of whole numbers"),
    ])
    func headersThatLieAreRefused(_ content: String, _ message: String) {
        let error = #expect(throws: ImageError.self) { try PixelImage(encoded: Data(content.utf8), name: "lie.ppm") }
        #expect(error.map { "\($0)".contains(message) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func honestHeadersAreRead() throws {
        let grey = try PixelImage(encoded: Data("P5 # a comment\n2 2\n255\nabcd".utf8), name: "grey.pgm")
        #expect(grey.bytes == Array("abcd".utf8))
        #expect(try PixelImage(encoded: Data("P2 2 1 255 7 9".utf8), name: "text.pgm").bytes == [7, 9])
        #expect(try PixelImage(encoded: Data("P1\n2 1\n10".utf8), name: "bits.pbm").width == 2)
    }

    @Test func pipesAndDevicesAreNotRead() throws {
        try withTemporaryFolder { folder in
            let pipe = folder.appending(path: "pipe.png")
            try #require(mkfifo(pipe.path, 0o600) == 0)
            for (file, message) in [(pipe, "it is a pipe"), (URL(filePath: "/dev/zero"), "it is a device or a socket")] {
                let error = #expect(throws: ImageError.self) { try PixelImage(contentsOf: file) }
                #expect(error.map { "\($0)".contains(message) } == true, "\(error.map { "\($0)" } ?? "")")
            }
        }
    }

    /// Texts of a picture that would be read into memory, compressed a thousand times smaller than they are.
    @Test func manyTextsInsidePicturesAreLeftOut() throws {
        let plain = try Fixture.data("small.png")
        func withTexts(_ kind: String, _ count: Int, bytes: Int) -> Data {
            // Behind the signature and the first chunk, with check values that nobody has looked at.
            var file = Data(plain.prefix(33))
            for _ in 0..<count {
                withUnsafeBytes(of: UInt32(bytes).bigEndian) { file.append(contentsOf: $0) }
                file += Data(kind.utf8) + Data(repeating: 0x61, count: bytes) + Data(count: 4)
            }
            return file + plain.dropFirst(33)
        }
        for kind in ["tEXt", "zTXt", "iTXt"] {
            #expect(PNGChunks.removingManyTexts(from: withTexts(kind, 100, bytes: 1000)) == plain)
            let few = withTexts(kind, 10, bytes: 1000)
            #expect(PNGChunks.removingManyTexts(from: few) == few)
        }
        #expect(PNGChunks.removingManyTexts(from: plain) == plain)
        let expected = try PixelImage(encoded: plain, name: "plain").bytes
        #expect(try PixelImage(encoded: withTexts("zTXt", 1000, bytes: 1000), name: "texts").bytes == expected)
        // A slice, and a chunk that is longer than the file.
        let cut = withTexts("tEXt", 100, bytes: 1000).prefix(90_000)
        #expect(PNGChunks.removingManyTexts(from: cut).count < 1100)
    }
}
