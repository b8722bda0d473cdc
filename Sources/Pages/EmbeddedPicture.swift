import Foundation
import Imaging

/// A picture inside a page, as a data URI.
package struct EmbeddedPicture {
    package let label: String
    /// The size in which the picture is shown, in CSS pixels.
    package let shownSize: ImageSize
    /// Whether the picture is shown enlarged.
    package let isEnlarged: Bool
    /// `data:image/png;base64,…`
    package let source: String

    // Smaller pictures are enlarged by a whole number to about this many pixels.
    private static let readableSide = 160.0

    package init(label: String, image: PixelImage, format: ImageFileFormat = .png, shownAs original: ImageSize? = nil) throws(ImageError) {
        let original = original ?? image.size
        let longer = Double(max(original.width, original.height))
        let enlargement = max(1, Int((Self.readableSide / longer).rounded()))
        self.label = label
        isEnlarged = enlargement > 1
        shownSize = ImageSize(height: original.height * enlargement, width: original.width * enlargement)
        source = "data:image/\(format.rawValue);base64,\(try image.encoded(as: format).base64EncodedString())"
    }

    /// The picture as an element of the page.
    ///
    /// - Parameter alternative: What it shows, in words.
    package func html(alternative: String) -> String {
        let style = isEnlarged ? " class=\"pixels\"" : ""
        let size = "width=\"\(shownSize.width)\" height=\"\(shownSize.height)\""
        return "<img\(style) src=\"\(source)\" \(size) alt=\"\(escaped(alternative))\"/>"
    }

    /// A picture that takes about `budget` bytes at most.
    package static func embedded(label: String, image: PixelImage, budget: Int) throws(ImageError) -> EmbeddedPicture {
        if let picture = try embedded([[(label, image)]], budget: budget).first?.first { return picture }
        return try EmbeddedPicture(label: label, image: image)
    }

    /// Pictures that together take about `budget` bytes at most: PNG without loss where that is enough, else JPEG of quality 95, else
    /// JPEG of smaller pictures.
    package static func embedded(
        _ rows: [[(label: String, image: PixelImage)]], budget: Int
    ) throws(ImageError) -> [[EmbeddedPicture]] {
        if let pictures = try embedded(rows, format: .png, side: nil, budget: budget) { return pictures }
        var side = rows.joined().map { max($0.image.width, $0.image.height) }.max() ?? 1
        while side > smallestSide {
            if let pictures = try embedded(rows, format: .jpeg, side: side, budget: budget) { return pictures }
            side = side * 4 / 5
        }
        return try embedded(rows, format: .jpeg, side: smallestSide, budget: .max) ?? []
    }

    // Smaller ones show nothing.
    private static let smallestSide = 48

    /// The pictures with a limited side, or `nil` as soon as they exceed the budget: encoding takes the training's time.
    private static func embedded(
        _ rows: [[(label: String, image: PixelImage)]], format: ImageFileFormat, side: Int?, budget: Int
    ) throws(ImageError) -> [[EmbeddedPicture]]? {
        var result: [[EmbeddedPicture]] = []
        var byteCount = 0
        for row in rows {
            var pictures: [EmbeddedPicture] = []
            for (label, image) in row {
                let shown = side.map { image.shrunk(toLongerSide: $0) } ?? image
                let picture = try EmbeddedPicture(label: label, image: shown, format: format, shownAs: image.size)
                byteCount += picture.source.utf8.count
                if byteCount > budget { return nil }
                pictures.append(picture)
            }
            result.append(pictures)
        }
        return result
    }
}
