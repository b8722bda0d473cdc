import CVips
import Foundation
import Testing

@testable import Imaging

/// What of libvips is in reach.
@Suite struct VipsTests {
    @Test func onlyNeededFormatsAreInReach() throws {
        #expect(Vips.start() == nil)
        for operation in ["jpegload_buffer", "pngload_buffer", "webpload_buffer", "tiffload_buffer", "ppmload_source", "text"] {
            #expect(vips_type_find("VipsOperation", operation) != 0, "\(operation)")
        }
        // Of modules, which are not loaded.
        for operation in ["magickload_buffer", "pdfload_buffer"] {
            #expect(vips_type_find("VipsOperation", operation) == 0, "\(operation)")
        }
        // Those of three are loaded when needed, and then their other ways in stay shut.
        if ImageFileFormat.slide.isReadable { #expect(vips_type_find("VipsOperation", "openslideload") != 0) }
        guard ImageFileFormat.heif.isReadable else { return }
        #expect(vips_type_find("VipsOperation", "heifload_buffer") != 0)
        #if os(Linux)
            let libraries = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
            for name in ["Magick", "poppler"] { #expect(!libraries.contains(name), "\(name)") }
        #endif
    }
}
