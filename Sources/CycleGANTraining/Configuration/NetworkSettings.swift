import CycleGANModels
import TorchNN

/// What is trained.
public struct NetworkSettings: Equatable, Sendable {
    /// The kind and depth of the generators.
    public var generator = GeneratorArchitecture.resnet(blocks: 9)
    /// Channels after the generators' first convolution.
    public var ngf = 64
    /// The channels of all maps of a ResNet generator, see `GeneratorWidths.all`, where these do not follow from `ngf`.
    public var widths: [Int]?
    /// Halvings before the residual blocks of a ResNet generator.
    public var downsamplings = 2
    /// How a ResNet generator doubles the size of its maps.
    public var upsampling = Upsampling.deconv
    /// Whether a ResNet generator blurs where it halves and, with `deconv`, where it doubles.
    public var antialias = false
    /// The sides of the maps of a ResNet generator that get self-attention, in pixels of a training image's shorter side.
    public var attention: [Int] = []
    /// Whether the residual blocks are computed again for the gradients instead of being kept in memory.
    public var checkpointActivations = false
    /// What the discriminators judge: patches or pixels.
    public var discriminator = DiscriminatorArchitecture.patch
    /// Channels after the discriminators' first convolution.
    public var ndf = 64
    /// Convolutions of stride 2 of a patch discriminator.
    public var discriminatorLayers = 3
    /// The normalisation in all networks.
    public var normalization = Normalization.instance
    /// The normalisation in the discriminators, where it differs; needed beside `spectralNorm`.
    public var discriminatorNorm: Normalization?
    /// Whether the convolutions of the discriminators are divided by their spectral norm.
    public var spectralNorm = false
    /// Whether the generators use dropout.
    public var dropout = false
    /// How weights start.
    public var initialization = WeightInitialization.normal
    /// The scale of the initial weights; `kaiming` has one of its own.
    public var initGain = 0.02
    /// The decay of the moving average of the generators that translates and validates; none by default.
    public var ema: Double?
    /// Whether that decay is reached slowly, so that the average of a short run does not lag behind.
    public var emaWarmup = false
    /// Nets to start from: a folder of files named as the reference or a run names them, a run, or a checkpoint.
    public var pretrained: String?
}
