import CycleGANModels
import Datasets
import Foundation
import Imaging
import Settings
import TorchNN

// Checks of objectives for many domains, and of a strength.
extension TrainingConfiguration {
    func validateStrength() throws(ConfigurationError) {
        guard networks.generator.residualBlocks != nil else {
            throw refuse("generator", networks.generator, "a ResNet with strength, such as resnet9")
        }
        if networks.normalization != .instance {
            throw refuse("norm", networks.normalization, "instance with strength, which the norms are told")
        }
        if data.masks { throw refuse("masks", true, "false with strength") }
        if let pairs = cycleGAN.pairs { throw refuse("pairs", pairs, "nothing with strength: the truth is of full strength alone") }
        guard hasEqualChannels else {
            throw ConfigurationError(
                key: "strength", value: "true",
                allowed: "false for domains of different channels: at strength 0 a translation is the image itself")
        }
    }

    func validateManyDomains() throws(ConfigurationError) {
        let (kind, counts) = (objective.kind.rawValue, MultiDomainImageDataset.possibleCounts)
        guard counts.contains(trainedDomains.count) else {
            throw refuse("domainNames", data.domainNames, "\(counts.lowerBound) to \(counts.upperBound) folders in train")
        }
        // Checked when the folder is known, whose own folders are named then.
        if !data.folder.isEmpty, let odd = data.domainNames.first(where: { $0.contains("/") }) {
            let there = (try? MultiDomainImageDataset.domainNames(in: URL(filePath: data.folder))) ?? []
            throw ConfigurationError(
                key: "domainNames", value: odd,
                allowed: "names of folders in train" + (there.isEmpty ? "" : ": \(there.joined(separator: ", "))"))
        }
        if data.masks { throw refuse("masks", true, "false with objective \(kind); masks are for cyclegan") }
        guard networks.generator.residualBlocks != nil else {
            throw refuse("generator", networks.generator, "a ResNet with objective \(kind), such as resnet6")
        }
        if objective.kind == .multiCycle { try validateCycles() }
        if objective.kind == .starGAN, objective.strength, starGAN.conditioning == .planes {
            throw refuse("conditioning", starGAN.conditioning, "modulation with strength")
        }
        if objective.kind == .starGAN, networks.normalization != .instance {
            throw refuse("norm", networks.normalization, "instance with objective \(kind), whose norms are told the domain")
        }
        let own = Self.table.filter(\.isPerDomain).first { $0.hasOverrides(in: self) }
        if let own {
            throw ConfigurationError(
                key: own.key, value: "a value for one domain",
                allowed: "one for all with objective \(kind), whose generator takes images of any")
        }
    }

    private func validateCycles() throws(ConfigurationError) {
        if networks.normalization == .batch {
            throw refuse("norm", networks.normalization, "another one with objective multicycle, whose batches mix domains")
        }
        guard let blocks = networks.generator.residualBlocks else { return }
        if multiCycle.cycleLength > 2, let mode = trainedDomains.map({ domains.preprocess[$0] }).first(where: { !$0.crops }) {
            throw refuse(
                "cycleLength", multiCycle.cycleLength, "2 with preprocess \(mode.rawValue), which gives images of different sizes")
        }
        if sharedBlocks > blocks {
            throw refuse("sharedBlocks", sharedBlocks, "at most the \(blocks) residual blocks of \(networks.generator.rawValue)")
        }
        let names = trainedDomains.map(\.name)
        // Before the folders are read the domains are not known.
        guard !data.domainNames.isEmpty else { return }
        if multiCycle.cycleLength > names.count {
            throw refuse("cycleLength", multiCycle.cycleLength, "at most the \(names.count) domains: \(names.joined(separator: ", "))")
        }
        let frozen = multiCycle.frozenDomains
        if !frozen.isEmpty, networks.pretrained == nil {
            throw refuse("frozenDomains", frozen, "none without pretrained, which these domains come from")
        }
        if !frozen.allSatisfy(names.contains) || frozen.count >= names.count {
            throw refuse("frozenDomains", frozen, "some, not all, of \(names.joined(separator: ", "))")
        }
    }
}
