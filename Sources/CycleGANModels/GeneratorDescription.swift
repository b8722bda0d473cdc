import Imaging

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

    /// A description of a generator for images of two domains.
    public init(
        direction: Direction, configuration: GeneratorConfiguration, inputDomain: DomainConfiguration, outputDomain: DomainConfiguration
    ) {
        self.direction = direction
        self.configuration = configuration
        self.inputDomain = inputDomain
        self.outputDomain = outputDomain
    }
}
