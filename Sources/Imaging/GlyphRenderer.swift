import CVips

/// Draws single characters of one installed font, such as an emoji font, through libvips and Pango.
package final class GlyphRenderer {
    private let family: String
    private let characters: OpaquePointer

    /// Finds a font.
    ///
    /// - Parameters:
    ///   - family: The font family's exact name.
    ///   - package: The Debian package to name where the font is missing.
    /// - Throws: `ImageError.missingFont`.
    package init(family: String, package: String) throws(ImageError) {
        guard Vips.start() == nil, let characters = cvips_font_characters(family) else {
            throw .missingFont(family: family, package: package)
        }
        self.family = family
        self.characters = characters
    }

    deinit { FcCharSetDestroy(characters) }

    /// Whether the font itself has the character; Pango would silently take it from another font.
    package func has(_ scalar: Unicode.Scalar) -> Bool {
        FcCharSetHasChar(characters, scalar.value) != 0
    }

    /// The character as RGBA, just as large as its ink, or `nil` where the font lacks it or draws nothing.
    ///
    /// - Parameters:
    ///   - height: The font size in pixels.
    ///   - inColour: Asks for the emoji presentation; otherwise for the text presentation, without which Pango takes every emoji
    ///     from the system's colour font, whatever font is asked for.
    package func render(_ scalar: Unicode.Scalar, height: Int, inColour: Bool) -> PixelImage? {
        guard has(scalar) else { return nil }
        let text = String(Character(scalar)) + (inColour ? "\u{FE0F}" : "\u{FE0E}")
        guard let image = Vips.Image(cvips_text(text, "\(family) \(height)")), image.bands == 4 else {
            // The message belongs to this character alone.
            _ = Vips.takeError()
            return nil
        }
        return PixelImage(rgba: image)?.croppedToInk()
    }
}

extension PixelImage {
    /// Cut to the pixels that are not fully transparent, or `nil` where there are none.
    fileprivate func croppedToInk() -> PixelImage? {
        let inked = (0..<width * height).filter { bytes[$0 * bands + bands - 1] > 0 }
        guard let first = inked.first, let last = inked.last else { return nil }
        let columns = inked.map { $0 % width }
        guard let left = columns.min(), let right = columns.max() else { return nil }
        let (top, bottom) = (first / width, last / width)
        return cropped(x: left, y: top, size: ImageSize(height: bottom - top + 1, width: right - left + 1))
    }

    /// The image scaled to fit a square and centred on white, with a margin on all sides.
    package func centredOnWhite(side: Int, margin: Int) throws(ImageError) -> PixelImage {
        let opaque = try converted(to: DomainConfiguration(background: [255]))
        let room = Double(side - 2 * margin)
        let scale = room / Double(max(width, height))
        let size = ImageSize(
            height: max(1, Int((Double(height) * scale).rounded())), width: max(1, Int((Double(width) * scale).rounded())))
        let glyph = opaque.resized(to: size)
        let (left, top) = ((side - size.width) / 2, (side - size.height) / 2)
        var canvas = [UInt8](repeating: 255, count: side * side * 3)
        for row in 0..<size.height {
            let start = ((top + row) * side + left) * 3
            canvas.replaceSubrange(start..<start + size.width * 3, with: glyph.bytes[row * size.width * 3..<(row + 1) * size.width * 3])
        }
        return PixelImage(width: side, height: side, bands: 3, bytes: canvas)
    }
}
