import CycleGANModels
import Datasets
import Foundation
import Imaging
import Support

extension TrainingConfiguration {
    /// The images of one split as a run sees them.
    ///
    /// - Throws: `DatasetError` for folders that are missing or empty, and values that contradict each other.
    public func dataset(_ split: Split) throws(DatasetError) -> any ImageDataset {
        let whole = try wholeDataset(split)
        // Cycles are drawn anew for each batch, as many as are wanted.
        guard split == .train, let epochSize = data.epochSize, objective.kind != .multiCycle else { return whole }
        return EpochSlices(whole, count: epochSize)
    }

    /// Takes the images, and the table of pairs among them, from another folder.
    public mutating func moveData(to folder: String) {
        let old = URL(filePath: data.folder).standardizedFileURL.path + "/"
        if let pairs = cycleGAN.pairs.map({ URL(filePath: $0).standardizedFileURL.path }), pairs.hasPrefix(old) {
            cycleGAN.pairs = URL(filePath: folder).appending(path: String(pairs.dropFirst(old.count))).path
        }
        data.folder = folder
    }

    private func wholeDataset(_ split: Split) throws(DatasetError) -> any ImageDataset {
        let (root, preparations) = (URL(filePath: data.folder), try preparations())
        let holdOut = data.validationFraction > 0 ? HoldOut(fraction: data.validationFraction, seed: run.seed) : nil
        let isShuffled = data.pairing == .random
        if objective.kind == .pix2pix {
            return try AlignedImageDataset(
                root: root, split: split, preparations: preparations, holdOut: holdOut, isShuffled: isShuffled, seed: run.seed)
        }
        if objective.kind.hasManyDomains {
            return try MultiDomainImageDataset(
                root: root, split: split, preparations: preparations, draw: split == .train && isShuffled ? trainingDraw : .all,
                holdOut: holdOut, seed: run.seed)
        }
        if preparations.count == 1 {
            return try SingleDomainDataset(
                root: root, split: split, preparation: preparations[0], holdOut: holdOut, isShuffled: isShuffled, seed: run.seed)
        }
        let unpaired = try UnpairedImageDataset(
            root: root, split: split, preparations: preparations, pairing: data.pairing, holdOut: holdOut, seed: run.seed,
            masks: data.masks, extraPairs: split == .train ? extraPairs : 0)
        guard objective.kind == .cycleGAN, let pairs = cycleGAN.pairs, split == .train else { return unpaired }
        var list = try PairList(contentsOf: URL(filePath: pairs), root: root)
        if let holdOut { list = try list.excluding(holdOut, of: root, path: pairs) }
        let aligned = try AlignedImageDataset(pairs: list, preparations: preparations, isShuffled: isShuffled, seed: run.seed)
        return PartlyPairedDataset(unpaired, pairs: aligned, isShuffled: isShuffled)
    }

    /// What a sample of training images of many domains holds.
    private var trainingDraw: MultiDomainImageDataset.Draw {
        guard objective.kind == .multiCycle else { return .one }
        let (frozen, all) = (frozenDomains, trainedDomains)
        return .cycle(
            length: multiCycle.cycleLength, batch: optimization.batchSize, count: data.epochSize,
            oneOf: frozen.isEmpty ? nil : Set(all.filter { !frozen.contains($0) }))
    }

    /// Where the images of a domain are in the folder of the data.
    package func folder(of domain: Domain, _ split: Split) -> String {
        if objective.kind == .distill { return split.existingFolder(of: domain, in: URL(filePath: data.folder)) }
        return split.folder(of: domain, objective.kind.hasManyDomains ? .nested : .joined)
    }

    /// Names the domains of an objective for many by the folders of the training images, where they are not named yet.
    ///
    /// - Throws: `DatasetError` where there are no such folders.
    public mutating func findDomains() throws(DatasetError) {
        guard objective.kind.hasManyDomains, data.domainNames.isEmpty else { return }
        data.domainNames = try MultiDomainImageDataset.domainNames(in: URL(filePath: data.folder))
    }

    /// Whether there are images of a split, or a share of the training images to take them from.
    public func hasImages(_ split: Split) -> Bool {
        if split == .validation, data.validationFraction > 0 { return true }
        let root = URL(filePath: data.folder)
        func exists(_ name: String) -> Bool { root.appending(path: name).exists }
        return imageDomains.allSatisfy { exists(folder(of: $0, split)) } || (objective.kind == .pix2pix && exists(split.rawValue))
    }
}
