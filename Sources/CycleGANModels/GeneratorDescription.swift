import Imaging
import Torch
import TorchNN

/// What a weights file says about the generator in it, so that translation needs no flags.
public struct GeneratorDescription: Codable, Equatable, Sendable {
    /// What it can do; at least one.
    public var translations: [Translation]
    /// Its layers.
    public var configuration: GeneratorConfiguration
    /// The images of each domain that it translates from or to.
    public var domains: [Domain: DomainConfiguration]
    /// How masks are used; `nil` for a generator without.
    public var masking: GeneratorMasking?
    /// What the domains are called, where they have been given names.
    public var domainNames: DomainNames?
    /// The sizes of the domains' images in training, where they are known.
    public var scales: [Domain: TrainingScale]?
    /// The residual blocks that all translations share, of generators that are put together from an encoder and a decoder for each domain;
    /// `nil` for one network. See `GeneratorPart`.
    public var sharedBlocks: Int?

    /// A description of a generator that does one translation.
    public init(
        _ translation: Translation, configuration: GeneratorConfiguration, input: DomainConfiguration, output: DomainConfiguration,
        masking: GeneratorMasking? = nil, domainNames: DomainNames? = nil
    ) {
        translations = [translation]
        self.configuration = configuration
        // Both may be one domain.
        domains = [translation.from: input]
        domains[translation.to] = output
        self.masking = masking
        self.domainNames = domainNames
    }

    /// What the domains are called.
    public var names: DomainNames { domainNames ?? .own }

    /// What the images of a domain are; 8-bit RGB where the description does not say.
    public func images(of domain: Domain) -> DomainConfiguration { domains[domain] ?? DomainConfiguration() }

    /// Whether a condition decides what comes out, whatever domain goes in.
    public var isTold: Bool { translations.contains { $0.condition != nil } }

    /// The condition of a translation for one image, shape [1, conditions]: the strength at the place of its target; `nil` for a generator
    /// that is not told anything.
    ///
    /// - Parameter strength: From 0 to 1; 1 for a generator that knows no other.
    public func condition(of translation: Translation, strength: Double = 1) -> Tensor? {
        guard configuration.conditions > 0 else { return nil }
        precondition(strength == 1 || configuration.hasStrength, "the generator knows no strength of \(strength)")
        var values = [Float](repeating: 0, count: configuration.conditions)
        let index = translation.condition ?? 0
        guard values.indices.contains(index) else {
            preconditionFailure("the translation \(translation) has none of the \(values.count) conditions of its generator")
        }
        values[index] = Float(strength)
        return Tensor(values, shape: [1, values.count])
    }

    /// Translates images with a generator of this description.
    ///
    /// - Parameters:
    ///   - images: Of the input domain, shape [N, C, H, W], values in -1...1.
    ///   - mask: The region of interest, shape [N, 1, H, W], 1 inside and 0 outside; without masking it is not looked at.
    ///   - condition: What each image is to become, shape [N, conditions], for a generator that is told.
    /// - Returns: Images of the output domain, [N, C', H, W]. Outside the mask they are the input's where the masking composites.
    public func translate(_ images: Tensor, mask: Tensor?, condition: Tensor? = nil, with generator: any Layer) -> Tensor {
        if condition != nil { return generator(networkInput(images, condition: condition)).contiguous() }
        precondition(configuration.conditions == 0, "the condition must be \(configuration.conditions) numbers for each image")
        // Row by row whatever the layers left, so that sums over images do not depend on where a batch came from.
        guard let masking else { return generator(images).contiguous() }
        guard let mask else { preconditionFailure("a generator that was built for masks needs one") }
        let output = generator(Tensor.concatenated([images, mask], dimension: 1)).contiguous()
        return masking == .composite ? output * mask + images * (-mask + 1) : output
    }
}

extension GeneratorDescription {
    /// What a generator is given: images and, behind their channels, each number of the condition as a plane.
    ///
    /// - Parameter condition: Shape [N, conditions] or [1, conditions]; `nil` for a generator that is told nothing.
    public func networkInput(_ images: Tensor, condition: Tensor?) -> Tensor {
        let told = configuration.conditions
        precondition(condition?.shape.last ?? 0 == told, "the condition must be \(told) numbers for each image")
        guard let condition else { return images }
        let planes = condition.to(images.dtype).to(images.device).reshaped([condition.shape[0], told, 1, 1]).expanded(
            to: [images.shape[0], told, images.shape[2], images.shape[3]])
        return Tensor.concatenated([images, planes], dimension: 1)
    }
}

/// How a generator uses a mask of the region to change.
public enum GeneratorMasking: String, CaseIterable, Codable, Sendable {
    /// As one more channel of its input.
    case input
    /// Also to put the input's own pixels back outside the mask: mask · output + (1 - mask) · input.
    case composite

    /// The channels that it adds to the input.
    public static let channels = 1
}
