import CVips
import Foundation
import Support

extension ImageFileFormat {
    /// Whether files of the format are written while their pixels come row by row.
    package var isWrittenByRows: Bool { [.jpeg, .png, .tiff].contains(self) }

    /// The longest side that a file of the format, or its encoder, can have.
    var largestSide: Int {
        switch self {
        case .jpeg: 65_500
        case .webp: 16_383
        case .png: 1_000_000
        case .tiff, .bmp, .ppm, .gif, .jp2, .heif, .jxl, .slide: 9_999_999
        }
    }

    /// Checks that a file of the format can have such sides.
    ///
    /// - Throws: `ImageError.tooLong`.
    package func check(_ size: ImageSize, path: String) throws(ImageError) {
        let side = max(size.height, size.width)
        guard side <= largestSide else { throw .tooLong(path: path, format: self, side: side, largest: largestSide) }
    }
}

extension PixelFile {
    /// Writes the image in the format of the file's extension, as a whole or not at all, some rows at a time.
    ///
    /// - Parameters:
    ///   - quality: Of JPEG, from 1 to 100.
    ///   - metadata: As for `PixelImage.write(to:quality:metadata:)`.
    ///   - isPyramid: Whether a TIFF file is a BigTIFF in tiles, with copies of half, a quarter and so on of the size.
    /// - Throws: `ImageError` naming the file, and `FileError` where the rows cannot be read.
    package func write(to url: URL, quality: Int = 95, metadata: ImageMetadata? = nil, isPyramid: Bool = false) throws {
        guard let format = ImageFileFormat(fileExtension: url.pathExtension), format.isWrittenByRows else {
            throw ImageError.unknownExtension(path: url.path)
        }
        let able = ImageFileFormat.allCases.filter { $0.holds(bands: bands, hasAlpha: hasAlpha, self.format) }
        guard able.contains(format) else {
            throw ImageError.cannotEncode(format: format, image: ImageFileFormat.kind(bands: bands, self.format), able: able)
        }
        try format.check(size, path: url.path)
        do {
            try AtomicFile.write(to: url) { temporary in
                do {
                    try encode(to: temporary, as: format, quality: quality, isPyramid: isPyramid, metadata)
                } catch var error as EncodingFailure {
                    // libvips tells by words alone why a file cannot be written; its part takes the room that there was.
                    error.isDiskFull = freeDiskSpace(at: url).map { $0 < 1 << 20 } ?? false
                    throw error
                }
                guard format == .tiff else { return }
                if !hasAlpha, bands != 1, bands != 3 { try Self.edit(temporary, TIFFTags.editsDeclaringData) }
                if let metadata { try Self.edit(temporary) { metadata.editsAddingGeography(to: $0, size: size) } }
            }
        } catch let error as EncodingFailure {
            if let problem = error.reading { throw problem }
            if error.isDiskFull {
                throw ImageError.diskFull(path: url.path, reason: FileError(path: url.path, operation: "write", code: ENOSPC).reason)
            }
            throw ImageError.unwritable(path: url.path, reason: ImageError.encodingFailed(format: format, reason: error.reason).description)
        } catch let error as FileError {
            throw error.isDiskFull
                ? ImageError.diskFull(path: url.path, reason: error.reason) : .unwritable(path: url.path, reason: error.reason)
        }
    }

    private static func edit(_ file: URL, _ edits: (Data) -> [TIFFEdit]) throws {
        for edit in edits(try RegularFile.content(at: file.path, isMapped: true)) {
            try RegularFile.replace(edit.bytes, at: edit.offset, in: file.path)
        }
    }

    /// What libvips says, and what kept it from reading the pixels.
    private struct EncodingFailure: Error {
        let reason: String
        var reading: (any Error)?
        var isDiskFull = false
    }

    private func encode(
        to url: URL, as fileFormat: ImageFileFormat, quality: Int, isPyramid: Bool, _ metadata: ImageMetadata?
    ) throws {
        if let reason = Vips.start() { throw EncodingFailure(reason: reason) }
        let reading = Reading(self)
        try withExtendedLifetime(reading) {
            var source = CVipsRowSource()
            source.context = Unmanaged.passUnretained(reading).toOpaque()
            source.rows = { context, top, count, pixels in
                guard let context, let pixels else { return false }
                return Unmanaged<Reading>.fromOpaque(context).takeUnretainedValue().read(Int(top)..<Int(top + count), into: pixels)
            }
            try withUnsafeMutablePointer(to: &source) { source in
                let colours = bands - (hasAlpha ? 1 : 0)
                let generated = cvips_rows(
                    source, Int32(size.width), Int32(size.height), Int32(bands), format.bandFormat,
                    format.interpretation(colours: colours))
                guard let image = Vips.Image(generated) else {
                    throw EncodingFailure(reason: Vips.takeError())
                }
                metadata?.copy(to: image, colours: colours)
                if cvips_encode_file(image.pointer, url.path, fileFormat.code, Int32(quality), isPyramid) { return }
                throw EncodingFailure(reason: Vips.takeError(), reading: reading.problem)
            }
        }
    }

    /// Gives rows to threads of libvips, and keeps what went wrong.
    private final class Reading: @unchecked Sendable {
        private let file: PixelFile
        private let lock = NSLock()
        private var failure: (any Error)?

        init(_ file: PixelFile) { self.file = file }

        var problem: (any Error)? { lock.withLock { failure } }

        func read(_ rows: Range<Int>, into pixels: UnsafeMutableRawPointer) -> Bool {
            do {
                try file.read(rows, into: UnsafeMutableRawBufferPointer(start: pixels, count: file.byteCount(of: rows)))
                return true
            } catch {
                lock.withLock { failure = error }
                return false
            }
        }
    }
}
