import Foundation
import Support

/// Frames that come one after the other: PPM or PGM files in a row, or YUV4MPEG2, as `ffmpeg` and other programs write them into a pipe.
///
/// To be used from one thread at a time.
public final class FrameReader {
    /// How frames are laid out.
    public enum Layout: Sendable, Equatable {
        /// Binary PPM and PGM files (P6, P5), one behind the other.
        case pixmaps
        /// A stream of the MJPEG tools, with a header for all frames.
        case y4m(Y4MHeader)
    }

    /// How the frames are laid out.
    public let layout: Layout
    /// Frames that were read so far.
    public private(set) var count = 0
    private let stream: ByteStream
    private let name: String
    private static let longestHeader = 4096

    /// One for a stream that begins with frames; `nil` for any other.
    ///
    /// - Parameter name: What to call the stream in errors.
    /// - Throws: `ImageError` for a header that cannot be read.
    package init?(_ stream: ByteStream, name: String) throws {
        (self.stream, self.name) = (stream, name)
        while stream.available.count < Y4MHeader.signature.count, try stream.receive() {}
        if stream.available.starts(with: Y4MHeader.signature) {
            guard let line = try Self.line(of: stream) else { throw FrameError(name, "its header has no end") }
            layout = .y4m(try Y4MHeader(line, name: name))
        } else if stream.available.starts(with: Array("P6".utf8)) || stream.available.starts(with: Array("P5".utf8)) {
            layout = .pixmaps
        } else {
            return nil
        }
    }

    /// Ends the stream where `isStopped` becomes true while bytes are waited for.
    package func setStop(_ isStopped: @escaping @Sendable () -> Bool) { stream.isStopped = isStopped }

    /// The next frame; `nil` behind the last one.
    ///
    /// - Throws: `FrameError` for a stream that ends within a frame, `ImageError`, `FileError`.
    public func next() throws -> PixelImage? {
        if stream.available.isEmpty, !(try stream.receive()) { return nil }
        let frame =
            switch layout {
            case .pixmaps: try pixmap()
            case .y4m(let header): try yuv(header)
            }
        count += 1
        return frame
    }

    private func pixmap() throws -> PixelImage {
        while true {
            if let length = PortablePixmap.length(of: stream.available) {
                let limit = 2 * PixelImage.defaultPixelLimit
                guard length <= limit else { throw problem("would take \(length) bytes, more than the limit of \(limit)") }
                let bytes = try whole(length)
                return try PixelImage(encoded: Data(bytes), name: "\(name), frame \(count + 1)")
            }
            guard stream.available.count < Self.longestHeader, try stream.receive() else {
                throw problem("has no header of a PPM or PGM image")
            }
        }
    }

    private func yuv(_ header: Y4MHeader) throws -> PixelImage {
        guard let line = try Self.line(of: stream), line.hasPrefix("FRAME") else { throw problem("does not begin with FRAME") }
        return header.image(try whole(header.frameLength))
    }

    private func whole(_ length: Int) throws -> [UInt8] {
        let bytes = try stream.take(length)
        guard bytes.count == length else { throw problem("ends after \(bytes.count) of \(length) bytes") }
        return bytes
    }

    private func problem(_ text: String) -> FrameError { FrameError(name, "frame \(count + 1) \(text)") }

    private static func line(of stream: ByteStream) throws -> String? {
        while true {
            if let end = stream.available.firstIndex(of: 0x0A) {
                let bytes = try stream.take(end - stream.available.startIndex + 1)
                return String(decoding: bytes.dropLast(), as: UTF8.self)
            }
            guard stream.available.count < longestHeader, try stream.receive() else { return nil }
        }
    }
}

/// A stream of frames that cannot be read or written.
public struct FrameError: Error, CustomStringConvertible, Equatable {
    /// What it is called, what is wrong, and what to do.
    public let description: String

    init(_ name: String, _ problem: String) {
        description = "\(name): \(problem)"
    }
}
