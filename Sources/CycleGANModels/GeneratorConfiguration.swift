import Torch
import TorchNN

/// The kind and depth of a generator: `resnet9`, `resnet6` or any number of blocks; `mobile9` with light blocks; `unet128`, `unet256` or
/// another power of two.
public enum GeneratorArchitecture: Hashable, Sendable {
    /// A `ResnetGenerator` with that many residual blocks.
    case resnet(blocks: Int)
    /// A `ResnetGenerator` with that many residual blocks of depthwise and pointwise convolutions, see `SeparableConv2d`.
    case mobile(blocks: Int)
    /// A `UnetGenerator` with that many halvings; `unet256` has 8.
    case unet(downsamplings: Int)

    /// The names that the reference knows.
    public static let presets: [GeneratorArchitecture] = [
        .resnet(blocks: 9), .resnet(blocks: 6), .mobile(blocks: 9), .unet(downsamplings: 8), .unet(downsamplings: 7),
    ]

    /// The residual blocks of a ResNet, light or not; `nil` for a U-Net.
    public var residualBlocks: Int? {
        switch self {
        case .resnet(let blocks), .mobile(let blocks): blocks
        case .unet: nil
        }
    }
}

extension GeneratorArchitecture: RawRepresentable, Codable {
    /// Reads `resnetN` or `mobileN` with N from 1 to 100, or `unetN` with N a power of two from 32 to 4096.
    public init?(rawValue: String) {
        if rawValue.hasPrefix("resnet"), let blocks = Int(rawValue.dropFirst(6)), NetworkLimits.residualBlocks.contains(blocks) {
            self = .resnet(blocks: blocks)
        } else if rawValue.hasPrefix("mobile"), let blocks = Int(rawValue.dropFirst(6)), NetworkLimits.residualBlocks.contains(blocks) {
            self = .mobile(blocks: blocks)
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
        case .mobile(let blocks): "mobile\(blocks)"
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
    /// The channels of all of a ResNet's maps, where they are not twice as many after each halving; see `GeneratorWidths`.
    public var widths: GeneratorWidths?
    /// What stands between convolutions and activations.
    public var normalization: Normalization
    /// Whether dropout of 0.5 is used in training.
    public var usesDropout: Bool
    /// Halvings before the residual blocks of a ResNet; a U-Net's are part of its architecture.
    public var downsamplings = 2
    /// How a ResNet doubles the size of its maps.
    public var upsampling = Upsampling.deconv
    /// Whether a ResNet blurs where it halves, as CUT's generator does.
    public var antialias = false
    /// Whether a ResNet with `deconv` blurs where it doubles, as CUT's generator does.
    public var antialiasUpsampling = false
    /// The factors (1, 2, ... 2^downsamplings) by which maps are smaller than the image where a ResNet has self-attention.
    public var attentionScales: [Int] = []
    /// Whether convolutions before a norm have a bias; `nil` as the reference decides it by the norm.
    public var convolutionBias: Bool?
    /// Whether the last convolution of a ResNet has a bias.
    public var hasFinalBias = true
    /// Where a ResNet puts zeros around maps in place of mirrored pixels.
    public var zeroPadding: ZeroPadding = []
    /// Rows and columns of the kernels with which a ResNet halves and, with `deconv`, doubles: 3, or 4 as StarGAN's.
    public var samplingKernelSize = 3
    /// Numbers that tell the network for each image what to do, such as one for each domain; 0 for a network that is told nothing.
    public var conditions = 0
    /// How it is told.
    public var conditioning = Conditioning.modulation
    /// Whether the sum of the condition's numbers is a strength: 0 gives the image itself, 1 all that the network makes of it.
    public var hasStrength = false
    /// Whether batch norm translates by each image's own statistics, as published pix2pix does, in place of the running ones.
    ///
    /// Trained on one image at a time, a network never sees running statistics, and these do not fit its images.
    public var normalizesByImage = false

    /// The reference's nine-block generator for RGB images unless told otherwise; the other properties are set afterwards.
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

    /// Reads a description, in which the properties that older files lack may be missing.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            architecture: try values.decode(GeneratorArchitecture.self, forKey: .architecture),
            inputChannels: try values.decode(Int.self, forKey: .inputChannels),
            outputChannels: try values.decode(Int.self, forKey: .outputChannels),
            filters: try values.decode(Int.self, forKey: .filters),
            normalization: try values.decode(Normalization.self, forKey: .normalization),
            usesDropout: try values.decode(Bool.self, forKey: .usesDropout))
        widths = try values.decodeIfPresent(GeneratorWidths.self, forKey: .widths)
        downsamplings = try values.decodeIfPresent(Int.self, forKey: .downsamplings) ?? downsamplings
        upsampling = try values.decodeIfPresent(Upsampling.self, forKey: .upsampling) ?? upsampling
        antialias = try values.decodeIfPresent(Bool.self, forKey: .antialias) ?? antialias
        antialiasUpsampling = try values.decodeIfPresent(Bool.self, forKey: .antialiasUpsampling) ?? (antialias && upsampling == .deconv)
        convolutionBias = try values.decodeIfPresent(Bool.self, forKey: .convolutionBias)
        hasFinalBias = try values.decodeIfPresent(Bool.self, forKey: .hasFinalBias) ?? hasFinalBias
        zeroPadding = try values.decodeIfPresent(ZeroPadding.self, forKey: .zeroPadding) ?? zeroPadding
        samplingKernelSize = try values.decodeIfPresent(Int.self, forKey: .samplingKernelSize) ?? samplingKernelSize
        attentionScales = try values.decodeIfPresent([Int].self, forKey: .attentionScales) ?? attentionScales
        normalizesByImage = try values.decodeIfPresent(Bool.self, forKey: .normalizesByImage) ?? normalizesByImage
        conditions = try values.decodeIfPresent(Int.self, forKey: .conditions) ?? conditions
        hasStrength = try values.decodeIfPresent(Bool.self, forKey: .hasStrength) ?? hasStrength
        conditioning = try values.decodeIfPresent(Conditioning.self, forKey: .conditioning) ?? conditioning
    }

