import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// A generator's description and weights on their way into a network.
struct GeneratorLoading {
    private(set) var description: GeneratorDescription
    private(set) var weights: StateDict
    private(set) var notes: [GeneratorNote] = []
    private let isDescribed: Bool
    private let hasUnusedStatistics: Bool

    /// A generator that its file describes.
    init(_ description: GeneratorDescription, weights: StateDict) {
        self.description = description
        self.weights = weights
        isDescribed = true
        hasUnusedStatistics = false
    }

    /// The only generator of a file that does not describe it, or the one that is named.
    ///
    /// - Throws: `ModelFileError` where there is none, or more than one and no name.
    init(foundIn tensors: StateDict, network name: String?, translation: Translation?, file: URL) throws(ModelFileError) {
        let found = try NetworkSearch.networks(in: tensors, file: file)
        let chosen = try FoundNetwork.generator(in: found, named: name, file: file)
        guard case .generator(let configuration) = chosen.network else { throw FoundNetwork.discriminatorError(chosen, file: file) }
        let images = (
            input: DomainConfiguration(channels: configuration.inputChannels),
            output: DomainConfiguration(channels: configuration.outputChannels)
        )
        if configuration.conditions > 0 {
            description = try GeneratorDescription(told: configuration, images: images.output, translation: translation, file: file)
        } else if let translation, translation.from.name.isEmpty {
            throw ModelFileError(
                file: file.path, problem: "it does not say what it translates", remedies: [.other("give both --from and --to")])
        } else {
            description = GeneratorDescription(
                translation ?? .aToB, configuration: configuration, input: images.input, output: images.output)
        }
        weights = chosen.weights(in: tensors)
        isDescribed = false
        hasUnusedStatistics = chosen.hasUnusedStatistics
        if found.count > 1 {
            notes.append(GeneratorNote(fact: "took \(chosen.title) of the networks in it: \(found.map(\.title).joined(separator: ", "))"))
        } else if !chosen.path.isEmpty {
            notes.append(GeneratorNote(fact: "took the network at \(chosen.title)"))
        }
    }

    /// Makes the description that of the generator as it is to be used.
    ///
    /// - Throws: `ModelFileError` where the generator cannot be used so.
    mutating func apply(_ use: GeneratorUse, file: URL) throws(ModelFileError) {
        let normalization = description.configuration.normalization
        switch use.statistics {
        case .image where normalization == .batch: description.configuration.normalizesByImage = true
        case .running where normalization == .batch: description.configuration.normalizesByImage = false
        case .running where hasUnusedStatistics: useLeftoverStatistics()
        case .running:
            throw ModelFileError(
                file: file.path, problem: "its norms have no running statistics", remedies: [.other("leave it to the image's own")])
        case .image: break
        case nil where hasUnusedStatistics:
            notes.append(
                GeneratorNote(
                    fact: "the running statistics of its instance norms are not used, as by the code that such files come from",
                    remedies: [.useRunningStatistics]))
        case nil: break
        }
        try applyDropout(use, file: file)
        guard !isDescribed, normalization == .batch, case .unet = description.configuration.architecture else { return }
        if use.statistics == nil, use.dropoutSeed == nil {
            notes.append(
                GeneratorNote(
                    fact: "its batch norms use their running statistics, and there is no dropout; pix2pix's own test does otherwise",
                    remedies: [.testAsPix2Pix]))
        }
    }

    private mutating func applyDropout(_ use: GeneratorUse, file: URL) throws(ModelFileError) {
        guard use.dropoutSeed != nil else { return }
        // A U-Net's dropout moves no tensor.
        if !isDescribed, case .unet = description.configuration.architecture { description.configuration.usesDropout = true }
        guard description.configuration.usesDropout else {
            throw ModelFileError(file: file.path, problem: "its generator was made without dropout", remedies: [.leaveOutDropout])
        }
    }

