import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import Synchronization
import TestSupport
import Testing
import Torch

@testable import CycleGANRuns

/// Frames through a network, with reading and writing beside it.
@Suite struct FrameTranslationTests {
    private func writer(_ file: URL) throws -> (handle: FileHandle, writer: FrameWriter) {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        return (handle, FrameWriter(handle.fileDescriptor, layout: .pixmaps, name: "out"))
    }

    @Test func framesAreTranslatedAsImagesAre() throws {
        try withTemporaryFolder { folder in
            let translator = try Translator.untrained(in: folder)
            try translator.adjust([.a: ImageAdjustment(bands: [3, 2, 1])])
            let frames = (0..<5).map { PixelImage.synthetic(variant: $0, width: 24, height: 20) }
            let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
            try frames.map { try $0.encoded(as: .ppm) }.reduce(Data(), +).write(to: input)
            let handle = try FileHandle(forReadingFrom: input)
            let reader = try #require(try FrameReader(ByteStream(handle.fileDescriptor), name: "in"))
            let done = Mutex(0)
            let out = try writer(output)
            let summary = try FrameTranslation(by: translator, measuresFlicker: true).run(
                from: reader, to: out.writer, progress: { count in done.withLock { $0 = count } })
            #expect(summary.frames == 5 && summary.flicker?.pairs == 4 && done.withLock(\.self) == 5)
            let expected = try frames.map { frame in
                try translator.translate(frame.picking(bands: [3, 2, 1], name: "frame")).encoded(as: .ppm)
            }
            #expect(try Data(contentsOf: output) == expected.reduce(Data(), +))
        }
    }

    /// A pipe that stays open and brings nothing more.
    @Test(.timeLimit(.minutes(1))) func aQuietPipeIsGivenUp() throws {
        try withTemporaryFolder { folder in
            let pipe = Pipe()
            try pipe.fileHandleForWriting.write(contentsOf: PixelImage.synthetic(variant: 1, width: 24, height: 20).encoded(as: .ppm))
            let reader = try #require(try FrameReader(ByteStream(pipe.fileHandleForReading.fileDescriptor), name: "in"))
            let box = StopBox()
            let out = try writer(folder.appending(path: "out"))
            let summary = try FrameTranslation(by: Translator.untrained(in: folder)).run(
                from: reader, to: out.writer, isStopped: { box.isStopped.withLock(\.self) },
                progress: { _ in box.isStopped.withLock { $0 = true } })
            #expect(summary.frames == 1)
        }
    }

    private final class StopBox: Sendable {
        let isStopped = Mutex(false)
    }
}
