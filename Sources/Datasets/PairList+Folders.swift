import Foundation
import Imaging
import Support

extension PairList {
    /// Lists the pairs of a split of a data set: pictures in `train` that hold both images side by side, or files in `trainA` and
    /// `trainB` of the same relative paths but for the extension.
    ///
    /// - Parameter holdOut: The share of the training pairs that serves for validation, where the data set has no folders for it.
    /// - Throws: `DatasetError` where both layouts are there, or neither, and where an image has no partner.
    public init(root: URL, split: Split = .train, domains: [Domain] = Domain.pair, holdOut: HoldOut? = nil) throws(DatasetError) {
        let names = [Split.validation.rawValue] + domains.map { Split.validation.folder(of: $0) }
        let hasValidation = names.contains { root.appending(path: $0).isFolder }
        guard let holdOut, split != .test, !hasValidation else {
            self = try Self.pairs(of: split, in: root, domains: domains)
            return
        }
        let parts = try Self.pairs(of: .train, in: root, domains: domains).split(holdOut)
        self = split == .train ? parts.kept : parts.heldOut
    }

    private static func pairs(of split: Split, in root: URL, domains: [Domain]) throws(DatasetError) -> PairList {
        switch try split.pairLayout(in: root, domains: domains) {
        case .pictures: return PairList(halves: try ImageFolder(root.appending(path: split.rawValue)))
        case .folders: return try PairList(matching: domains.map { root.appending(path: split.folder(of: $0)) })
        case nil: throw split.noPairs(in: root, domains: domains)
        }
    }

    /// The pairs of a folder: files of the same relative paths in its folders `A` and `B` or `trainA` and `trainB`, or else its
    /// pictures, which hold both images side by side.
    init(folder: URL, domains: [Domain]) throws(DatasetError) {
        let layouts = [domains.map(\.name), domains.map { Split.train.folder(of: $0) }]
        let separate = layouts.map { names in names.map { folder.appending(path: $0) } }
        if let folders = separate.first(where: { $0.contains(where: \.isFolder) }) {
            try self.init(matching: folders)
        } else {
            self.init(halves: try ImageFolder(folder))
        }
    }

    /// The files of two folders of the same relative paths but for the extension, in the order of the first folder.
    ///
    /// - Throws: `DatasetError` where a path occurs twice in a folder or in one folder only.
    init(matching roots: [URL]) throws(DatasetError) {
        let folders = try roots.map { root throws(DatasetError) in try ImageFolder(root) }
        let files = try folders.map { folder throws(DatasetError) in try Self.filesByStem(folder) }
        for (own, other) in [(0, 1), (1, 0)] {
            let alone = folders[own].files.filter { files[other][Self.stem($0)] == nil }
            if alone.count == folders[own].files.count {
                throw .noPartners(folder: roots[own].path, partners: roots[other].path, count: alone.count, example: alone[0])
            }
            guard alone.isEmpty else {
                throw .missingPartners(
                    folder: roots[own].path, partners: roots[other].path, count: alone.count, examples: Array(alone.prefix(3)))
            }
        }
        let partners = folders[0].files.compactMap { files[1][Self.stem($0)] }
        self.init(files: [folders[0], ImageFolder(root: roots[1], files: partners, otherFiles: folders[1].otherFiles)])
    }

    private static func filesByStem(_ folder: ImageFolder) throws(DatasetError) -> [String: String] {
        let groups = Dictionary(grouping: folder.files, by: stem)
        // In the folder's order, to name the same files each time.
        if let file = folder.files.first(where: { groups[stem($0), default: []].count > 1 }) {
            throw .ambiguousPair(folder: folder.root.path, files: groups[stem(file), default: []])
        }
        return groups.compactMapValues(\.first)
    }

    private static func stem(_ path: String) -> String { (path as NSString).deletingPathExtension }
}
