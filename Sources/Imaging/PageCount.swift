import CVips
import Foundation
import NIfTI

/// The pictures in a file of several: pages of TIFF, frames of animated WebP and GIF, frames of DICOM and slices of NIfTI.
enum PageCount {
    /// How many a file has; 1 for formats of one, and for what is damaged, which decoding tells.
    static func pages(in file: Data) -> Int {
        switch ImageFileFormat(signature: file) {
        case .tiff: max(1, TIFFDirectory.all(in: file).count(where: \.isPage))
        case .webp: max(1, webPFrames(in: file))
        case .gif: gifFrames(in: file)
        default: 1
        }
    }

    private static func gifFrames(in file: Data) -> Int {
        guard ImageFileFormat.gif.isReadable, Vips.start() == nil else { return 1 }
        return file.withUnsafeBytes { bytes in
            guard let image = Vips.Image(cvips_open(bytes.baseAddress, bytes.count, CVIPS_FILE_GIF)) else {
                _ = Vips.takeError()
                return 1
            }
            return max(1, image.integer(VIPS_META_N_PAGES, default: 1))
        }
    }

    /// Chunks `ANMF` of a RIFF file: a name, a length, so many bytes, and one more where they are odd
    /// (https://developers.google.com/speed/webp/docs/riff_container).
    private static func webPFrames(in file: Data) -> Int {
        file.withUnsafeBytes { bytes in
            var (frames, start) = (0, 12)
            while start <= bytes.count - 8 {
                if bytes[start..<start + 4].elementsEqual("ANMF".utf8) { frames += 1 }
                let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)))
                start += 8 + length + length % 2
            }
            return frames
        }
    }
}

extension PixelImage {
    /// Extensions of files that may hold several pictures: others are not looked into for them.
    private static let pagedExtensions: Set = ["tif", "tiff", "webp", "gif"]

    /// The number of pictures in a file: 1 for most. Reads what it needs for that alone.
    ///
    /// Of a TIFF file smaller copies of a page and masks do not count; what cannot be read counts as 1, so that reading it says why.
    package static func pageCount(of url: URL, axis: SliceAxis = .axial) -> Int {
        if MedicalFormat(at: url) != nil {
            guard let data = try? mappedData(at: url) else { return 1 }
            return (try? MedicalFile(data, name: url.path)?.pages(axis)) ?? 1
        }
        guard pagedExtensions.contains(url.pathExtension.lowercased()), let data = try? mappedData(at: url) else { return 1 }
        return PageCount.pages(in: data)
    }
}
