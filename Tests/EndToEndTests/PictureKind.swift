import Foundation
import Imaging

/// A kind of image file, with the values that another reader finds in it.
struct PictureKind: Sendable {
    /// One picture of the file.
    struct Page: Sendable {
        let number: Int
        /// Pixel by pixel.
        let levels: [Double]
        /// The value that is white where no range is given.
        var white = 255.0
    }

    let name: String
    let file: URL
    let pages: [Page]
    let channels: Int
    /// What `--range` gets.
    var range: ClosedRange<Double>?
    /// How far the network's input may be off, in levels of 255.
    var tolerance = 1.0

    /// All kinds, those with the same channels and range together.
    static let groups: [[PictureKind]] = {
        let kinds = images + drawings + frames + volumes
        let groups = Dictionary(grouping: kinds) { "\($0.channels) \($0.range.map { "\($0)" } ?? "")" }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }()

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let imaging = tests.appending(path: "ImagingTests/Fixtures")

    private static func decoded<Value: Decodable>(_ file: String) -> [String: Value] {
        (try? JSONDecoder().decode([String: Value].self, from: Data(contentsOf: tests.appending(path: file)))) ?? [:]
    }

    /// What tifffile and Pillow read.
    private static var images: [PictureKind] {
        struct Picture: Decodable {
            let bands: Int
            let levels: [Double]
        }
        let files: [String: [Picture]] = decoded("ImagingTests/Fixtures/values/values.json")
        return files.map { name, pictures in
            let white = name.contains("uint16") ? 65535.0 : name.contains("float") ? 1 : 255
            var pages = pictures.enumerated().map { Page(number: $0, levels: $1.levels, white: white) }
            var channels = pictures[0].bands
            var range: ClosedRange<Double>?
            switch name.prefix { $0 != "_" } {
            case "numbers", "tiled": range = 0...4095
            case "signed": range = name.contains("int8") ? -128...127 : -1024...3000
            // The pages have 8, 16 and 64 bits.
            case "planes", "pages.tif": range = 0...255
            case "opacity", "premultiplied.tif", "jpeg":
                // The colours over white.
                channels -= 1
                pages = pages.map { Page(number: $0.number, levels: composited($0.levels, $0.white), white: $0.white) }
            default: break
            }
            return PictureKind(
                name: name, file: imaging.appending(path: "values/\(name)"), pages: pages, channels: channels, range: range,
                tolerance: name.hasPrefix("inks") || name.hasPrefix("jpeg") ? 3 : 1)
        }
    }

    private static func composited(_ levels: [Double], _ white: Double) -> [Double] {
        stride(from: 0, to: levels.count, by: 4).flatMap { start in
            (start..<start + 3).map { (levels[$0] * levels[start + 3] + white * (white - levels[start + 3])) / white }
        }
    }

    /// Other formats: the samples that were written into them, and what Pillow reads where a format loses some.
    private static var drawings: [PictureKind] {
        func kind(_ name: String, _ levels: [Double], tolerance: Double) -> PictureKind {
            PictureKind(
                name: name, file: imaging.appending(path: name), pages: [Page(number: 0, levels: levels)], channels: 3,
                tolerance: tolerance)
        }
        let stored = (try? Data(contentsOf: imaging.appending(path: "small.raw")))?.map(Double.init) ?? []
        let truths =
            [
                ("small.jpg", "small_from_jpg"), ("small.gif", "small_gif"), ("small.jp2", "formats"), ("palette.png", "palette_rgb"),
                ("palette.bmp", "palette_rgb"), ("rgba.png", "rgba_on_white"),
            ] + (1...8).map { ("orientation_\($0).jpg", "orientation_\($0)") }
        return ["png", "bmp", "ppm", "tif", "webp"].map { kind("small.\($0)", stored, tolerance: 1) }
            + truths.map { name, truth in
                let levels = (try? PixelImage(contentsOf: imaging.appending(path: "\(truth).png")))?.sampleLevels.map(Double.init) ?? []
                return kind(name, levels, tolerance: 3)
            }
    }

    private struct Medical: Decodable {
        struct Slice: Decodable {
            let index, count: Int
            let values: [Double]
        }
        var kind: String?
        var values: [Double]?
        var slices: [String: Slice]?
        var volume: Int?
    }

    /// What pydicom reads.
    private static var frames: [PictureKind] {
        let files: [String: Medical] = decoded("DICOMTests/Fixtures/expected.json")
        return files.compactMap { name, expected in
            // JPEG-LS is read only where CharLS is.
            guard let values = expected.values, let kind = expected.kind, !name.hasPrefix("jpeg_ls") else { return nil }
            let file = tests.appending(path: "DICOMTests/Fixtures/\(name)")
            let pages = PixelImage.pageCount(of: file)
            let size = values.count / pages
            let range = (values.min() ?? 0)...(values.max() ?? 1)
            return PictureKind(
                name: name, file: file,
                pages: (0..<pages).map {
                    Page(number: $0, levels: Array(values[$0 * size..<($0 + 1) * size]), white: kind == "deepColours" ? 65535 : 255)
                },
                channels: kind == "values" ? 1 : 3, range: kind == "values" ? range : nil,
                tolerance: name.hasPrefix("ybr") || name.hasPrefix("jpeg_") ? 2 : 1)
        }
    }

    /// What nibabel reads.
    private static var volumes: [PictureKind] {
        let files: [String: Medical] = decoded("NIfTITests/Fixtures/expected.json")
        return files.compactMap { name, expected in
            // A pair of files has no extension by which a folder would take it.
            guard name != "pair.hdr", let slice = expected.slices?["axial"], let low = slice.values.min(), let high = slice.values.max()
            else {
                return nil
            }
            return PictureKind(
                name: name, file: tests.appending(path: "NIfTITests/Fixtures/\(name)"),
                pages: [Page(number: (expected.volume ?? 0) * slice.count + slice.index, levels: slice.values)], channels: 1,
                range: low...high)
        }
    }
}
