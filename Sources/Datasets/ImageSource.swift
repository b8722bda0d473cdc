import Foundation
import Imaging
import NIfTI

/// Where an image of a data set is read from: a file, one page of a file of several, or one half of a picture of two images side by side.
public struct ImageSource: Sendable, Hashable {
    /// A half of a picture.
    public enum Half: String, Sendable, CaseIterable {
        /// The image of the first domain.
        case left
        /// The image of the second domain.
        case right
    }

    /// The file.
    public let url: URL
    /// Which picture of a file that holds several, from 0; `nil` for a file of one.
    public let page: Int?
    /// The part of the picture; `nil` for all of it.
    public let half: Half?
    /// Along which axis a volume is cut into pages.
    public let axis: SliceAxis

    /// A whole file, or a part of it.
    public init(_ url: URL, page: Int? = nil, half: Half? = nil, axis: SliceAxis = .axial) {
        self.url = url
        self.axis = axis
        self.page = page
        self.half = half
    }

    /// Every picture of a file: each page of a TIFF file, each frame of an animation or of DICOM, each slice of a NIfTI volume.
    ///
    /// - Parameters:
    ///   - axis: Along which a volume is cut.
    ///   - emptySlices: The share of empty slices of a volume that are taken; the others are left out. Any picture of other files is taken.
    public static func all(in url: URL, axis: SliceAxis = .axial, emptySlices: Double = 1) -> [ImageSource] {
        let count = PixelImage.pageCount(of: url, axis: axis)
        if count == 1 { return [ImageSource(url, axis: axis)] }
        let pages = (0..<count).map { ImageSource(url, page: $0, axis: axis) }
        guard emptySlices < 1, let isEmpty = EmptySlices.pages(of: url, axis: axis), isEmpty.count == count else { return pages }
        let kept = zip(pages, EmptySlices.kept(isEmpty, share: emptySlices)).filter(\.1).map(\.0)
        // A volume of which nothing would be left is taken whole: every file has its pictures.
        return kept.isEmpty ? pages : kept
    }

    /// The path of the file and the part of it, for messages.
    public var name: String {
        let parts = [page.map { "page \($0 + 1)" }, half.map { "\($0.rawValue) half" }].compactMap { $0 }
        return parts.isEmpty ? url.path : "\(url.path) (\(parts.joined(separator: ", ")))"
    }

    /// Reads the file and cuts out the part.
    ///
    /// - Throws: `ImageError` for a file that cannot be read; `DatasetError.oddWidth` for a picture without halves.
    public func read() throws -> PixelImage {
        let picture = try PixelImage(contentsOf: url, page: page ?? 0, axis: axis)
        return try half.map { try picture.half($0, path: url.path) } ?? picture
    }

    /// Reads the part and picks a domain's bands of it.
    ///
    /// - Throws: As `read()`, and `ImageError.missingBand`.
    package func read(for images: DomainConfiguration) throws -> PixelImage {
        try read().picking(bands: images.bands, name: name)
    }

    /// Reads a rectangle of a large picture, as `PixelImage.part(of:page:area:)` does, with a domain's bands.
    ///
    /// - Returns: `nil` where the whole has to be read.
    /// - Throws: `ImageError`.
    func readPart(for images: DomainConfiguration, area: (ImageSize) -> ImageArea?) throws(ImageError) -> PixelImage? {
        guard half == nil else { return nil }
        return try PixelImage.part(of: url, page: page ?? 0, area: area)?.picking(bands: images.bands, name: name)
    }

    /// Reads what tells of the values of an image: of a large picture the middle.
    ///
    /// - Throws: As `read(for:)`.
    package func readMiddle(for images: DomainConfiguration) throws -> PixelImage {
        try readPart(for: images) { ImageArea(middleOf: $0, atMost: 1024) } ?? read(for: images)
    }

    /// The mask that belongs to it: the page of the same number, or the only one.
    package func mask(in file: URL) -> ImageSource {
        guard let page else { return ImageSource(file, axis: axis) }
        let masks = Self.all(in: file, axis: axis)
        return masks.count == 1 ? masks[0] : ImageSource(file, page: page, axis: axis)
    }

    /// The values that a file of medicine itself asks to be shown from black to white.
    package var window: ClosedRange<Double>? { PixelImage.window(of: url, page: page ?? 0) }

    /// The size of the part, upright.
    ///
    /// - Throws: `ImageError` for a file that cannot be read.
    package func size() throws(ImageError) -> ImageSize {
        let picture = try PixelImage.size(contentsOf: url, page: page ?? 0, axis: axis)
        return half == nil ? picture : ImageSize(height: picture.height, width: max(1, picture.width / 2))
    }
}

extension PixelImage {
    /// One half of a picture of two images side by side.
    ///
    /// - Throws: `DatasetError.oddWidth`.
    func half(_ half: ImageSource.Half, path: String) throws(DatasetError) -> PixelImage {
        guard width.isMultiple(of: 2) else { throw .oddWidth(path: path, width: width) }
        return cropped(x: half == .left ? 0 : width / 2, y: 0, size: ImageSize(height: height, width: width / 2))
    }
}
