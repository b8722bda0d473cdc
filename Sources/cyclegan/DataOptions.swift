import ArgumentParser
import CycleGANTraining
import Datasets
import Imaging

/// The settings about images.
struct DataOptions: ParsableArguments {
    @Option(help: "How images are brought to one size (default: resize-and-crop).") var preprocess: Preprocess?
    @Option(help: "The size that images are resized to before the crop: N or HxW (default: 286).") var loadSize: ImageSize?
    @Option(help: "The size of the random crop: N or HxW (default: 256).") var cropSize: ImageSize?
    @Option(help: "B drawn at random, or both in file order (default: random).") var pairing: Pairing?
    @OptionGroup var augmentation: AugmentationOptions
    @Option(help: "The share of the training images held out for validation, without valA and valB (default: 0).")
    var validationFraction: Double?
    @Flag(help: "Use the masks in trainA_mask, trainB_mask ...: the region of each image to change.") var masks = false
    @Flag(help: "Keep the input's own pixels outside the mask.") var composite = false
    @Flag(help: "Show the masks to the discriminators too.") var maskDiscriminator = false
    @Flag(help: "Count only the pixels of the mask in the cycle losses.") var maskCycle = false
    @Option(help: "Channels of domain A's images (default: 3).") var domainAChannels: Int?
    @Option(help: "Channels of domain B's images (default: 3).") var domainBChannels: Int?
    @Option(help: "Bits per sample of domain A's images (default: 8; 32 is float).") var domainABitDepth: BitDepth?
    @Option(help: "Bits per sample of domain B's images (default: 8; 32 is float).") var domainBBitDepth: BitDepth?

    var changes: [SettingChange] {
        augmentation.changes
            + [
                SettingChange("preprocess", \.preprocess, preprocess), SettingChange("load-size", \.loadSize, loadSize),
                SettingChange("crop-size", \.cropSize, cropSize), SettingChange("pairing", \.pairing, pairing),
                SettingChange("validation-fraction", \.validationFraction, validationFraction),
                SettingChange("masks", \.masks, masks ? true : nil), SettingChange("composite", \.composite, composite ? true : nil),
                SettingChange("mask-discriminator", \.maskDiscriminator, maskDiscriminator ? true : nil),
                SettingChange("mask-cycle", \.maskCycle, maskCycle ? true : nil),
                SettingChange("domain-a-channels", \.domainA.channels, domainAChannels),
                SettingChange("domain-b-channels", \.domainB.channels, domainBChannels),
                SettingChange("domain-a-bit-depth", \.domainA.bitDepth, domainABitDepth),
                SettingChange("domain-b-bit-depth", \.domainB.bitDepth, domainBBitDepth),
            ].compactMap { $0 }
    }
}

/// The random changes of training images.
struct AugmentationOptions: ParsableArguments {
    @Flag(help: "Never mirror training images left to right.") var noFlip = false
    @Flag(help: "Never mirror training images of domain A.") var noFlipA = false
    @Flag(help: "Never mirror training images of domain B.") var noFlipB = false
    @Option(
        help: ArgumentHelp(
            "Random brightness, contrast, saturation and hue, such as 0.2,0.2,0.2,0.05 (default: none).", valueName: "B,C,S,H"),
        transform: { try ColorJitter($0) }) var colorJitter: ColorJitter?
    @Option(help: ArgumentHelp("The same for domain A alone.", valueName: "B,C,S,H"), transform: { try ColorJitter($0) })
    var colorJitterA: ColorJitter?
    @Option(help: ArgumentHelp("The same for domain B alone.", valueName: "B,C,S,H"), transform: { try ColorJitter($0) })
    var colorJitterB: ColorJitter?
    @Option(help: "Turn training images at random by up to so many degrees (default: 0).") var rotation: Double?
    @Option(help: "The same for domain A alone.") var rotationA: Double?
    @Option(help: "The same for domain B alone.") var rotationB: Double?
    @Option(help: "Enlarge training images at random by up to this factor (default: 1).") var zoom: Double?
    @Option(help: "The same for domain A alone.") var zoomA: Double?
    @Option(help: "The same for domain B alone.") var zoomB: Double?

    var changes: [SettingChange] {
        [
            SettingChange("no-flip", \.noFlip, noFlip ? true : nil), SettingChange("no-flip-a", \.noFlipA, noFlipA ? true : nil),
            SettingChange("no-flip-b", \.noFlipB, noFlipB ? true : nil), SettingChange("color-jitter", \.colorJitter, colorJitter),
            SettingChange("color-jitter-a", \.colorJitterA, colorJitterA),
            SettingChange("color-jitter-b", \.colorJitterB, colorJitterB), SettingChange("rotation", \.rotation, rotation),
            SettingChange("rotation-a", \.rotationA, rotationA), SettingChange("rotation-b", \.rotationB, rotationB),
            SettingChange("zoom", \.zoom, zoom), SettingChange("zoom-a", \.zoomA, zoomA), SettingChange("zoom-b", \.zoomB, zoomB),
        ].compactMap { $0 }
    }
}
