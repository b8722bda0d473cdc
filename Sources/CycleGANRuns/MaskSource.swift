import Datasets
import Foundation
import Support

/// Where the masks of the images to translate are.
enum MaskSource {
    /// The mask of the only image.
    case file(URL)
    /// Masks under the images' relative paths.
    case folder(MaskFolder)

    /// - Throws: `TranslationPlanError` or `DatasetError` when there is nothing there.
    init(_ url: URL) throws {
        guard url.exists else {
            throw TranslationPlanError("the masks: \(url.path) does not exist; expected a folder of masks or one mask file")
        }
        self = url.isFolder ? .folder(try MaskFolder(url)) : .file(url)
    }

    /// - Parameter path: The image's path relative to the folder that was given.
    func mask(of image: URL, path: String) -> Result<URL, DatasetError> {
        switch self {
        case .file(let url): .success(url)
        case .folder(let folder): Result { () throws(DatasetError) in try folder.url(of: image, path: path) }
        }
    }
}
