import Imaging

/// Which way a generator translates.
public enum Direction: String, CaseIterable, Codable, Sendable {
    case aToB = "AtoB"
    case bToA = "BtoA"
}

/// What a weights file says about the generator in it, so that translation needs no flags.
public struct GeneratorDescription: Codable, Equatable, Sendable {
    public var direction: Direction
    public var configuration: GeneratorConfiguration
    /// The images that go in.
    public var inputDomain: DomainConfiguration
    /// The images that come out.
    public var outputDomain: DomainConfiguration

    public init(
        direction: Direction, configuration: GeneratorConfiguration, inputDomain: DomainConfiguration, outputDomain: DomainConfiguration
    ) {
        self.direction = direction
        self.configuration = configuration
        self.inputDomain = inputDomain
        self.outputDomain = outputDomain
    }
}
