import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import TorchNN

/// Copies one network of a model into a file of its own, in another format or with more to say about it.
public struct ModelConversion {
    /// A run folder, a checkpoint, or a file of networks.
    public var model: URL
    /// What the generator does; by default the first thing that the model offers.
    public var translation: Translation?
    /// Which network is taken, and what its batch norms normalise by.
    public var use = GeneratorUse()
    /// The published code that is to load the file; nothing for any.
    public var layout: PublishedLayout?
    /// What the values and bands of the domains' images are, where the file does not say or is to say otherwise.
    public var adjustments: [Domain: ImageAdjustment] = [:]
    /// What the domains are called, in their order: A and B, or those that the generator is told.
    public var domainNames: [String]?
    /// What its makers say of the model.
    public var note: String?
    /// The licence: its name, or its text.
    public var licence: String?

    /// A copy of what the model is and says.
    public init(_ model: URL) {
        self.model = model
    }

    /// What was made.
    public struct Result {
        /// What the generator does; nothing for a discriminator.
        public let title: String?
        /// The options of the published code that is to load the file.
        public let flags: String?
        /// What a person should know about how the model was read.
        public let notices: [String]
    }

    /// Reads the network and writes the file, as a whole or not at all.
    ///
    /// - Throws: As `write(to:wording:)`.
    public func write(to output: URL) throws -> Result { try write(to: output, wording: \.description) }

    /// Reads the network and writes the file, as a whole or not at all.
    ///
    /// - Parameters:
    ///   - output: A `.safetensors`, `.pth` or `.pt` file.
    ///   - wording: A remedy in words, for notices.
    /// - Throws: Errors of the model's file, and `ModelConversionError`.
    package func write(to output: URL, wording: (ErrorRemedy) -> String) throws -> Result {
        let source = try GeneratorFile.file(at: model)
        guard source.resolvingSymlinksInPath().path != output.resolvingSymlinksInPath().path else {
            throw ModelConversionError(description: "\(output.path) is the model itself and would be overwritten; write to another file")
        }
        let metadata = try StateDict.read(from: source) { _ in false }.metadata
        // It has nothing to say of itself.
        if use.network != nil, let discriminator = try DiscriminatorFile(model, network: use.network) {
            try discriminator.weights.write(to: output)
            return Result(title: nil, flags: nil, notices: [])
        }
        let file = try GeneratorFile(model, translation: translation, use: use)
        var description = file.description
        try description.adjust(adjustments, for: file.translation)
        let told = description.translations.toldDomains
        let domains = told.isEmpty ? Domain.pair : told
        if let domainNames {
            guard domainNames.count == domains.count else {
                throw ModelConversionError(
                    description:
                        "\(source.path): it has \(counted(domains.count, "domain")), \(domains.map(\.name).joined(separator: ", ")), and "
                        + "\(counted(domainNames.count, "name")) were given")
            }
            description.domainNames = DomainNames(Dictionary(uniqueKeysWithValues: zip(domains, domainNames)))
        }
        do throws(NetworkConfigurationError) { try description.validate() } catch {
            throw ModelConversionError(description: "\(source.path): \(error)")
        }
        let flags: String?
        do throws(NetworkConfigurationError) { flags = try layout?.flags(for: description.configuration) } catch {
            throw ModelConversionError(description: "\(source.path): \(error); leave out the layout, or convert another model")
        }
        var card = ModelCard(metadata) ?? ModelCard()
        card.note = note ?? card.note
        card.licence = licence ?? card.licence
        var state = file.generator.stateDict()
        state.metadata["generator"] = try jsonText(description)
        if card != ModelCard() { state.metadata[ModelCard.key] = try jsonText(card) }
        try state.write(to: output)
        return Result(
            title: "\(description.configuration.architecture.rawValue), "
                + (told.isEmpty
                    ? description.names.title(of: file.translation)
                    : "between \(told.map { description.names[$0] }.joined(separator: ", "))"),
            flags: flags,
            notices: file.notices(wording))
    }

    private func jsonText(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// A model that cannot be converted so.
public struct ModelConversionError: Error, CustomStringConvertible {
    /// The file, what was found and what to do.
    public let description: String
}
