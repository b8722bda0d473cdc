import Foundation
import Support

/// Writes frames one after the other, in the layout that others came in. To be used from one thread at a time.
public final class FrameWriter {
    private let descriptor: Int32
    private let layout: FrameReader.Layout
    private let name: String
    private var header: Y4MHeader?

    /// - Parameters:
    ///   - descriptor: An open file, which stays open.
    ///   - layout: As `FrameReader` found it.
    ///   - name: What to call the stream in errors.
    public init(_ descriptor: Int32, layout: FrameReader.Layout, name: String) {
        (self.descriptor, self.layout, self.name) = (descriptor, layout, name)
    }

    /// Writes a frame.
    ///
    /// - Throws: `ImageError` or `FrameError` for an image that the layout cannot hold, `FileError` where it cannot be written.
    public func write(_ image: PixelImage) throws {
        switch layout {
        case .pixmaps: try write(image.encoded(as: .ppm))
        case .y4m(let given):
            guard image.format == .uint8, [1, 3].contains(image.bands) else {
                throw FrameError(
                    name, "YUV4MPEG2 holds 8-bit grey and RGB, and the model gives \(image.bands) channels of \(image.format); use PPM")
            }
            if header == nil {
                var own = given
                own.size = image.size
                own.chroma = image.bands == 1 ? .mono : given.chroma == .mono ? .full : given.chroma
                header = own
                try write(Data(own.line.utf8))
            }
            guard let header, header.size == image.size else { throw FrameError(name, "frames of a stream have one size") }
            try write(Data("FRAME\n".utf8) + header.frame(of: image))
        }
    }

    private func write(_ data: Data) throws(FileError) { try ByteStream.write(data, to: descriptor, name: name) }
}
