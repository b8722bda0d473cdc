import Imaging

/// Pictures side by side on white: where each one lies, and the sheet itself.
package struct ContactSheet {
    /// Pixels between pictures and around them.
    package static let gutter = 4

    /// The top left pixel of every picture, in rows.
    package let origins: [[(x: Int, y: Int)]]
    package let size: ImageSize

    /// Lays out pictures: every column as wide as its widest, every row as high as its highest picture.
    ///
    /// - Parameter sizes: At least one, in rows that may differ in length.
    package init(sizes: [[ImageSize]]) {
        precondition(sizes.contains { !$0.isEmpty }, "a contact sheet needs a picture")
        let columns = (0..<(sizes.map(\.count).max() ?? 0)).map { column in
            sizes.map { column < $0.count ? $0[column].width : 0 }.max() ?? 0
        }
        let lefts = columns.reduce(into: [Self.gutter]) { $0.append($0[$0.count - 1] + $1 + Self.gutter) }
        var top = Self.gutter
        origins = sizes.map { row in
            defer { top += (row.map(\.height).max() ?? 0) + Self.gutter }
            return row.indices.map { (lefts[$0], top) }
        }
        size = ImageSize(height: top, width: lefts[lefts.count - 1])
    }

    /// Draws 8-bit RGB pictures of the sizes that the sheet was laid out for.
    package func drawn(_ pictures: [[PixelImage]]) -> PixelImage {
        var canvas = Canvas(size: size)
        for (row, rowOrigins) in zip(pictures, origins) {
            for (picture, origin) in zip(row, rowOrigins) { canvas.draw(picture, x: origin.x, y: origin.y) }
        }
        return canvas.image
    }
}
