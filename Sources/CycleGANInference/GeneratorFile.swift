import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// A generator read from whatever holds one: a run folder, a training checkpoint, or a file of networks.
public struct GeneratorFile {
    /// The file that was read.
    public let url: URL
    /// What the generator is and which images it takes and gives.
    public let description: GeneratorDescription
    /// What it is used for.
    public let translation: Translation
    /// The generator in evaluation mode, on the CPU; with a seed for dropout its dropout alone is as in training.
    public let generator: any Layer
    private let dropout: SeededDropout?
    private let notes: [GeneratorNote]

    /// - Parameters:
    ///   - url: A run folder (its latest checkpoint is used), a checkpoint, or a file with a generator in it, `.safetensors` or PyTorch's.
    ///   - wanted: What the generator is to do; by default the first thing that the model offers. A file that does not say what it
    ///     offers is taken for any.
    ///   - use: Which of several networks it is, and how it normalises and drops out.
    /// - Throws: `ModelFileError`, or a checkpoint error naming the file.
    public init(_ url: URL, translation wanted: Translation? = nil, use: GeneratorUse = GeneratorUse()) throws {
        self.url = try Self.file(at: url)
        let contents = try ModelContents(metadataOf: self.url)
        let offered = try contents.offer(of: wanted, network: use.network)
        let tensors = try StateDict.read(from: self.url) { contents.isNeeded($0, for: offered) }
        var loading: GeneratorLoading
        if let offered {
            translation = offered.translation
            loading = GeneratorLoading(offered.assembled, weights: contents.weights(of: offered, in: tensors))
        } else {
            loading = try GeneratorLoading(foundIn: tensors, network: use.network, translation: wanted, file: self.url)
            translation = loading.description.translations[0]
        }
        try loading.apply(use, file: self.url)
        description = loading.description
        notes = loading.notes
        // Before memory is taken for what the file only claims.
        let (least, found) = (description.configuration.leastWeightCount, loading.weights.parameterCount())
        guard found >= least else {
            throw ModelFileError(
                file: self.url.path,
                problem: "its generator should be a \(description.configuration.architecture.rawValue) with "
                    + "\(description.configuration.filters) filters, of at least \(least) numbers, and it holds \(found); the file is damaged"
            )
        }
        let random = TorchRandom(seed: use.dropoutSeed ?? 0)
        generator = description.configuration.makeGenerator(initialization: nil, random: random)
        try generator.load(loading.weights.withoutLeftoverStatistics(description.configuration.normalization), source: self.url.path)
        generator.setTraining(false)
        dropout = use.dropoutSeed == nil ? nil : SeededDropout(of: generator, random)
    }

    /// The same generator for another of its translations; `nil` where it has no such one.
    public func offering(_ wanted: Translation) -> GeneratorFile? {
        description.translations.first { $0.from == wanted.from && $0.to == wanted.to }.map { GeneratorFile(self, $0) }
    }

    /// The same generator, which is told what to make, for each of its domains.
    public var offeringAllDomains: [GeneratorFile] {
        description.translations.toldDomains.compactMap { domain in
            description.translations.first { $0.to == domain && $0.condition != nil }.map { GeneratorFile(self, $0) }
        }
    }

    private init(_ file: GeneratorFile, _ translation: Translation) {
        (url, description, generator, dropout, notes) = (file.url, file.description, file.generator, file.dropout, file.notes)
        self.translation = translation
    }

    /// Whether each image has to be translated alone, to get the same dropout as all others.
    var hasSeededDropout: Bool { dropout != nil }

    /// Draws the same dropout for the next image as for the first one.
    func restartDropout() throws { try dropout?.restart() }

    /// What a person should know about how the file was read.
    ///
    /// - Parameter wording: What can be done about it, in words.
    package func notices(_ wording: (ErrorRemedy) -> String = \.description) -> [String] {
        notes.map { "\(url.path): \($0.text(wording))" }
    }

    /// The file that holds the networks of a model.
    ///
    /// - Throws: `ModelFileError` when there is none.
    public static func file(at url: URL) throws -> URL {
        guard url.exists else {
            throw ModelFileError(file: url.path, problem: "it does not exist; expected a run folder, a checkpoint or a network file")
        }
        guard url.isFolder else { return url }
        let latest = url.appending(path: "checkpoints/latest.safetensors")
        guard latest.exists else {
            // Its configuration makes a folder a run.
            guard !url.appending(path: "config.yaml").exists else {
                throw ModelFileError(
                    file: url.path, problem: "this run has no checkpoint yet",
                    remedies: [
                        .other("wait until it has written one; a run that stopped before has to be started again")
                    ])
            }
            throw ModelFileError(
                file: url.path,
                problem:
                    "this folder has no checkpoints/latest.safetensors; give a run folder, or one network file such as latest_net_G_A.pth")
        }
        return latest
    }

    /// What a model offers; nothing for a file that does not tell, which is taken for any translation.
    ///
    /// - Throws: `ModelFileError`, or a checkpoint error naming the file.
    public static func translations(of url: URL) throws -> [Translation] {
        try ModelContents(metadataOf: file(at: url)).translations
    }

    /// Checks that masks are given where the generator was trained with masks.
    ///
    /// - Throws: `ModelFileError` saying what to give.
    public func checkMasks(areGiven: Bool) throws(ModelFileError) {
        if !areGiven, description.masking != nil {
            throw ModelFileError(
                file: url.path, problem: "this generator was trained with masks, and none are given", remedies: [.giveMasks])
        }
    }

    /// Checks that the file says at which size the generator was trained, where images are to be scaled to it.
    ///
    /// - Throws: `ModelFileError` saying what to give in its place.
    public func check(_ scaling: InputScaling) throws(ModelFileError) {
        guard scaling == .training, description.scales?[translation.from] == nil else { return }
        throw ModelFileError(
            file: url.path, problem: "this file does not say at which size its generator was trained", remedies: [.giveSize])
    }
}

/// A model that cannot be used.
public struct ModelFileError: ErrorWithRemedies {
    /// The path of the file or folder.
    public let file: String
    /// What is wrong and what to give instead.
    public let reason: String
    package let remedies: [ErrorRemedy]

    init(file: String, problem reason: String, remedies: [ErrorRemedy] = []) {
        self.file = file
        self.reason = reason
        self.remedies = remedies
    }

    /// The file and what is wrong with it.
    public var problem: String { "\(file): \(reason)" }

    public var description: String { text(\.description) }
}
