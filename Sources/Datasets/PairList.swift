import Foundation
import Imaging

/// Which images of two domains show the same thing.
public struct PairList: Sendable, Equatable {
    /// Where the images of one pair are.
    enum Pair: Equatable {
        /// In the left and the right half of one picture.
        case halves(URL)
        /// In a file each.
        case files(URL, URL)
    }

    /// The files of the first and of the second domain: those of one pair have one index. For halves both are the same.
    package let folders: [ImageFolder]
    /// Whether a picture holds the first domain's image in its left half and the second domain's in its right half.
    let areHalves: Bool

    /// Pictures of two halves.
    init(halves folder: ImageFolder) {
        folders = [folder, folder]
        areHalves = true
    }

    /// Files in the order of their pairs.
    init(files: [ImageFolder]) {
        precondition(
            files.count == 2 && files[0].files.count == files[1].files.count, "a list of pairs needs equally many files of two domains")
        folders = files
        areHalves = false
    }

    /// The number of pairs, at least 1.
    public var count: Int { folders[0].files.count }

    subscript(index: Int) -> Pair {
        areHalves ? .halves(folders[0].url(index)) : .files(folders[0].url(index), folders[1].url(index))
    }

    /// Where the images of a pair are read from, that of the first domain and that of the second.
    package func sources(_ index: Int) -> [ImageSource] {
        zip(folders, ImageSource.Half.allCases).map { ImageSource($0.url(index), half: areHalves ? $1 : nil) }
    }

    /// The files of both domains.
    func paths(_ index: Int) -> [String] { folders.map { $0.url(index).path } }

    /// The files of a pair in words.
    func name(_ index: Int) -> String {
        areHalves ? paths(index)[0] : paths(index).joined(separator: " with ")
    }

    /// The folders in words.
    var place: String {
        folders[0].root == folders[1].root ? folders[0].root.path : folders.map(\.root.path).joined(separator: ", ")
    }

    /// Some of the pairs.
    private func pairs(_ indices: [Int]) -> PairList {
        let parts = folders.map { folder in
            ImageFolder(root: folder.root, files: indices.map { folder.files[$0] }, otherFiles: folder.otherFiles)
        }
        return areHalves ? PairList(halves: parts[0]) : PairList(files: parts)
    }

    /// The pairs without those of which an image is held out of a data set of unpaired images for validation.
    ///
    /// - Parameters:
    ///   - root: The folder of that data set.
    ///   - path: What the pairs were listed from, for errors.
    /// - Throws: `DatasetError.unreadablePairs` where none is left.
    public func excluding(
        _ holdOut: HoldOut, of root: URL, domains: [Domain] = Domain.pair, path: String
    ) throws(DatasetError) -> PairList {
        let heldOut = Set(
            try Split.validation.imageFolders(in: root, domains: domains, holdOut: holdOut).flatMap { folder in
                folder.files.indices.map { folder.url($0).standardizedFileURL.path }
            })
        let kept = (0..<count).filter { index in
            folders.allSatisfy { !heldOut.contains($0.url(index).standardizedFileURL.path) }
        }
        guard !kept.isEmpty else { throw .unreadablePairs(path: path, reason: "an image of each pair is held out for validation") }
        return pairs(kept)
    }

    /// Parts the pairs in two by the files of the first domain, as `ImageFolder.split(holdingOut:seed:)` does.
    ///
    /// - Throws: `DatasetError.invalidHoldOut`.
    func split(_ holdOut: HoldOut) throws(DatasetError) -> (kept: PairList, heldOut: PairList) {
        let heldOut = Set(try folders[0].split(holdingOut: holdOut.fraction, seed: holdOut.seed).heldOut.files)
        let isHeldOut = folders[0].files.map(heldOut.contains)
        return (pairs(isHeldOut.indices.filter { !isHeldOut[$0] }), pairs(isHeldOut.indices.filter { isHeldOut[$0] }))
    }
}
