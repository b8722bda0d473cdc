import Foundation
import Support
import TestSupport
import Testing

@testable import Imaging

/// Frames in a row, as programs write them into pipes.
@Suite struct FrameTests {
    private func frames(of data: Data) throws -> [PixelImage] {
        try withReader(data) { reader in
            let reader = try #require(reader)
            var frames: [PixelImage] = []
            while let frame = try reader.next() { frames.append(frame) }
            return frames
        }
    }

    private func withReader<Result>(_ data: Data, _ body: (FrameReader?) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "stream")
            try data.write(to: file)
            let handle = try FileHandle(forReadingFrom: file)
            return try body(FrameReader(ByteStream(handle.fileDescriptor), name: "stream"))
        }
    }

    private func written(_ images: [PixelImage], as layout: FrameReader.Layout) throws -> Data {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "stream")
            try Data().write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            let writer = FrameWriter(handle.fileDescriptor, layout: layout, name: "stream")
            for image in images { try writer.write(image) }
            return try Data(contentsOf: file)
        }
    }

    private func header(_ text: String) throws -> Y4MHeader { try Y4MHeader(text, name: "stream") }

    @Test func pixmapsMayDifferInSizeAndDepth() throws {
        let grey = PixelImage(width: 2, height: 1, bands: 1, format: .uint16, bytes: [1, 2, 3, 4])
        let images = [PixelImage.synthetic(variant: 1, width: 300, height: 200), grey, .synthetic(variant: 2, width: 5, height: 7)]
        let data = try written(images, as: .pixmaps)
        #expect(try frames(of: data) == images)
        #expect(try frames(of: Data("P5 # comment\n2 1\n255\nab".utf8)).map(\.bytes) == [Array("ab".utf8)])
    }

    @Test func aStreamThatEndsWithinAFrameSaysWhich() throws {
        let pixmaps = try written([.synthetic(variant: 1), .synthetic(variant: 2)], as: .pixmaps)
        for (data, text) in [
            (pixmaps.dropLast(5), "stream: frame 2 ends after"), (Data("P6\n4 four\n255\n".utf8), "stream: frame 1 has no header of a PPM"),
            (Data("YUV4MPEG2 W4 H4 Cmono\nFRAME\n0123456789abcdefFRAM".utf8), "stream: frame 2 does not begin with FRAME"),
            (Data("YUV4MPEG2 W4 H4 Cmono\nFRAME\n0123456789abcdefFRAME\n01".utf8), "stream: frame 2 ends after 2 of 16 bytes"),
            (Data("YUV4MPEG2 W4 C420\nFRAME\n".utf8), "stream: its header says no size of frames"),
            (Data("YUV4MPEG2 W4 H4 C420p10\nFRAME\n".utf8), "stream: its frames are of C420p10; C420, C422, C444 and Cmono are read"),
        ] {
            let error = #expect(throws: FrameError.self) { try frames(of: data) }
            #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
        }
        #expect(try withReader(Data([0x89, 0x50, 0x4E, 0x47])) { $0 == nil })
        #expect(try withReader(Data()) { $0 == nil })
    }

    /// The colour bars of ITU-R BT.601: Y, Cb and Cr of full red, green, blue, white and black in studio range.
    @Test(arguments: ["C444", "C420jpeg", "C422"]) func coloursAreThoseOfTheRecommendation(chroma: String) throws {
        let bars: [(rgb: [UInt8], ycc: [UInt8])] = [
            ([255, 0, 0], [81, 90, 240]), ([0, 255, 0], [145, 54, 34]), ([0, 0, 255], [41, 240, 110]), ([255, 255, 255], [235, 128, 128]),
            ([0, 0, 0], [16, 128, 128]),
        ]
        for (rgb, ycc) in bars {
            let image = PixelImage(width: 6, height: 3, bands: 3, bytes: (0..<18).flatMap { _ in rgb })
            let header = try header("YUV4MPEG2 W6 H3 F25:1 Ip \(chroma)")
            let samples = header.frame(of: image)
            #expect(samples.count == header.frameLength && samples[0] == ycc[0] && samples[18] == ycc[1] && samples.last == ycc[2])
            let back = header.image(samples)
            #expect(zip(back.bytes, image.bytes).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
        }
        // Full range: Y = 0.299 * 255.
        let full = try header("YUV4MPEG2 W6 H3 \(chroma) XCOLORRANGE=FULL")
        let red = full.frame(of: PixelImage(width: 6, height: 3, bands: 3, bytes: (0..<18).flatMap { _ in [255, 0, 0] as [UInt8] }))
        #expect(red[0] == 76 && red[18] == 85 && red.last == 255)
    }

    @Test func headersGoFromStreamToStream() throws {
        let data =
            Data("YUV4MPEG2 W4 H2 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2\nFRAME Xtag\n".utf8) + Data(repeating: 128, count: 12)
        let (layout, images) = try withReader(data) { reader in
            let reader = try #require(reader)
            return (reader.layout, [try reader.next(), try reader.next()].compactMap(\.self))
        }
        #expect(images.count == 1)
        let text = String(decoding: try written(images, as: layout).prefix(61), as: UTF8.self)
        #expect(text == "YUV4MPEG2 W4 H2 F30000:1001 Ip A1:1 C420jpeg\nFRAME\n" + String(repeating: "\u{FFFD}", count: 10))
        let grey = PixelImage(width: 4, height: 2, bands: 1, bytes: Array(0..<8))
        #expect(String(decoding: try written([grey], as: layout), as: UTF8.self).contains("Cmono\nFRAME\n"))
        #expect(throws: FrameError.self) { try written([images[0], .synthetic(variant: 1)], as: layout) }
        #expect(throws: FrameError.self) {
            try written([PixelImage(width: 1, height: 1, bands: 1, format: .uint16, bytes: [0, 1])], as: layout)
        }
    }
}
