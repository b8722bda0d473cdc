import Foundation

/// BMP files, read and written without libvips, which would hand them to ImageMagick.
///
/// The format: Microsoft's "Bitmap Storage" (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage).
enum BitmapFile {
    /// Why a file cannot be read.
    struct Problem: Error {
        let reason: String
    }

    /// Decodes a file to RGB of 8 bits, with opacity as the fourth band where the header has a mask for it.
    ///
    /// What the header says is compared with what the file has before memory is taken for the pixels.
    ///
    /// - Throws: `ImageError.undecodable` and, for more than `pixelLimit` pixels, `ImageError.tooLarge`.
    static func decode(_ bytes: UnsafeRawBufferPointer, name: String, pixelLimit: Int) throws(ImageError) -> PixelImage {
        let header = try naming(name) { () throws(Problem) in try BitmapHeader(bytes) }
        guard header.width * header.height <= pixelLimit else {
            throw .tooLarge(path: name, width: header.width, height: header.height, bands: header.bands, limit: pixelLimit)
        }
        return try naming(name) { () throws(Problem) in try BitmapPixels(bytes: bytes, header: header).decode() }
    }

    /// The content of a file: one band as a palette of 256 greys, three bands with 24 bits a pixel.
    static func encode(_ image: PixelImage) -> Data {
        let rowLength = image.width * image.bands
        let padding = -rowLength & 3
        let greys = image.bands == 1 ? 256 : 0
        let start = 54 + 4 * greys
        let size = (rowLength + padding) * image.height
        var data = Data("BM".utf8)
        data.reserveCapacity(start + size)
        func append<Field: FixedWidthInteger>(_ field: Field) {
            withUnsafeBytes(of: field.littleEndian) { data.append(contentsOf: $0) }
        }
        // File header: the file's size, nothing, the offset of the pixels.
        for field in [start + size, 0, start] { append(UInt32(clamping: field)) }
        // Information header: its size, sides, one plane, bits; no compression, the pixels' size, no resolution, colours.
        for field in [40, image.width, image.height] { append(UInt32(field)) }
        for field in [1, 8 * image.bands] { append(UInt16(field)) }
        for field in [0, size, 0, 0, greys, 0] { append(UInt32(clamping: field)) }
        for level in 0..<greys { append(UInt32(level) * 0x01_01_01) }
        var row = [UInt8](repeating: 0, count: rowLength + padding)
        for first in stride(from: image.bytes.count - rowLength, through: 0, by: -rowLength) {
            row.replaceSubrange(0..<rowLength, with: image.bytes[first..<first + rowLength])
            if image.bands == 3 {
                for red in stride(from: 0, to: rowLength, by: 3) { row.swapAt(red, red + 2) }
            }
            data.append(contentsOf: row)
        }
        return data
    }

    private static func naming<Value>(_ name: String, _ body: () throws(Problem) -> Value) throws(ImageError) -> Value {
        do throws(Problem) {
            return try body()
        } catch {
            throw .undecodable(path: name, format: .bmp, reason: error.reason)
        }
    }
}
