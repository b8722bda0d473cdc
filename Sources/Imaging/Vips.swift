import CVips
import Foundation

/// libvips, started once for the process, and its failures.
enum Vips {
    private static let isStarted = cvips_start("cyclegan")

    /// Starts libvips on first use, from any thread, without its modules. Returns what went wrong, or `nil`.
    static func start() -> String? {
        isStarted ? nil : "libvips could not be started: \(takeError())"
    }

    /// Whether libvips reads a format. Those of its modules are loaded when first asked for, each alone.
    static func canLoad(_ format: ImageFileFormat) -> Bool {
        guard isStarted else { return false }
        return switch format {
        case .bmp: false
        case .gif: hasGIF
        case .jp2: hasJP2
        case .heif: hasHEIF
        case .jxl: hasJXL
        case .slide: hasSlides
        case .jpeg, .png, .webp, .tiff, .ppm: true
        }
    }

    private static let hasGIF = cvips_can_load("gif", "Nsgif")
    private static let hasJP2 = cvips_can_load("jp2k", "Jp2k")
    private static let hasHEIF = cvips_can_load("heif", "Heif")
    private static let hasJXL = cvips_can_load("jxl", "Jxl")
    private static let hasSlides = cvips_can_load_slides()

    /// The first line of the latest failure.
    static func takeError() -> String {
        guard let text = cvips_take_error() else { return "unknown reason" }
        defer { g_free(text) }
        let lines = String(cString: text).split(whereSeparator: \.isNewline)
        return lines.first.map(String.init) ?? "unknown reason"
    }

    /// One image of libvips; the reference ends with the value's last use.
    final class Image {
        let pointer: UnsafeMutablePointer<VipsImage>

        /// Takes over a new reference; `nil` where the operation failed.
        init?(_ result: UnsafeMutablePointer<VipsImage>?) {
            guard let result else { return nil }
            pointer = result
        }

        deinit { cvips_release(pointer) }

        var width: Int { Int(vips_image_get_width(pointer)) }
        var height: Int { Int(vips_image_get_height(pointer)) }
        var bands: Int { Int(vips_image_get_bands(pointer)) }
        var format: VipsBandFormat { vips_image_get_format(pointer) }
        /// Bytes of one sample.
        var sampleSize: Int { Int(vips_format_sizeof(format)) }
        var interpretation: VipsInterpretation { vips_image_get_interpretation(pointer) }

        func integer(_ name: String, default missing: Int) -> Int {
            Int(cvips_integer(pointer, name, Int32(missing)))
        }
    }
}
