import Imaging
import Torch
import TorchNN

/// Which way a generator translates.
public enum Direction: String, CaseIterable, Codable, Sendable {
    /// From domain A to domain B.
    case aToB = "AtoB"
    /// From domain B to domain A.
    case bToA = "BtoA"
}

/// What a weights file says about the generator in it, so that translation needs no flags.
public struct GeneratorDescription: Codable, Equatable, Sendable {
    /// Which way it translates.
    public var direction: Direction
    /// Its layers.
    public var configuration: GeneratorConfiguration
    /// The images that go in.
    public var inputDomain: DomainConfiguration
    /// The images that come out.
    public var outputDomain: DomainConfiguration
    /// How masks are used; `nil` for a generator without.
    public var masking: GeneratorMasking?

    /// A description of a generator for images of two domains.
    public init(
        direction: Direction, configuration: GeneratorConfiguration, inputDomain: DomainConfiguration, outputDomain: DomainConfiguration,
        masking: GeneratorMasking? = nil
    ) {
        self.direction = direction
        self.configuration = configuration
        self.inputDomain = inputDomain
        self.outputDomain = outputDomain
        self.masking = masking
    }

    /// Translates images with a generator of this description.
    ///
    /// - Parameters:
    ///   - images: Of the input domain, shape [N, C, H, W], values in -1...1.
    ///   - mask: The region of interest, shape [N, 1, H, W], 1 inside and 0 outside; without masking it is not looked at.
    /// - Returns: Images of the output domain, [N, C', H, W]. Outside the mask they are the input's where the masking composites.
    public func translate(_ images: Tensor, mask: Tensor?, with generator: any Layer) -> Tensor {
        // Row by row whatever the layers left, so that sums over images do not depend on where a batch came from.
        guard let masking else { return generator(images).contiguous() }
        guard let mask else { preconditionFailure("a generator that was built for masks needs one") }
        let output = generator(Tensor.concatenated([images, mask], dimension: 1)).contiguous()
        return masking == .composite ? output * mask + images * (-mask + 1) : output
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
