import Imaging

/// A white sheet that pictures are put on.
package struct Canvas {
    private let size: ImageSize
    private var bytes: [UInt8]

    /// A sheet without pictures.
    package init(size: ImageSize) {
        self.size = size
        bytes = [UInt8](repeating: 255, count: size.width * size.height * 3)
    }

    /// Puts an 8-bit RGB picture with its top left pixel at a place on the sheet; what reaches beyond the sheet is cut off.
    package mutating func draw(_ picture: PixelImage, x: Int, y: Int) {
        let length = 3 * min(picture.width, size.width - x)
        guard length > 0 else { return }
        for line in 0..<max(0, min(picture.height, size.height - y)) {
            let (source, target) = (line * picture.width * 3, ((y + line) * size.width + x) * 3)
            bytes.replaceSubrange(target..<target + length, with: picture.bytes[source..<source + length])
        }
    }

    /// Writes one line of text, black, where a font is there; what is too long ends in an ellipsis.
    ///
    /// - Parameters:
    ///   - width: The pixels that the text may take.
    ///   - height: The font size in pixels.
    package mutating func write(_ text: String, x: Int, y: Int, width: Int, height: Int) {
        guard var image = PixelImage.text(text, height: height) else { return }
        if image.width > width {
            let kept = max(1, text.count * width / image.width - 1)
            guard let shorter = PixelImage.text(text.prefix(kept) + "…", height: height) else { return }
            image = shorter.width > width ? shorter.cropped(x: 0, y: 0, size: ImageSize(height: shorter.height, width: width)) : shorter
        }
        draw(image, x: x, y: y)
    }

    /// The sheet, 8-bit RGB.
    package var image: PixelImage { PixelImage(width: size.width, height: size.height, bands: 3, bytes: bytes) }
}
