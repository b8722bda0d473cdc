import CycleGANMetrics
import CycleGANModels
import Datasets
import Foundation

/// The files that one translation is measured on.
public struct EvaluationImages {
    /// The images to translate, and the real ones of the target domain.
    let sources, targets: ImageFolder
    /// The masks of the images to translate, for a model with masks.
    let masks: [URL?]
    /// The true images beside the sources, where there are pairs.
    let truths: [URL]?

    /// Images to translate.
    public var count: Int { sources.files.count }
    var sourceFiles: [URL] { sources.files.indices.map(sources.url) }
    var targetFiles: [URL] { targets.files.indices.map(targets.url) }

    /// Lists the folders of a split.
    ///
    /// - Throws: `DatasetError` for missing folders or masks; `MetricError` where images have no counterpart of the same name.
    public init(data: URL, split: Split, translation: Translation, hasMasks: Bool, isPaired: Bool) throws {
        let sources = try ImageFolder(data.appending(path: split.folder(of: translation.from)))
        let targets = try ImageFolder(data.appending(path: split.folder(of: translation.to)))
        if hasMasks {
            let masks = try MaskFolder(of: sources)
            self.masks = try sources.files.indices.map { try masks.url(of: sources.url($0), path: sources.files[$0]) }
        } else {
            masks = sources.files.map { _ in nil }
        }
        truths = isPaired ? try ImagePairs(sources.root, targets.root).pairs.map(\.second) : nil
        self.sources = sources
        self.targets = targets
    }
}
