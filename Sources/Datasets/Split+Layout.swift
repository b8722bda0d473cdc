import Foundation
import Imaging
import Support

/// Where the images of a split are.
enum SplitLayout {
    /// In one folder: every picture holds an image of each domain, side by side.
    case pictures
    /// In a folder for each domain, of which some may be missing.
    case folders
}

extension Split {
    /// Looks for the folders of a data set of pairs; `nil` where there is none.
    ///
    /// - Throws: `DatasetError.twoPairLayouts`.
    func pairLayout(in root: URL, domains: [Domain]) throws(DatasetError) -> SplitLayout? {
        let names = domains.map(folder)
        switch (root.appending(path: rawValue).isFolder, names.contains { root.appending(path: $0).isFolder }) {
        case (true, true): throw .twoPairLayouts(root: root.path, pictures: rawValue, folders: names)
        case (true, false): return .pictures
        case (false, true): return .folders
        case (false, false): return nil
        }
    }

    /// That there are neither pictures nor folders.
    func noPairs(in root: URL, domains: [Domain]) -> DatasetError {
        .noPairs(root: root.path, pictures: rawValue, folders: domains.map(folder), found: ImageFolder.subfolders(of: root))
    }

    /// Checks that a data set for unpaired images is not one of pairs.
    ///
    /// - Throws: `DatasetError.onlyPairs`.
    func checkIsUnpaired(in root: URL, domains: [Domain]) throws(DatasetError) {
        guard case .pictures? = try? pairLayout(in: root, domains: domains), (try? ImageFolder(root.appending(path: rawValue))) != nil
        else { return }
        throw .onlyPairs(root: root.path, pictures: rawValue, folders: domains.map(folder))
    }
}
