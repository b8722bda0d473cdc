import CycleGANModels
import Settings

/// Networks and images that go together, so that one word says how long a step takes.
public enum ModelSize: String, CaseIterable, Sendable {
    /// 32 channels at 64x64.
    case small
    /// 32 channels at 128x128.
    case medium
    /// The defaults of the objective: 64 channels at 256x256.
    case full

    /// The side of the crop.
    public var cropSize: Int {
        switch self {
        case .small: 64
        case .medium: 128
        case .full: 256
        }
    }

    /// The side that images are scaled to before the crop: as much larger as 286 is than 256.
    public var loadSize: Int { (cropSize * 286 + 255) / 256 }

    /// Channels after the first convolution of the generators and of the discriminators.
    public var filters: Int { self == .full ? 64 : 32 }

    /// The settings that it stands for: the generator that the objective has at this size, its width and that of the discriminators, and the
    /// sizes of the images.
    public func settings(for objective: ObjectiveKind) -> [SettingArgument] {
        let generator: GeneratorArchitecture =
            objective == .pix2pix
            ? .unet(downsamplings: cropSize.trailingZeroBitCount) : TrainingConfiguration.defaults(for: objective).networks.generator
        return [
            SettingArgument(key: "generator", text: generator.rawValue),
            SettingArgument(key: "ngf", text: "\(filters)"), SettingArgument(key: "ndf", text: "\(filters)"),
            SettingArgument(key: "loadSize", text: "\(loadSize)"), SettingArgument(key: "cropSize", text: "\(cropSize)"),
        ]
    }
}
