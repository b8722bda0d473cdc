import Foundation
import Imaging
import Support

/// The parts of a data set.
public enum Split: String, Codable, CaseIterable, Sendable {
    case train, test
    case validation = "val"

    /// How the folders of domains are called.
    public enum Folders: Sendable {
        /// `trainA`, `testB`.
        case joined
        /// `train/A`, `test/B`, for any number of domains.
        case nested
    }

    /// The name of a domain's folder: `trainA`, `testB` and so on.
    public func folder(of domain: Domain) -> String { folder(of: domain, .joined) }

    /// The name of a domain's folder.
    public func folder(of domain: Domain, _ folders: Folders) -> String {
        folders == .joined ? rawValue + domain.name : "\(rawValue)/\(domain.name)"
    }

    /// The name of a domain's folder where that domain stands alone: `trainA`, or `train/A`; of training images the data set's own folder
    /// where it holds pictures and none of these.
    package func existingFolder(of domain: Domain, in root: URL) -> String {
        let names = [folder(of: domain, .joined), folder(of: domain, .nested)]
        if let found = names.first(where: { root.appending(path: $0).isFolder }) { return found }
        let isPlain = self == .train && ImageFolder.subfolders(of: root).allSatisfy { !$0.hasPrefix(rawValue) }
        return isPlain && (try? ImageFolder(root)) != nil ? "" : names[0]
    }

    /// Lists the files of some domains.
    ///
    /// - Parameter holdOut: Parts the training images where a data set has no validation folder of any of the domains.
    func imageFolders(
        in root: URL, domains: [Domain], _ kind: Folders = .joined, holdOut: HoldOut?
    ) throws(DatasetError) -> [ImageFolder] {
        func folders(_ split: Split) throws(DatasetError) -> [ImageFolder] {
            if kind == .joined { try split.checkIsUnpaired(in: root, domains: domains) }
            return try domains.map { domain throws(DatasetError) in try ImageFolder(root.appending(path: split.folder(of: domain, kind))) }
        }
        let hasValidation = domains.contains { root.appending(path: Split.validation.folder(of: $0, kind)).exists }
        guard let holdOut, self != .test, !hasValidation else { return try folders(self) }
        return try folders(.train).map { folder throws(DatasetError) in
            let parts = try folder.split(holdingOut: holdOut.fraction, seed: holdOut.seed)
            return self == .train ? parts.kept : parts.heldOut
        }
    }
}
