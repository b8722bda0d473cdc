import Checkpoints
import CycleGANModels
import Foundation

/// What the metadata of a model's file say about the generators in it.
///
/// A training checkpoint describes all of them under `generators`, a file of one generator describes it under `generator`.
package struct ModelContents {
    /// A generator and what it would be used for.
    struct Offer {
        /// The name of the network in a checkpoint; `nil` for the only network of a file.
        let generator: String?
        let description: GeneratorDescription
        let translation: Translation

        /// The networks that translate, by their names in the file; `nil` for all that it holds.
        var networks: [String]? {
            description.sharedBlocks == nil ? generator.map { [$0] } : GeneratorPart.Name.parts(of: translation)
        }

        /// What the generator is once it is put together.
        var assembled: GeneratorDescription {
            description.sharedBlocks == nil ? description : description.assembled(for: translation)
        }
    }

    private let file: URL
    private let offers: [Offer]

    /// - Throws: `ModelFileError`, or a checkpoint error naming the file.
    package init(metadataOf file: URL) throws {
        try self.init(StateDict.read(from: file) { _ in false }.metadata, file: file)
    }

    /// - Throws: `ModelFileError` when a description is damaged or describes an impossible network.
    package init(_ metadata: [String: String], file: URL) throws {
        self.file = file
        let described: [(name: String?, description: GeneratorDescription)]
        if let text = metadata["generators"] {
            let descriptions = try Self.decode([String: GeneratorDescription].self, text, file)
            described = descriptions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        } else {
            described = try metadata["generator"].map { [(nil, try Self.decode(GeneratorDescription.self, $0, file))] } ?? []
        }
        offers = try described.flatMap { name, description in
            do throws(NetworkConfigurationError) { try description.validate() } catch {
                throw ModelFileError(file: file.path, problem: "its description of the generator is impossible: \(error)")
            }
            return description.translations.map { Offer(generator: name, description: description, translation: $0) }
        }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ text: String, _ file: URL) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw ModelFileError(file: file.path, problem: "its description of the generator is damaged")
        }
    }

    /// All that the generators can do.
    package var translations: [Translation] { offers.map(\.translation) }

    /// Whether what comes out is a matter of what the generator is told, for all that it does.
    package var isTold: Bool { !offers.isEmpty && offers.allSatisfy { $0.translation.condition != nil } }

    /// The name of a generator in parts.
    package var nameOfParts: String? { offers.first { $0.description.sharedBlocks != nil }?.generator }

    /// The networks that such a generator is put together from, by their names, each once.
    package var partNames: [String] {
        let parts = offers.filter { $0.description.sharedBlocks != nil }.compactMap(\.networks).flatMap(\.self)
        return Array(Set(parts)).sorted()
    }

    /// What the domains are called.
    package var names: DomainNames { offers.lazy.compactMap(\.description.domainNames).first ?? .own }

    /// What is said about a generator of a checkpoint, or with `nil` about the only network of a file.
    package func description(of generator: String?) -> GeneratorDescription? { offers.first { $0.generator == generator }?.description }

    /// The generator for a translation, or the first; `nil` where nothing is described.
    ///
    /// - Parameter network: The generator's name in a checkpoint.
    /// - Throws: `ModelFileError` naming what is offered.
    func offer(of translation: Translation?, network: String? = nil) throws -> Offer? {
        let offers = network == nil ? offers : offers.filter { $0.generator == nil || $0.generator == network }
        if let network, offers.isEmpty, !self.offers.isEmpty {
            let all = self.offers.compactMap(\.generator).joined(separator: ", ")
            throw ModelFileError(file: file.path, problem: "none of its generators is called '\(network)'; it holds \(all)")
        }
        guard let translation, !offers.isEmpty else { return offers.first }
        if let offer = offers.first(where: { $0.translation.from == translation.from && $0.translation.to == translation.to }) {
            return offer
        }
        throw ModelFileError(
            file: file.path,
            problem:
                "it translates \(translations.map(names.title).joined(separator: " and ")), but \(names.title(of: translation)) was asked for"
        )
    }

    /// Whether a tensor is needed to translate: of a checkpoint one network or its parts, or the averages that translate in their place.
    func isNeeded(_ key: String, for offer: Offer?) -> Bool {
        guard let names = offer?.networks else { return !Self.isOptimizerState(key) }
        let places = offer?.generator == nil ? [""] : ["networks.", "averages."]
        return names.contains { name in places.contains { key.hasPrefix("\($0)\(name).") } }
    }

    /// Of Adam, which keeps two numbers for each weight; people save it beside the networks.
    private static func isOptimizerState(_ key: String) -> Bool {
        key.hasPrefix("optimizers.") || key.hasSuffix(".exp_avg") || key.hasSuffix(".exp_avg_sq")
    }

    /// The weights that translate; those of parts together.
    func weights(of offer: Offer, in tensors: StateDict) -> StateDict {
        guard let names = offer.networks else { return tensors }
        var weights = StateDict(metadata: tensors.metadata)
        for name in names {
            let average = tensors.below("averages.\(name)")
            let part = !average.isEmpty ? average : tensors.below(offer.generator == nil ? name : "networks.\(name)")
            for (key, tensor) in part { weights[key] = tensor }
        }
        return weights
    }
}
