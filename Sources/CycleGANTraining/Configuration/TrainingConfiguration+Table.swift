import CycleGANModels
import Datasets
import Imaging
import Settings

extension TrainingConfiguration {
    /// One description of each setting.
    public static let table =
        dataTable + domainTable + networkTable + objectiveTable + cycleGANTable + cutTable + pix2pixTable + starGANTable + multiCycleTable
        + pretrainingTable + distillationTable + optimizationTable + validationTable + runTable

    private static let dataTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "data", \.data.folder, .data, onResume: .atStart, hasFlag: false,
            help: "The folder with trainA and trainB, train for pix2pix, or train/<domain> for many domains."),
        Setting(
            "domainNames", \.data.domainNames, .data,
            allowed: .matching("different names of at most 40 letters, such as photo,monet") { names in
                names.isEmpty || areDomainNames(names)
            },
            onResume: .changeable, absence: "A,B, or all folders in train",
            help: "What pages and messages call A and B, such as photo,monet; of many domains the folders in train that are used."),
        Setting(
            "cropSize", \.data.cropSize, .data, allowed: side, onResume: .fixed, help: "The size of the random crop: N, or height x width."),
        Setting("pairing", \.data.pairing, .data, onResume: .fixed, help: "B drawn at random, or both in file order."),
        Setting(
            "epochSize", \.data.epochSize, .data, allowed: .in(1...mostSteps), onResume: .fixed,
            absence: "the images of the larger folder, or all images of many domains",
            help: "Samples of one epoch; the next epoch goes on with the samples that follow."),
        Setting(
            "sampleImages", \.data.sampleImages, .data, allowed: .distinct(), onResume: .changeable, absence: "four, evenly spread",
            help: "Files to show translations of while training, such as rider.jpg,herd.jpg."),
        Setting(
            "validationFraction", \.data.validationFraction, .data, allowed: .fraction(upTo: 0.5), onResume: .fixed,
            help: "The share of the training images held out for validation, without valA and valB."),
        Setting(
            "masks", \.data.masks, .data, onResume: .fixed,
            help: "Use the masks in trainA_mask, trainB_mask ...: the region of each image to change."),
        Setting("composite", \.data.composite, .data, onResume: .fixed, help: "Keep the input's own pixels outside the mask."),
        Setting(
            "maskDiscriminator", \.data.maskDiscriminator, .data, onResume: .fixed, help: "Show the masks to the discriminators too."),
    ]

    /// Nor may a name be the other domain's own: `B` would mean two.
    private static func areDomainNames(_ names: [String]) -> Bool {
        let words = Set(names.map { $0.lowercased() })
        let areOwn = zip(names, domains).allSatisfy { name, domain in
            !domains.contains { $0 != domain && $0.name.lowercased() == name.lowercased() }
        }
        return words.count == names.count && areOwn && names.allSatisfy(isDomainName)
    }

    private static func isDomainName(_ name: String) -> Bool {
        (1...40).contains(name.count) && name.first?.isWhitespace == false && name.last?.isWhitespace == false
            && name.allSatisfy { $0 != "," && !$0.isNewline }
    }

    private static var side: Allowed<ImageSize> {
        .matching("N or HxW (height x width), at most 16384 pixels a side, such as 256 or 256x512") { max($0.height, $0.width) <= 16384 }
    }

    private static let domainTable: [Setting<TrainingConfiguration>] = [
        .perDomain(
            "channels", \.domains.channels, .domains, allowed: .in(DomainConfiguration.possibleChannels), onResume: .fixed,
            help: "Channels of the images: 1 for grey, 3 for RGB, more for other bands."),
        .perDomain("bitDepth", \.domains.bitDepth, .domains, onResume: .fixed, help: "Bits per sample of the images; 32 is float."),
        .perDomain(
            "bands", \.domains.bands, .domains,
            allowed: .matching("numbers of bands from 1, as many as channels, such as [4, 3, 2] or 4,3,2") { bands in
                !bands.isEmpty && bands.allSatisfy(DomainConfiguration.possibleChannels.contains)
            },
            onResume: .fixed, absence: "all of them", help: "Which bands of the files are the channels, in this order."),
        .perDomain(
            "range", \.domains.range, .domains,
            allowed: .matching(
                "two finite numbers in rising order, such as [0, 4095] or 0,4095, the same for each band, such as 0,4095/0,1, "
                    + "percentile:1,99 or percentile-per-band:1,99 of the training images, or window:40,400 (centre, width)"
            ) { _ in true },
            onResume: .fixed, absence: "all values of the bit depth", help: "The values that become black and white; others are clamped."),
        .perDomain(
            "axis", \.domains.axis, .domains, onResume: .fixed, absence: "axial", help: "How NIfTI volumes are cut into slices."),
        .perDomain(
            "emptySlices", \.domains.emptySlices, .domains, allowed: .in(0...1), onResume: .fixed,
            help: "The share of the empty slices of NIfTI volumes that training takes; the others are left out."),
        .perDomain(
            "background", \.domains.background, .domains,
            allowed: .matching("numbers in 0...255, one for all channels or one for each") { $0.allSatisfy((0...255).contains) },
            onResume: .fixed, help: "What shows through transparent pixels, from 0 (black) to 255 (white) at any depth."),
        .perDomain("preprocess", \.domains.preprocess, .domains, onResume: .fixed, help: "How images are brought to one size."),
        .perDomain(
            "loadSize", \.domains.loadSize, .domains, allowed: side, onResume: .fixed,
            help: "The size that images are resized to before the crop: N, or height x width."),
        .perDomain("flip", \.domains.flip, .domains, onResume: .fixed, help: "Mirror training images left to right at random."),
        .perDomain(
            "colorJitter", \.domains.colorJitter, .domains, onResume: .fixed, absence: "none",
            help: "Random brightness, contrast, saturation and hue of training images."),
        .perDomain(
            "rotation", \.domains.rotation, .domains, allowed: .in(Augmentation.possibleRotations), onResume: .fixed,
            help: "Turn training images at random by up to that many degrees."),
        .perDomain(
            "zoom", \.domains.zoom, .domains, allowed: .in(Augmentation.possibleZooms), onResume: .fixed,
            help: "Enlarge training images at random by up to this factor."),
    ]

    private static let networkTable: [Setting<TrainingConfiguration>] = [
        Setting("generator", \.networks.generator, .networks, onResume: .fixed, help: "The generators; resnetN has N blocks."),
        Setting(
            "ngf", \.networks.ngf, .networks, allowed: .in(NetworkLimits.filters), onResume: .fixed,
            help: "Channels after the generators' first convolution."),
        Setting(
            "widths", \.networks.widths, .networks,
            allowed: .matching("channels, such as [16, 24, 64, 32, 24, 16] or 16,24,64,32,24,16") {
                !$0.isEmpty && $0.allSatisfy(NetworkLimits.widths.contains)
            }, onResume: .fixed, absence: "by ngf",
            help: "The channels of all of a ResNet generator's maps in order, as compress finds them."),
        Setting(
            "downsamplings", \.networks.downsamplings, .networks, allowed: .in(NetworkLimits.resnetDownsamplings), onResume: .fixed,
            help: "Halvings before a ResNet generator's residual blocks."),
        Setting(
            "upsampling", \.networks.upsampling, .networks, onResume: .fixed,
            help: "How a ResNet generator doubles sizes; resize avoids checkerboards."),
        Setting(
            "antialias", \.networks.antialias, .networks, onResume: .fixed,
            help: "A ResNet generator that blurs where it halves and doubles."),
        Setting(
            "attention", \.networks.attention, .networks,
            allowed: .matching("sides in pixels, such as [64] or 64,32") { $0.allSatisfy { $0 > 0 } }, onResume: .fixed,
            help: "Self-attention on a ResNet generator's maps of these sides, such as 64."),
        Setting(
            "checkpointActivations", \.networks.checkpointActivations, .networks, onResume: .fixed,
            help: "Compute residual blocks again for the gradients: less memory, more time."),
        Setting(
            "discriminator", \.networks.discriminator, .networks, onResume: .fixed, of: ObjectiveKind.withOwnDiscriminators,
            help: "What the discriminators judge: patches or pixels."),
        Setting(
            "ndf", \.networks.ndf, .networks, allowed: .in(NetworkLimits.filters), onResume: .fixed,
            help: "Channels after the discriminators' first convolution."),
        Setting(
            "discriminatorLayers", \.networks.discriminatorLayers, .networks, allowed: .in(NetworkLimits.discriminatorLayers),
            onResume: .fixed, of: ObjectiveKind.withOwnDiscriminators, help: "Strided convolutions of a patch discriminator."),
        Setting("norm", \.networks.normalization, .networks, onResume: .fixed, help: "Normalisation in all networks."),
        Setting(
            "discriminatorNorm", \.networks.discriminatorNorm, .networks, onResume: .fixed, of: ObjectiveKind.withOwnDiscriminators,
            absence: "as norm",
            help: "Normalisation in the discriminators; needed beside spectralNorm."),
        Setting(
            "spectralNorm", \.networks.spectralNorm, .networks, onResume: .fixed,
            help: "Spectral normalisation of the discriminators' convolutions."),
        Setting("dropout", \.networks.dropout, .networks, onResume: .fixed, help: "Dropout in the generators."),
        Setting("init", \.networks.initialization, .networks, onResume: .fixed, help: "How weights start."),
        Setting(
            "initGain", \.networks.initGain, .networks, allowed: .atLeast(0), onResume: .fixed, help: "The scale of the initial weights."),
        Setting(
            "ema", \.networks.ema, .networks, allowed: .in(0..<1), onResume: .fixed, absence: "none",
            help: "The decay of a moving average of the generators, such as 0.999, which then validates and translates."),
        Setting(
            "emaWarmup", \.networks.emaWarmup, .networks, onResume: .fixed,
            help: "Reach that decay slowly: at most (1 + n) / (10 + n) after n steps, so that the average of a short run does not lag."),
        Setting(
            "pretrained", \.networks.pretrained, .networks, onResume: .atStart, absence: "none",
            help: "Nets to start from: a folder with latest_net_G_A.pth (or _G) ... or .safetensors files, a run, or a checkpoint."),
    ]

    private static let objectiveTable: [Setting<TrainingConfiguration>] = [
        Setting("objective", \.objective.kind, .objective, onResume: .fixed, help: "What the networks are trained for."),
        Setting("ganMode", \.objective.ganMode, .objective, onResume: .fixed, help: "The adversarial objective."),
        Setting(
            "adversarialWeight", \.objective.adversarialWeight, .objective, allowed: .atLeast(0), onResume: .fixed,
            help: "The weight of the generators' adversarial losses."),
        Setting(
            "reconstructionWeight", \.objective.reconstructionWeight, .objective, allowed: .above(0), onResume: .fixed,
            of: [.starGAN, .pretrain],
            help: "The weight of the difference between images and what comes back of them, or what a pre-trained network makes of them."),
        Setting(
            "poolSize", \.objective.poolSize, .objective, allowed: .in(0...1_000_000), onResume: .fixed,
            of: ObjectiveKind.withOwnDiscriminators,
            help: "Generated images remembered per domain."),
        Setting(
            "discriminatorBatch", \.objective.discriminatorBatch, .objective, allowed: .in(1...4096), onResume: .fixed,
            of: ObjectiveKind.ofTwoDomains, absence: "the batch size", help: "Images of each kind that a discriminator judges per update."),
        Setting(
            "gradientPenalty", \.objective.gradientPenalty, .objective, onResume: .fixed, absence: "none, or wgan-gp with that ganMode",
            help: "What bounds the discriminators' gradient."),
        Setting(
            "gradientPenaltyWeight", \.objective.gradientPenaltyWeight, .objective, allowed: .atLeast(0), onResume: .fixed,
            absence: "wgan-gp 10, zero-centered 1, r1 10", help: "The weight of the gradient penalty."),
        Setting(
            "penaltyInterval", \.objective.penaltyInterval, .objective, allowed: .in(1...1000), onResume: .fixed,
            of: ObjectiveKind.ofTwoDomains,
            help: "Every how many batches there is a gradient penalty, as many times its weight; 16 costs little."),
        Setting(
            "diffAugment", \.objective.diffAugment, .objective, onResume: .fixed, of: ObjectiveKind.withOwnDiscriminators,
            help: "Augment what the discriminators see: colour, translation, cutout."),
        Setting(
            "strength", \.objective.strength, .objective, onResume: .fixed, of: [.cycleGAN, .starGAN],
            help: "Train for translate --strength: generators are told how strongly to translate, from 0 for the image itself to 1."),
        Setting(
            "strengthWeight", \.objective.strengthWeight, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.cycleGAN, .starGAN],
            help: "The weight of staying like the image, times 1 - strength."),
    ]

    private static let cycleGANTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "cycleWeight", \.cycleGAN.cycleWeight, .objective, allowed: .atLeast(0), onResume: .fixed, of: ObjectiveKind.withCycles,
            help: "The weight of the cycle losses."),
        Setting(
            "cycleWeightA", \.cycleGAN.cycleWeightA, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.cycleGAN],
            absence: "as cycleWeight", help: "The weight of the cycle loss A -> B -> A alone."),
        Setting(
            "cycleWeightB", \.cycleGAN.cycleWeightB, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.cycleGAN],
            absence: "as cycleWeight", help: "The weight of the cycle loss B -> A -> B alone."),
        Setting(
            "cycleDecay", \.cycleGAN.cycleDecay, .objective, allowed: .in(0...1), onResume: .fixed, of: [.cycleGAN],
            help: "The share of the cycle weights that is gone at the end of the run; they fall linearly."),
        Setting(
            "cycleFeatures", \.cycleGAN.cycleFeatures, .objective, allowed: .in(0...1), onResume: .fixed, of: [.cycleGAN],
            help: "The share of the cycle losses that compares the discriminators' features at the end of the run; it grows linearly."),
        Setting(
            "identityWeight", \.cycleGAN.identityWeight, .objective, allowed: .atLeast(0), onResume: .fixed, of: ObjectiveKind.withCycles,
            help: "The weight of the identity losses, relative to the cycle weight."),
        Setting(
            "maskCycle", \.cycleGAN.maskCycle, .objective, onResume: .fixed, of: [.cycleGAN],
            help: "Count only the pixels of the mask in the cycle losses."),
        Setting(
            "pairs", \.cycleGAN.pairs, .objective, onResume: .fixed, of: [.cycleGAN],
            help: "Pairs to learn from beside the unpaired images: a CSV table of files, a folder with A and B, or one with A|B pictures."),
        Setting(
            "pairWeight", \.cycleGAN.pairWeight, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.cycleGAN],
            help: "The weight of the difference between translation and truth of those pairs."),
    ]
}
