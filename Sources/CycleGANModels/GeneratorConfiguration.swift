import Torch
import TorchNN

/// The kind and depth of a generator: `resnet9`, `resnet6` or any number of blocks; `unet128`, `unet256` or another power of two.
public enum GeneratorArchitecture: Hashable, Sendable {
    /// A `ResnetGenerator` with that many residual blocks.
    case resnet(blocks: Int)
    /// A `UnetGenerator` with that many halvings; `unet256` has 8.
    case unet(downsamplings: Int)

    /// The names that the reference knows.
    public static let presets: [GeneratorArchitecture] = [
        .resnet(blocks: 9), .resnet(blocks: 6), .unet(downsamplings: 8), .unet(downsamplings: 7),
    ]

    /// Heights and widths must be multiples of this.
    public var stride: Int {
        switch self {
        case .resnet: 4
        case .unet(let downsamplings): 1 << downsamplings
        }
    }
}

extension GeneratorArchitecture: RawRepresentable, Codable {
    /// Reads `resnetN` with N from 1 to 100, or `unetN` with N a power of two from 32 to 4096.
    public init?(rawValue: String) {
        if rawValue.hasPrefix("resnet"), let blocks = Int(rawValue.dropFirst(6)), NetworkLimits.residualBlocks.contains(blocks) {
            self = .resnet(blocks: blocks)
        } else if rawValue.hasPrefix("unet"), let size = Int(rawValue.dropFirst(4)), size.nonzeroBitCount == 1,
            NetworkLimits.downsamplings.contains(size.trailingZeroBitCount)
        {
            self = .unet(downsamplings: size.trailingZeroBitCount)
        } else {
            return nil
        }
    }

    /// The name that `init(rawValue:)` reads.
    public var rawValue: String {
        switch self {
        case .resnet(let blocks): "resnet\(blocks)"
        case .unet(let downsamplings): "unet\(1 << downsamplings)"
        }
    }
}

/// Everything that fixes a generator's layers.
public struct GeneratorConfiguration: Hashable, Codable, Sendable {
    /// The kind and depth.
    public var architecture: GeneratorArchitecture
    /// Channels of the images that go in.
    public var inputChannels: Int
    /// Channels of the images that come out.
    public var outputChannels: Int
    /// Channels after the first convolution (`ngf`).
    public var filters: Int
    /// What stands between convolutions and activations.
    public var normalization: Normalization
    /// Whether dropout of 0.5 is used in training.
    public var usesDropout: Bool

    /// The reference's nine-block generator for RGB images unless told otherwise.
    public init(
        architecture: GeneratorArchitecture = .resnet(blocks: 9), inputChannels: Int = 3, outputChannels: Int = 3, filters: Int = 64,
        normalization: Normalization = .instance, usesDropout: Bool = false
    ) {
        self.architecture = architecture
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.filters = filters
        self.normalization = normalization
        self.usesDropout = usesDropout
    }

    /// Builds the network on the CPU.
    public func makeGenerator(initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)) -> any Layer {
        switch architecture {
        case .resnet(let blocks):
            ResnetGenerator(
                inputChannels: inputChannels, outputChannels: outputChannels, residualBlocks: blocks, filters: filters,
                normalization: normalization, usesDropout: usesDropout, initialization: initialization, random: random)
        case .unet(let downsamplings):
            UnetGenerator(
                inputChannels: inputChannels, outputChannels: outputChannels, downsamplings: downsamplings, filters: filters,
                normalization: normalization, usesDropout: usesDropout, initialization: initialization, random: random)
        }
    }
}

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

    /// The reference's three-layer patch discriminator for RGB images unless told otherwise.
    public init(
        architecture: DiscriminatorArchitecture = .patch, inputChannels: Int = 3, filters: Int = 64, layerCount: Int = 3,
        normalization: Normalization = .instance
    ) {
        self.architecture = architecture
        self.inputChannels = inputChannels
        self.filters = filters
        self.layerCount = layerCount
        self.normalization = normalization
    }

    /// Builds the network on the CPU.
    public func makeDiscriminator(
        initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)
    ) -> any Layer {
        switch architecture {
        case .patch:
            PatchDiscriminator(
                inputChannels: inputChannels, layerCount: layerCount, filters: filters, normalization: normalization,
                initialization: initialization, random: random)
        case .pixel:
            PixelDiscriminator(
                inputChannels: inputChannels, filters: filters, normalization: normalization, initialization: initialization,
                random: random)
        }
    }
}
