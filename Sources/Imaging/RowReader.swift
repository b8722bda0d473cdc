import CVips
import Foundation
import Support

/// A large picture that is decoded from the top down, some rows at a time, with the same samples as the whole has.
package final class RowReader {
    /// The picture's.
    package let size: ImageSize
    private let data: Data
    private let isMapped: Bool
    private let decoder: ImageDecoder
    private let stored: Vips.Image
    private var next = 0

    /// - Parameter page: Which picture of a file that holds several, from 0.
    /// - Returns: `nil` where the whole has to be read: a picture that is not large or not upright, one of medicine, and samples and formats
    ///   that are not decoded on demand.
    /// - Throws: `ImageError` naming the file.
    package init?(contentsOf url: URL, page: Int = 0) throws(ImageError) {
        if let slide = try SlideFile(url) {
            (data, isMapped, decoder, stored, size) = (Data(), false, slide.decoder, slide.stored, slide.size)
            return
        }
        guard let (data, decoder, isMapped) = try PixelImage.decoder(onDemand: url, page: page) else { return nil }
        // The memory of mapped data, which does not move, is that of `self.data`.
        let opened = data.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in try decoder.open(bytes, largePixelCount: PixelImage.largePixelCount) }
        }
        guard let stored = try opened.get() else { return nil }
        (self.data, self.isMapped, self.decoder, self.stored) = (data, isMapped, decoder, stored)
        size = ImageSize(height: stored.height, width: stored.width)
    }

    /// About what a row takes.
    package var rowBytes: Int { size.width * stored.bands * max(stored.sampleSize, MemoryLayout<UInt16>.size) }

    /// The next rows, at most so many; `nil` behind the last.
    ///
    /// - Throws: `ImageError`.
    package func read(atMost count: Int) throws(ImageError) -> PixelImage? {
        guard next < size.height else { return nil }
        let rows = next..<min(next + count, size.height)
        next = rows.upperBound
        let area = ImageArea(x: 0, y: rows.lowerBound, size: ImageSize(height: rows.count, width: size.width))
        let result = data.withUnsafeBytes { bytes in
            Result { () throws(ImageError) in try decoder.decode(area, of: stored, header: bytes) }
        }
        if isMapped { RegularFile.release(data) }
        return try result.get()
    }
}
