import Foundation
import Imaging

/// The masks of a folder of images: files of the same relative paths, with the same or another image extension.
///
/// A mask is white where its image is to be changed and black elsewhere; see `PixelImage.asMask(of:name:imageName:)`.
public struct MaskFolder: Sendable, Equatable {
    /// The folder.
    public let root: URL
    /// The relative paths by what they are without their extension.
    private let files: [String: [String]]

    /// Lists a folder and its subfolders.
    ///
    /// - Throws: `DatasetError` where the folder is missing or holds no images.
    public init(_ root: URL) throws(DatasetError) {
        self.root = root
        files = Dictionary(grouping: try ImageFolder(root).files, by: Self.stem)
    }

    /// The masks of the images of `trainA` are in `trainA_mask` beside it.
    ///
    /// - Throws: `DatasetError` where that folder is missing or holds no images.
    package init(of images: ImageFolder) throws(DatasetError) {
        let name = images.root.lastPathComponent
        let root = images.root.deletingLastPathComponent().appending(path: name + "_mask")
        do throws(DatasetError) {
            try self.init(root)
        } catch {
            guard case .missingFolder = error else { throw error }
            throw .missingMaskFolder(path: root.path, images: name)
        }
    }

    /// The mask of an image: the file of the same path or, where there is none, the first of the same path but for the extension.
    ///
    /// - Parameters:
    ///   - image: The image, for the error.
    ///   - path: The image's path relative to its folder.
    /// - Throws: `DatasetError.missingMask`.
    public func url(of image: URL, path: String) throws(DatasetError) -> URL {
        let candidates = files[Self.stem(path)] ?? []
        guard let file = candidates.contains(path) ? path : candidates.first else {
            throw .missingMask(image: image.path, path: Self.stem(path), folder: root.path)
        }
        return root.appending(path: file)
    }

    private static func stem(_ path: String) -> String { (path as NSString).deletingPathExtension }
}
