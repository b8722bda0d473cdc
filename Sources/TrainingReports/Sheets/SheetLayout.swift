import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support

/// Which picture lies where on the sample sheets of a run: the rows of a translation below each other, captions above its columns.
struct SheetLayout: Codable, Equatable {
    /// A picture of a sheet: what it shows, its place and its size in pixels of the sheet.
    struct Picture: Codable, Equatable {
        let role: PictureRole
        let domain: Domain
        let x, y, width, height: Int
        /// The sides of the squares that the picture's pixels have become.
        let enlargement: Int

        var size: ImageSize { ImageSize(height: height, width: width) }
    }

    let width, height: Int
    /// One row for each sample and translation, in the order of the pictures.
    let rows: [[Picture]]

    // Larger pictures are made smaller, smaller ones than `readableSide` are enlarged: a sheet is for a screen.
    static let screenSide = 256
    static let readableSide = 128
    private static let gutter = ContactSheet.gutter
    private static let titleHeight = 26
    private static let captionHeight = 20

    /// - Parameters:
    ///   - pictures: At least one.
    ///   - isFullSize: Whether pictures keep their size.
    init(of pictures: SamplePictures, isFullSize: Bool) {
        let sizes = pictures.rows.map { row in row.pictures.map { Self.shownSize(of: $0.image.size, isFullSize: isFullSize) } }
        let columns = (0..<(sizes.map(\.count).max() ?? 0)).map { column in
            sizes.map { column < $0.count ? $0[column].size.width : 0 }.reduce(Self.readableSide, max)
        }
        let lefts = columns.reduce(into: [Self.gutter]) { $0.append($0[$0.count - 1] + $1 + Self.gutter) }
        let kinds = pictures.rows.map { row in row.pictures.map { Kind(role: $0.role, domain: $0.domain) } }
        var rows = [[Picture]](repeating: [], count: sizes.count)
        var top = Self.titleHeight
        for block in Self.blocks(of: kinds) {
            top += Self.captionHeight
            for row in block {
                rows[row] = zip(kinds[row], sizes[row]).enumerated().map { column, picture in
                    let (kind, shown) = picture
                    return Picture(
                        role: kind.role, domain: kind.domain, x: lefts[column], y: top, width: shown.size.width,
                        height: shown.size.height, enlargement: shown.enlargement)
                }
                top += (sizes[row].map(\.size.height).max() ?? 0) + Self.gutter
            }
        }
        (width, height, self.rows) = (lefts[lefts.count - 1], top, rows)
    }

    private struct Kind: Equatable {
        let role: PictureRole
        let domain: Domain
    }

    /// The rows that have the same columns.
    private static func blocks(of kinds: [[Kind]]) -> [[Int]] {
        var blocks: [[Int]] = []
        for row in kinds.indices where !kinds[row].isEmpty {
            if let block = blocks.firstIndex(where: { kinds[$0[0]] == kinds[row] }) {
                blocks[block].append(row)
            } else {
                blocks.append([row])
            }
        }
        return blocks
    }

    private static func shownSize(of size: ImageSize, isFullSize: Bool) -> (size: ImageSize, enlargement: Int) {
        let longer = max(size.height, size.width)
        guard !isFullSize, longer <= screenSide else { return (isFullSize ? size : size.shrunk(toLongerSide: screenSide), 1) }
        let factor = max(1, readableSide / longer)
        return (ImageSize(height: size.height * factor, width: size.width * factor), factor)
    }

    /// The sheet: a title, captions and pictures.
    ///
    /// - Parameter ranges: The values of black and white by domain.
    func drawn(
        _ pictures: SamplePictures, title: String, names: DomainNames, ranges: [Domain: ValueRange]
    ) -> PixelImage {
        var canvas = Canvas(size: ImageSize(height: height, width: width))
        canvas.write(title, x: Self.gutter, y: 7, width: width - 2 * Self.gutter, height: 14)
        let kinds = pictures.rows.map { row in row.pictures.map { Kind(role: $0.role, domain: $0.domain) } }
        for block in Self.blocks(of: kinds) {
            let places = rows[block[0]]
            for (column, picture) in pictures.rows[block[0]].pictures.enumerated() {
                let right = column + 1 < places.count ? places[column + 1].x : width
                canvas.write(
                    picture.title(names), x: places[column].x, y: places[column].y - Self.captionHeight + 4,
                    width: right - Self.gutter - places[column].x, height: 11)
            }
        }
        for (places, row) in zip(rows, pictures.rows) {
            for (place, picture) in zip(places, row.pictures) {
                let image = picture.displayed(ranges)
                canvas.draw(
                    place.enlargement > 1 ? image.enlarged(by: place.enlargement) : image.resized(to: place.size), x: place.x, y: place.y)
            }
        }
        return canvas.image
    }

    /// The pictures of a sheet; `nil` when it is not of this layout.
    func pictures(in sheet: PixelImage) -> [[SamplePictures.Picture]]? {
        guard sheet.width == width, sheet.height == height else { return nil }
        return rows.map { row in
            row.map { picture in
                SamplePictures.Picture(
                    role: picture.role, domain: picture.domain,
                    image: sheet.cropped(x: picture.x, y: picture.y, size: picture.size).reduced(by: picture.enlargement))
            }
        }
    }
}

extension SheetLayout {
    /// The layout of the sheets in a folder; `nil` where it is not known.
    init?(in folder: URL) {
        guard let data = try? Data(contentsOf: Self.file(in: folder)), let layout = try? JSONDecoder().decode(Self.self, from: data),
            layout.isPossible
        else { return nil }
        self = layout
    }

    /// Whether all pictures lie on the sheet: a file may say anything.
    private var isPossible: Bool {
        rows.joined().allSatisfy { picture in
            let (sides, factor) = ([picture.width, picture.height], picture.enlargement)
            return picture.x >= 0 && picture.y >= 0 && picture.x <= width && picture.y <= height && factor > 0
                && sides.allSatisfy { $0 > 0 && $0.isMultiple(of: factor) }
                && picture.width <= width - picture.x && picture.height <= height - picture.y
        }
    }

    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try AtomicFile.write(encoder.encode(self), to: Self.file(in: folder))
    }

    private static func file(in folder: URL) -> URL { folder.appending(path: "layout.json") }
}
