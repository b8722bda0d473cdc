import Torch
import TorchNN

/// The kind of a discriminator: `patch` judges patches, `pixel` single pixels.
public enum DiscriminatorArchitecture: String, CaseIterable, Codable, Sendable {
    case patch, pixel
}

/// Everything that fixes a discriminator's layers.
public struct DiscriminatorConfiguration: Hashable, Codable, Sendable {
    /// The kind.
    public var architecture: DiscriminatorArchitecture
    /// Channels of the images that are judged.
    public var inputChannels: Int
    /// Channels after the first convolution (`ndf`).
    public var filters: Int
    /// Convolutions of stride 2 of a patch discriminator (`n_layers`).
    public var layerCount: Int
    /// What stands between convolutions and activations.
    public var normalization: Normalization
    /// Whether every convolution's weight is divided by its spectral norm.
    public var spectralNorm: Bool
    /// Whether a patch discriminator blurs where it halves, as CUT's does.
    public var antialias = false
    /// The domains that it tells apart, which makes it a `DomainDiscriminator` with `layerCount` halvings; 0 for one that does not.
    public var domains = 0
    /// Height and width of the maps on which it does.
    public var domainKernel = 1

    /// The reference's three-layer patch discriminator for RGB images unless told otherwise.
    public init(
        architecture: DiscriminatorArchitecture = .patch, inputChannels: Int = 3, filters: Int = 64, layerCount: Int = 3,
        normalization: Normalization = .instance, spectralNorm: Bool = false
    ) {
        self.architecture = architecture
        self.inputChannels = inputChannels
        self.filters = filters
        self.layerCount = layerCount
        self.normalization = normalization
        self.spectralNorm = spectralNorm
    }

    /// Reads a description; one without `spectralNorm`, which older files lack, has none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        architecture = try values.decode(DiscriminatorArchitecture.self, forKey: .architecture)
        inputChannels = try values.decode(Int.self, forKey: .inputChannels)
        filters = try values.decode(Int.self, forKey: .filters)
        layerCount = try values.decode(Int.self, forKey: .layerCount)
        normalization = try values.decode(Normalization.self, forKey: .normalization)
        spectralNorm = try values.decodeIfPresent(Bool.self, forKey: .spectralNorm) ?? false
        antialias = try values.decodeIfPresent(Bool.self, forKey: .antialias) ?? false
        domains = try values.decodeIfPresent(Int.self, forKey: .domains) ?? 0
        domainKernel = try values.decodeIfPresent(Int.self, forKey: .domainKernel) ?? 1
    }

    /// Builds the network on the CPU.
    public func makeDiscriminator(
        initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)
    ) -> any Layer {
        if domains > 0 {
            return DomainDiscriminator(
                inputChannels: inputChannels, filters: filters, halvings: layerCount, domains: domains, kernel: domainKernel,
                spectralNorm: spectralNorm, initialization: initialization, random: random)
        }
        return switch architecture {
        case .patch:
            PatchDiscriminator(
                inputChannels: inputChannels, layerCount: layerCount, filters: filters, normalization: normalization,
                spectralNorm: spectralNorm, antialias: antialias, initialization: initialization, random: random)
        case .pixel:
            PixelDiscriminator(
                inputChannels: inputChannels, filters: filters, normalization: normalization, spectralNorm: spectralNorm,
                initialization: initialization, random: random)
        }
    }
}
