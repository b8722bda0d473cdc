import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support

/// Which picture lies where in the contact sheets of a run.
struct SheetLayout: Codable, Equatable {
    /// A picture of a sheet: what it shows, and its size.
    struct Picture: Codable, Equatable {
        let role: PictureRole
        let domain: Domain
        let width: Int
        let height: Int

        var size: ImageSize { ImageSize(height: height, width: width) }
    }

    /// One row for each sample and translation.
    let rows: [[Picture]]

    init(of pictures: SamplePictures) {
        rows = pictures.rows.map { row in
            row.pictures.map { Picture(role: $0.role, domain: $0.domain, width: $0.image.width, height: $0.image.height) }
        }
    }

    /// The layout of the sheets in a folder; `nil` where it is not known.
    init?(in folder: URL) {
        guard let data = try? Data(contentsOf: Self.file(in: folder)), let layout = try? JSONDecoder().decode(Self.self, from: data),
            layout.rows.joined().allSatisfy({ $0.width > 0 && $0.height > 0 })
        else { return nil }
        self = layout
    }

    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try AtomicFile.write(encoder.encode(self), to: Self.file(in: folder))
    }

    /// The pictures of a sheet; `nil` when it is not of this layout.
    func pictures(in sheet: PixelImage) -> [[SamplePictures.Picture]]? {
        let sizes = rows.map { $0.map(\.size) }
        guard sizes.contains(where: { !$0.isEmpty }) else { return nil }
        let layout = ContactSheet(sizes: sizes)
        guard layout.size == sheet.size else { return nil }
        return zip(rows, layout.origins).map { row, origins in
            zip(row, origins).map { picture, origin in
                SamplePictures.Picture(
                    role: picture.role, domain: picture.domain, image: sheet.cropped(x: origin.x, y: origin.y, size: picture.size))
            }
        }
    }

    private static func file(in folder: URL) -> URL { folder.appending(path: "layout.json") }
}