    /// PyTorch's instance norm with running statistics is evaluated as a batch norm, of scale 1 and shift 0 where it has none.
    private mutating func useLeftoverStatistics() {
        let hasBias = description.configuration.convolutionBias ?? true
        description.configuration.normalization = .batch
        description.configuration.convolutionBias = hasBias
        for (name, mean) in weights where name.hasSuffix(".running_mean") {
            let layer = name.dropLast("running_mean".count)
            if weights["\(layer)weight"] == nil { weights["\(layer)weight"] = Tensor.ones(mean.shape) }
            if weights["\(layer)bias"] == nil { weights["\(layer)bias"] = Tensor.zeros(mean.shape) }
        }
    }
}

extension GeneratorDescription {
    /// A generator for many domains whose file does not name them: they are 0, 1, 2 and so on, the wanted translation comes first.
    ///
    /// - Throws: `ModelFileError` for a target that is none of them.
    fileprivate init(
        told configuration: GeneratorConfiguration, images: DomainConfiguration, translation: Translation?, file: URL
    ) throws(ModelFileError) {
        let domains = (0..<configuration.conditions).map { Domain("\($0)") }
        let to = translation?.to ?? domains[0]
        guard let index = domains.firstIndex(of: to) else {
            throw ModelFileError(
                file: file.path,
                problem:
                    "it makes images of \(counted(domains.count, "domain")), \(domains.map(\.name).joined(separator: ", ")), and not of '\(to)'"
            )
        }
        let from = translation.flatMap { $0.from.name.isEmpty ? nil : $0.from } ?? domains[(index + 1) % domains.count]
        self.init(
            Translation(from: from, to: to, condition: index), configuration: configuration, input: images, output: images)
        translations += domains.indices.flatMap { to in
            domains.indices.filter { $0 != to }.map { Translation(from: domains[$0], to: domains[to], condition: to) }
        }.filter { $0 != translations[0] }
        for domain in domains { self.domains[domain] = images }
    }
}

extension NetworkSearch {
    /// The known networks in a file.
    ///
    /// - Throws: `ModelFileError` saying what is there and what it is most like, where there are none.
    static func networks(in weights: StateDict, file: URL) throws(ModelFileError) -> [FoundNetwork] {
        let search = NetworkSearch(in: weights)
        if let impossible = search.impossible {
            throw ModelFileError(file: file.path, problem: "the network in it cannot be built: \(impossible)")
        }
        guard search.found.isEmpty else { return search.found }
        let contents = WeightsSummary(weights).description
        guard let nearest = search.nearest else {
            throw ModelFileError(file: file.path, problem: "no known network in it (\(contents)); known are \(Self.known)")
        }
        throw ModelFileError(file: file.path, problem: "no known network in it (\(contents)); \(nearest)")
    }

    private static let known =
        "ResNet and U-Net generators and patch and pixel discriminators whose layers are numbered as the reference's (model.1.weight, "
        + "model.4.weight, ...)"
}

extension FoundNetwork {
    /// Where it stands, for people.
    var title: String { path.isEmpty ? "the outermost one" : "'\(path)'" }

    /// - Throws: `ModelFileError` where the name fits none, there is no generator, or more than one.
    fileprivate static func generator(in found: [FoundNetwork], named name: String?, file: URL) throws(ModelFileError) -> FoundNetwork {
        let all = found.map(\.title).joined(separator: ", ")
        if let name {
            let exact = found.filter { $0.path == name }
            let named = exact.isEmpty ? found.filter { $0.isCalled(name) } : exact
            guard let chosen = named.first, named.count == 1 else {
                let count = named.isEmpty ? "none" : "more than one"
                throw ModelFileError(file: file.path, problem: "\(count) of its networks is called '\(name)'; it holds \(all)")
            }
            return chosen
        }
        let generators = found.filter(\.network.isGenerator)
        guard let first = generators.first ?? found.first else { preconditionFailure("a file without networks was not refused") }
        guard generators.count < 2 else {
            throw ModelFileError(
                file: file.path, problem: "it holds the generators \(generators.map(\.title).joined(separator: ", "))",
                remedies: [.chooseNetwork])
        }
        return first
    }

    fileprivate static func discriminatorError(_ found: FoundNetwork, file: URL) -> ModelFileError {
        let what = found.path.isEmpty ? "it holds a discriminator" : "\(found.title) is a discriminator"
        return ModelFileError(file: file.path, problem: "\(what); give a generator, such as latest_net_G_A.pth")
    }
}
