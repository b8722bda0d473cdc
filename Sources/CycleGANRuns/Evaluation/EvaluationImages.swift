import Checkpoints
import CycleGANInference
import CycleGANMetrics
import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import NIfTI
import Support

/// The files that one translation is measured on.
public struct EvaluationImages {
    /// Where the images to translate are, and the real ones of the target domain: one folder where pictures hold both side by side.
    let sourceFolder, targetFolder: ImageFolder
    /// The images to translate, and the real ones of the target domain.
    let sources, targets: [ImageSource]
    /// The masks of the images to translate, for a model with masks.
    let masks: [ImageSource?]
    /// The true images beside the sources, where there are pairs.
    let truths: [ImageSource]?

    /// Images to translate.
    public var count: Int { sources.count }
    /// The relative paths of the files with the images to translate.
    var names: [String] { sourceFolder.files }

    /// Lists the images of a split: those of a folder for each domain or, where there is none of these, the halves of pictures with the
    /// image of the first domain on the left and that of the second on the right. Of a model for many domains those of `test/<domain>`.
    ///
    /// - Parameter isPaired: Whether translations are compared with the true images: the other halves, or the files of the same names.
    /// - Throws: `DatasetError` for missing and contradicting folders, missing masks and pictures without halves; `MetricError` where
    ///   images have no counterpart of the same name.
    public init(data: URL, split: Split, translation: Translation, hasMasks: Bool, isPaired: Bool, axis: SliceAxis = .axial) throws {
        let domains = [translation.from, translation.to]
        let (folders, ofMany) = (
            domains.map { data.appending(path: split.folder(of: $0)) },
            domains.map { data.appending(path: split.folder(of: $0, .nested)) }
        )
        // A and B may be two of many.
        let areOfMany = !Domain.pair.contains(domains[0]) || (!folders.contains(where: \.isFolder) && ofMany.allSatisfy(\.isFolder))
        if areOfMany {
            try self.init(ofMany[0], ofMany[1], hasMasks: hasMasks, isPaired: isPaired, axis)
            return
        }
        let hasFolders = folders.contains(where: \.isFolder)
        let hasPictures = data.appending(path: split.rawValue).isFolder
        // Of pairs the layout has to be clear: where there are both, or neither, the list of pairs says so.
        let areHalves = hasPictures != hasFolders ? hasPictures : isPaired
        // Masks are of files, not of halves.
        if areHalves, !hasMasks {
            try self.init(halvesOf: split, in: data, translation: translation, isPaired: isPaired)
        } else {
            try self.init(folders[0], folders[1], hasMasks: hasMasks, isPaired: isPaired, axis)
        }
    }

    private init(_ source: URL, _ target: URL, hasMasks: Bool, isPaired: Bool, _ axis: SliceAxis) throws {
        sourceFolder = try ImageFolder(source)
        targetFolder = try ImageFolder(target)
        let masks = hasMasks ? try MaskFolder(of: sourceFolder) : nil
        let partners = isPaired ? try ImagePairs(source, target).pairs.map(\.second) : nil
        var (sources, maskSources, truths): ([ImageSource], [ImageSource?], [ImageSource]) = ([], [], [])
        for (index, path) in sourceFolder.files.enumerated() {
            let pages = ImageSource.all(in: sourceFolder.url(index), axis: axis)
            let mask = try masks?.url(of: sourceFolder.url(index), path: path)
            sources += pages
            maskSources += pages.map { page in mask.map(page.mask) }
            guard let partner = partners?[index] else { continue }
            let partnerPages = ImageSource.all(in: partner, axis: axis)
            guard partnerPages.count == pages.count else {
                throw DatasetError.partnerPagesDiffer(
                    first: sourceFolder.url(index).path, firstPages: pages.count, second: partner.path, secondPages: partnerPages.count)
            }
            truths += partnerPages
        }
        (self.sources, self.masks, self.truths) = (sources, maskSources, isPaired ? truths : nil)
        targets = targetFolder.sources(axis: axis)
    }

    private init(halvesOf split: Split, in data: URL, translation: Translation, isPaired: Bool) throws {
        let isReversed = translation.from == Domain.pair[1]
        let domains = isReversed ? [translation.to, translation.from] : [translation.from, translation.to]
        let pairs = try PairList(root: data, split: split, domains: domains)
        let images = (0..<pairs.count).map { isReversed ? pairs.sources($0).reversed() : pairs.sources($0) }
        (sourceFolder, targetFolder) = (pairs.folders[0], pairs.folders[1])
        (sources, targets) = (images.map { $0[0] }, images.map { $0[1] })
        masks = sources.map { _ in nil }
        truths = isPaired ? targets : nil
    }
}

extension ObjectiveKind {
    /// What a model was trained for; `nil` where its file does not say.
    ///
    /// - Throws: `ModelFileError`, or a checkpoint error naming the file.
    public init?(ofModel model: URL) throws {
        self.init(metadata: try StateDict.read(from: GeneratorFile.file(at: model)) { _ in false }.metadata)
    }
}
