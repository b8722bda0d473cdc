import Foundation
import Support

/// An image that lies in a file without a name, row by row, and is in memory only where it is looked at.
package final class PixelFile: Sendable {
    package let size: ImageSize
    /// A pixel of the kind of the others.
    private let kind: PixelImage
    private let file: ScratchFile

    /// - Parameters:
    ///   - kind: Any rows of the image.
    ///   - folder: On a disk that has room for all of it.
    ///   - others: What other files will still hold on the same disk, in bytes.
    /// - Throws: `FileError`; with `isDiskFull` where there is less room already.
    package init(of size: ImageSize, like kind: PixelImage, in folder: URL, reserving others: Int = 0) throws(FileError) {
        self.size = size
        self.kind = kind.cropped(x: 0, y: 0, size: ImageSize(1))
        file = try ScratchFile(
            in: folder, bytes: size.height * size.width * kind.pixelStride, reserving: others, content: "pixels")
    }

    /// An image that was in memory.
    ///
    /// - Throws: `FileError`.
    package convenience init(_ image: PixelImage, in folder: URL) throws {
        try self.init(of: image.size, like: image, in: folder)
        try write(image, from: 0)
    }

    package var bands: Int { kind.bands }
    package var format: PixelImage.Format { kind.format }
    package var hasAlpha: Bool { kind.hasAlpha }
    package var storedAs: SampleType { kind.storedAs }
    /// All samples.
    package var byteCount: Int { size.height * rowBytes }
    func byteCount(of rows: Range<Int>) -> Int { rows.count * rowBytes }
    private var rowBytes: Int { size.width * kind.pixelStride }

    /// Puts rows of the image's kind in their place.
    ///
    /// - Throws: `FileError`.
    package func write(_ rows: PixelImage, from start: Int) throws {
        precondition(
            rows.width == size.width && rows.bands == bands && rows.format == format && rows.hasAlpha == hasAlpha,
            "rows of \(rows.width) pixels with \(rows.bands) bands of \(rows.format) do not fit the image")
        try rows.bytes.withUnsafeBytes { try file.write($0, at: start * rowBytes) }
    }

    /// - Throws: `FileError`.
    package func rows(_ rows: Range<Int>) throws -> PixelImage {
        var problem: (any Error)?
        let bytes = [UInt8](unsafeUninitializedCapacity: rows.count * rowBytes) { bytes, count in
            do { try read(rows, into: UnsafeMutableRawBufferPointer(bytes)) } catch {
                problem = error
                bytes.initialize(repeating: 0)
            }
            count = rows.count * rowBytes
        }
        if let problem { throw problem }
        return kind.replacing(bytes: bytes, width: size.width, height: rows.count)
    }

    /// - Throws: `FileError`.
    func read(_ rows: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        let wanted = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(rows.count * rowBytes))
        try file.read(into: wanted, at: rows.lowerBound * rowBytes)
    }
}
