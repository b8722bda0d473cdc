import CVips

extension PixelImage {
    /// One line of text, black on white, 8-bit RGB; `nil` where no font can draw it.
    ///
    /// - Parameter height: The font size in pixels.
    package static func text(_ text: String, height: Int) -> PixelImage? {
        guard Vips.start() == nil, hasLetters, let markup = g_markup_escape_text(text, -1) else { return nil }
        defer { g_free(markup) }
        guard let image = Vips.Image(cvips_text(markup, "sans \(height)")), image.bands == 4 else {
            _ = Vips.takeError()
            return nil
        }
        return try? PixelImage(rgba: image)?.converted(to: DomainConfiguration())
    }

    // Whether a font has letters: without one Pango draws boxes in their place.
    private static let hasLetters: Bool = {
        guard let pattern = FcPatternCreate(), let properties = FcObjectSetCreate(), let letters = FcCharSetCreate() else { return false }
        defer {
            FcPatternDestroy(pattern)
            FcObjectSetDestroy(properties)
            FcCharSetDestroy(letters)
        }
        FcCharSetAddChar(letters, 0x41)
        FcPatternAddCharSet(pattern, FC_CHARSET, letters)
        guard let fonts = FcFontList(nil, pattern, properties) else { return false }
        defer { FcFontSetDestroy(fonts) }
        return fonts.pointee.nfont > 0
    }()

    /// The pixels of an 8-bit RGBA image of libvips; `nil` where memory runs out.
    init?(rgba image: Vips.Image) {
        var size = 0
        guard let memory = cvips_pixels(image.pointer, &size) else { return nil }
        defer { g_free(memory) }
        let bytes = [UInt8](UnsafeRawBufferPointer(start: memory, count: size))
        self.init(width: image.width, height: image.height, bands: 4, hasAlpha: true, bytes: bytes)
    }
}
