import CycleGANModels
import Imaging
import Torch

/// The rows of an image as a network is given them: of its domain, mirrored outwards to the right and downwards.
struct StripSource {
    let size: ImageSize
    /// With what is mirrored.
    let padded: ImageSize
    let domain: DomainConfiguration
    /// Of the image's size.
    let mask: PixelImage?
    /// Gives rows of the image, of the domain.
    let read: (Range<Int>) throws -> PixelImage

    /// Of an image of the domain in memory.
    init(_ image: PixelImage, mask: PixelImage?, domain: DomainConfiguration, padded: ImageSize) {
        self.init(image.size, mask: mask, domain: domain, padded: padded) { image.rows($0) }
    }

    init(
        _ size: ImageSize, mask: PixelImage?, domain: DomainConfiguration, padded: ImageSize,
        read: @escaping (Range<Int>) throws -> PixelImage
    ) {
        (self.size, self.mask, self.domain, self.padded, self.read) = (size, mask, domain, padded, read)
    }

    /// Shape [1, C, rows, W].
    func image(_ rows: Range<Int>) throws -> Tensor { try strip(rows) { try read($0).tensor(for: domain) } }

    /// Shape [1, 1, rows, W]; nil without a mask.
    func mask(_ rows: Range<Int>) throws -> Tensor? {
        try mask.map { mask in try strip(rows) { mask.rows($0).tensor(for: .mask) } }
    }

    private func strip(_ rows: Range<Int>, _ tensor: (Range<Int>) throws -> Tensor) throws -> Tensor {
        let added = max(0, rows.upperBound - size.height)
        // Mirrored rows lie in front of the last one.
        let start = added == 0 ? rows.lowerBound : max(0, min(rows.lowerBound, size.height - 1 - added))
        let held = start..<min(rows.upperBound, size.height)
        let wide = Translator.mirror(try tensor(held), from: (held.count, size.width), to: (held.count + added, padded.width))
        return wide.narrowed(dimension: 2, start: rows.lowerBound - start, length: rows.count)
    }

    /// A copy whose longer side has at most so many pixels, made of a band of rows after another.
    func scaledDown(to side: Int) throws -> PixelImage {
        let scale = Double(side) / Double(max(size.height, size.width))
        let small = ImageSize(
            height: max(1, Int(Double(size.height) * scale)), width: max(1, Int(Double(size.width) * scale)))
        // 64 MB of a 20000 pixels wide image in colour, or less.
        let bandHeight = max(1, Int(Double(1024) * scale))
        var result: PixelRows?
        for begin in stride(from: 0, to: small.height, by: bandHeight) {
            let end = min(begin + bandHeight, small.height)
            let rows = begin * size.height / small.height..<max(end * size.height / small.height, begin * size.height / small.height + 1)
            let band = try read(rows).resized(to: ImageSize(height: end - begin, width: small.width))
            result = result ?? PixelRows(of: small, like: band)
            result?.append(band)
        }
        guard let result else { preconditionFailure("an image without rows") }
        return result.image
    }
}

/// An image in memory that comes row by row.
struct PixelRows {
    private let size: ImageSize
    private let kind: PixelImage
    private var bytes: [UInt8] = []

    init(of size: ImageSize, like kind: PixelImage) {
        (self.size, self.kind) = (size, kind)
        bytes.reserveCapacity(size.height * size.width * kind.bands * kind.format.byteCount)
    }

    mutating func append(_ rows: PixelImage) { bytes += rows.bytes }

    var image: PixelImage {
        PixelImage(width: size.width, height: size.height, bands: kind.bands, format: kind.format, storedAs: kind.storedAs, bytes: bytes)
    }
}

extension PixelImage {
    fileprivate func rows(_ rows: Range<Int>) -> PixelImage {
        cropped(x: 0, y: rows.lowerBound, size: ImageSize(height: rows.count, width: width))
    }
}
