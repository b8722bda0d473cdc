import Settings

extension TrainingConfiguration {
    /// The objectives that compare patches; pre-training does where that is its task.
    private static let contrastive: Set<ObjectiveKind> = [.cut, .fastCUT, .pretrain]

    static let cutTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "nceLayers", \.cut.nceLayers, .objective,
            allowed: .matching("indices of layers in rising order, such as [0, 4, 8, 12, 16] or 0,4,8,12,16") { layers in
                !layers.isEmpty && layers.allSatisfy { $0 >= 0 } && zip(layers, layers.dropFirst()).allSatisfy { $0 < $1 }
            },
            onResume: .fixed, of: contrastive,
            absence: "0,4,8,12,16: the border, the downsamplings, the first and the fifth residual block",
            help: "The generator's layers whose outputs are compared."),
        Setting(
            "ncePatches", \.cut.ncePatches, .objective, allowed: .in(1...16384), onResume: .fixed, of: contrastive,
            help: "Positions that are compared in each layer."),
        Setting(
            "nceFeatures", \.cut.nceFeatures, .objective, allowed: .in(1...4096), onResume: .fixed, of: contrastive,
            help: "The length of the vectors that are compared."),
        Setting(
            "nceTemperature", \.cut.nceTemperature, .objective, allowed: .above(0), onResume: .fixed, of: contrastive,
            help: "What similarities are divided by."),
        Setting(
            "nceWeight", \.cut.nceWeight, .objective, allowed: .above(0), onResume: .fixed, of: contrastive,
            help: "The weight of the contrastive losses."),
        Setting(
            "nceIdentity", \.cut.nceIdentity, .objective, onResume: .fixed, of: [.cut, .fastCUT],
            help: "A contrastive loss for images of B too, which are to stay what they are."),
        Setting(
            "nceNegatives", \.cut.nceNegatives, .objective, onResume: .fixed, of: contrastive,
            help: "The patches that a patch is told from: those of its image, or of the whole batch."),
        Setting(
            "flipEquivariance", \.cut.flipEquivariance, .objective, onResume: .fixed, of: [.cut, .fastCUT],
            help: "Mirror the generator's input half of the time, and its features back."),
    ]

    static let pix2pixTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "l1Weight", \.pix2pix.l1Weight, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.pix2pix],
            help: "The weight of the difference between translation and truth.")
    ]

    static let starGANTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "conditioning", \.starGAN.conditioning, .objective, onResume: .fixed, of: [.starGAN],
            help: "How the generator is told the domain: by its norms, or by planes beside the image as the published one."),
        Setting(
            "classWeight", \.starGAN.classWeight, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.starGAN],
            help: "The weight of the losses that tell domains apart."),
        Setting(
            "criticSteps", \.starGAN.criticSteps, .objective, allowed: .in(1...1000), onResume: .fixed, of: [.starGAN],
            help: "Updates of the discriminator for each of the generator."),
    ]

    static let multiCycleTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "cycleLength", \.multiCycle.cycleLength, .objective, allowed: .in(2...8), onResume: .fixed, of: [.multiCycle],
            help: "The domains that an image goes through before it comes back, its own included."),
        Setting(
            "sharedBlocks", \.multiCycle.sharedBlocks, .objective, allowed: .in(0...100), onResume: .fixed, of: [.multiCycle],
            absence: "a third", help: "Residual blocks that all domains share."),
        Setting(
            "frozenDomains", \.multiCycle.frozenDomains, .objective, allowed: .distinct(), onResume: .fixed, of: [.multiCycle],
            absence: "none",
            help: "Domains of --pretrained that translate as before, such as ink,oil: only others learn."),
    ]

    static let distillationTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "teacher", \.distillation.teacher, .objective, onResume: .changeable, of: [.distill], absence: "none; it must be given",
            help: "The model to learn from: a run, a checkpoint, or a file of one generator."),
        Setting(
            "from", \.distillation.from, .objective, onResume: .fixed, of: [.distill], absence: "A",
            help: "The domain whose images the teacher translates."),
        Setting(
            "to", \.distillation.to, .objective, onResume: .fixed, of: [.distill], absence: "B",
            help: "The domain that it translates them to."),
        Setting(
            "imitationWeight", \.distillation.imitationWeight, .objective, allowed: .above(0), onResume: .fixed, of: [.distill],
            help: "The weight of the difference between the translations of both."),
        Setting(
            "featureWeight", \.distillation.featureWeight, .objective, allowed: .atLeast(0), onResume: .fixed, of: [.distill],
            help: "The weight of the differences between inner maps of both."),
    ]

    static let pretrainingTable: [Setting<TrainingConfiguration>] = [
        Setting(
            "task", \.pretraining.task, .objective, onResume: .fixed, of: [.pretrain],
            help: "What pre-training learns from: two views of an image whose patches belong together, or images with holes."),
        Setting(
            "only", \.pretraining.only, .objective, onResume: .fixed, of: [.pretrain], absence: "both domains",
            help: "The domain whose network is pre-trained alone."),
        Setting(
            "maskShare", \.pretraining.maskShare, .objective, allowed: .above(0, upTo: 0.95), onResume: .fixed, of: [.pretrain],
            help: "The share of an image's blocks that inpainting hides."),
        Setting(
            "maskBlock", \.pretraining.maskBlock, .objective, allowed: .in(1...8192), onResume: .fixed, of: [.pretrain],
            absence: "an eighth of the crop's shorter side", help: "The side of these blocks in pixels."),
    ]
}