    /// The channels of what the network takes: images and, behind them, each number of the condition as a plane.
    public var networkChannels: Int { inputChannels + conditions }

    /// Builds the network on the CPU.
    public func makeGenerator(initialization: WeightInitialization? = .normal, random: TorchRandom = TorchRandom(seed: 0)) -> any Layer {
        let generator = layers(initialization: initialization, random: random)
        if normalizesByImage { generator.forEachModule { ($0 as? BatchNorm2d)?.evaluatesByImage = true } }
        return generator
    }

    private func layers(initialization: WeightInitialization?, random: TorchRandom) -> any Layer {
        switch architecture {
        case .resnet(let blocks), .mobile(let blocks):
            ResnetGenerator(
                inputChannels: inputChannels + (conditioning == .planes ? conditions : 0), outputChannels: outputChannels,
                residualBlocks: blocks, filters: filters, widths: widths, isLight: architecture == .mobile(blocks: blocks),
                normalization: normalization, usesDropout: usesDropout, downsamplings: downsamplings, upsampling: upsampling,
                antialias: antialias, antialiasUpsampling: antialiasUpsampling, attentionScales: attentionScales,
                convolutionBias: convolutionBias, hasFinalBias: hasFinalBias, zeroPadding: zeroPadding,
                samplingKernelSize: samplingKernelSize, conditions: conditioning == .modulation ? conditions : 0,
                hasStrength: hasStrength, initialization: initialization, random: random)
        case .unet(let downsamplings):
            UnetGenerator(
                inputChannels: inputChannels, outputChannels: outputChannels, downsamplings: downsamplings, filters: filters,
                normalization: normalization, usesDropout: usesDropout, convolutionBias: convolutionBias, initialization: initialization,
                random: random)
        }
    }
}

/// How a generator is told a condition.
public enum Conditioning: String, CaseIterable, Codable, Sendable {
    /// By the scales and shifts of its instance norms; see `ModulatedInstanceNorm2d`.
    case modulation
    /// By further channels of its first convolution, as published StarGAN is: each number of the condition in every pixel. Instance norms
    /// take what is constant over an image away, all but at a border of zeros.
    case planes
}
