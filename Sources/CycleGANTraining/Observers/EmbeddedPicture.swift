import Foundation
import Imaging

/// A picture inside a page, as a data URI.
struct EmbeddedPicture {
    let label: String
    /// The size in which the picture is shown, in CSS pixels.
    let shownSize: ImageSize
    /// Whether the picture is shown enlarged.
    let isEnlarged: Bool
    /// `data:image/png;base64,…`
    let source: String

    // Smaller pictures are enlarged by a whole number to about this many pixels.
    private static let readableSide = 160.0

    init(label: String, image: PixelImage, format: ImageFileFormat = .png, shownAs original: ImageSize? = nil) throws(ImageError) {
        let original = original ?? image.size
        let longer = Double(max(original.width, original.height))
        let enlargement = max(1, Int((Self.readableSide / longer).rounded()))
        self.label = label
        isEnlarged = enlargement > 1
        shownSize = ImageSize(height: original.height * enlargement, width: original.width * enlargement)
        source = "data:image/\(format.rawValue);base64,\(try image.encoded(as: format).base64EncodedString())"
    }

    /// Pictures that together take about `budget` bytes at most: PNG without loss where that is enough, else JPEG of quality 95, else
    /// JPEG of smaller pictures.
    static func embedded(
        _ rows: [[(label: String, image: PixelImage)]], budget: Int
    ) throws(ImageError) -> [[EmbeddedPicture]] {
        var pictures = try embedded(rows, format: .png, side: nil)
        if byteCount(pictures) <= budget { return pictures }
        var side = rows.joined().map { max($0.image.width, $0.image.height) }.max() ?? 1
        pictures = try embedded(rows, format: .jpeg, side: nil)
        while byteCount(pictures) > budget, side > smallestSide {
            let ratio = (Double(budget) / Double(byteCount(pictures))).squareRoot()
            side = max(smallestSide, Int(Double(side) * min(0.9, ratio)))
            pictures = try embedded(rows, format: .jpeg, side: side)
        }
        return pictures
    }

    // Smaller ones show nothing.
    private static let smallestSide = 48

    private static func embedded(
        _ rows: [[(label: String, image: PixelImage)]], format: ImageFileFormat, side: Int?
    ) throws(ImageError) -> [[EmbeddedPicture]] {
        var result: [[EmbeddedPicture]] = []
        for row in rows {
            var pictures: [EmbeddedPicture] = []
            for (label, image) in row {
                let image = (image: side.map { image.shrunk(toLongerSide: $0) } ?? image, original: image.size)
                pictures.append(try EmbeddedPicture(label: label, image: image.image, format: format, shownAs: image.original))
            }
            result.append(pictures)
        }
        return result
    }

    private static func byteCount(_ pictures: [[EmbeddedPicture]]) -> Int {
        pictures.joined().reduce(0) { $0 + $1.source.utf8.count }
    }
}
