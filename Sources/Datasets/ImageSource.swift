import Foundation
import Imaging

/// Where an image of a data set is read from: a whole file, or one half of a picture of two images side by side.
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
    /// The part of the file; `nil` for all of it.
    public let half: Half?

    /// A whole file, or a half of it.
    public init(_ url: URL, half: Half? = nil) {
        self.url = url
        self.half = half
    }

    /// The path of the file and the part of it, for messages.
    public var name: String { half.map { "\(url.path) (\($0.rawValue) half)" } ?? url.path }

    /// Reads the file and cuts out the part.
    ///
    /// - Throws: `ImageError` for a file that cannot be read; `DatasetError.oddWidth` for a picture without halves.
    public func read() throws -> PixelImage {
        let picture = try PixelImage(contentsOf: url)
        return try half.map { try picture.half($0, path: url.path) } ?? picture
    }

    /// The size of the part, upright.
    ///
    /// - Throws: `ImageError` for a file that cannot be read.
    package func size() throws(ImageError) -> ImageSize {
        let picture = try PixelImage.size(contentsOf: url)
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
