import Torch
import TorchNN

/// The kind and depth of a generator: `resnet9`, `resnet6` or any number of blocks; `unet128`, `unet256` or another power of two.
public enum GeneratorArchitecture: Hashable, Sendable {
    case resnet(blocks: Int)
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

    public var rawValue: String {
        switch self {
        case .resnet(let blocks): "resnet\(blocks)"
        case .unet(let downsamplings): "unet\(1 << downsamplings)"
        }
    }
}

/// Everything that fixes a generator's layers.
public struct GeneratorConfiguration: Hashable, Codable, Sendable {
    public var architecture: GeneratorArchitecture
    public var inputChannels: Int
    public var outputChannels: Int
    /// Channels after the first convolution (`ngf`).
    public var filters: Int
    public var normalization: Normalization
    public var usesDropout: Bool

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
    public var architecture: DiscriminatorArchitecture
    public var inputChannels: Int
    /// Channels after the first convolution (`ndf`).
    public var filters: Int
    /// Convolutions of stride 2 of a patch discriminator (`n_layers`).
    public var layerCount: Int
    public var normalization: Normalization

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
