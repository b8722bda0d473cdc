import CycleGANModels
import Imaging

/// What networks are trained for, as far as objectives have it in common.
public struct ObjectiveSettings: Equatable, Sendable {
    /// Which objective.
    public var kind = ObjectiveKind.cycleGAN
    /// The adversarial objective.
    public var ganMode = GANMode.lsgan
    /// Of the adversarial losses of the generators.
    public var adversarialWeight = 1.0
    /// Generated images remembered per domain; 0 for none.
    public var poolSize = 50
    /// Images of each kind that a discriminator judges per update, a multiple of the batch size; as many as the batch by default.
    public var discriminatorBatch: Int?
    /// What bounds the discriminators' gradient; by default `wgan-gp` with that adversarial objective, else `none`.
    public var gradientPenalty: GradientPenalty?
    /// The weight of the gradient penalty; the published one by default.
    public var gradientPenaltyWeight: Double?
    /// Every how many batches there is a gradient penalty, as many times its weight.
    public var penaltyInterval = 1
    /// Of the mean absolute difference between images and what comes back from another domain, or what pre-training makes of them.
    public var reconstructionWeight = 10.0
    /// Whether what the discriminators see is augmented, real and generated images alike.
    public var diffAugment = false
    /// Whether generators are told how strongly to translate, from 0 to 1.
    public var strength = false
    /// Of the mean absolute difference between images and their translations, at strength 0; it falls to nothing at 1.
    public var strengthWeight = 1.0
}

/// What only objectives with cycles are trained for: a CycleGAN, and cycles between many domains.
public struct CycleGANSettings: Equatable, Sendable {
    /// Of both cycle losses.
    public var cycleWeight = 10.0
    /// Of A -> B -> A, where it differs from `cycleWeight`.
    public var cycleWeightA: Double?
    /// Of B -> A -> B, where it differs from `cycleWeight`.
    public var cycleWeightB: Double?
    /// The share of the cycle weights that is gone at the end of the run; they fall linearly.
    public var cycleDecay = 0.0
    /// The share of the cycle losses that compares what the discriminators see instead of pixels, at the end of the run; it grows linearly.
    public var cycleFeatures = 0.0
    /// Relative to the cycle weight; 0 saves two passes per step.
    public var identityWeight = 0.5
    /// Whether the cycle losses count the pixels of the mask alone.
    public var maskCycle = false
    /// Pairs of images that show the same thing, beside the unpaired ones: a table of files or a folder, see `PairList`.
    public var pairs: String?
    /// Of the mean absolute difference between translations and the true images of pairs.
    public var pairWeight = 10.0

    /// The weight of A -> B -> A that is in force.
    public var effectiveCycleWeightA: Double { cycleWeightA ?? cycleWeight }
    /// The weight of B -> A -> B that is in force.
    public var effectiveCycleWeightB: Double { cycleWeightB ?? cycleWeight }
}

/// What only contrastive training has: CUT and FastCUT, arXiv 2007.15651.
public struct CUTSettings: Equatable, Sendable {
    /// The layers of the generator whose outputs are compared, as indices of its `model`; see `contrastiveLayers` for the default.
    public var nceLayers: [Int]?
    /// Positions that are compared in each layer; all of them where a layer has no more.
    public var ncePatches = 256
    /// The length of the vectors that are compared.
    public var nceFeatures = 256
    /// What similarities are divided by.
    public var nceTemperature = 0.07
    /// Of the contrastive losses.
    public var nceWeight = 1.0
    /// Whether images of B, too, are to stay what they are.
    public var nceIdentity = true
    /// Whether the input of the generator is mirrored half of the time, and its features back.
    public var flipEquivariance = false
    /// What a patch is told from.
    public var nceNegatives = ContrastiveNegatives.image
}

/// The patches that a patch is told from.
public enum ContrastiveNegatives: String, CaseIterable, Sendable {
    /// Those of the same image.
    case image
    /// Those of all images of the batch.
    case batch
}

/// What only pre-training has.
public struct PretrainingSettings: Equatable, Sendable {
    /// What the networks learn from.
    public var task = PretrainingTask.contrastive
    /// The domain whose network is trained alone; both by default.
    public var only: Domain?
    /// The share of an image's blocks that inpainting hides.
    public var maskShare = 0.4
    /// The side of these blocks in pixels; an eighth of the crop's shorter side by default.
    public var maskBlock: Int?
}

/// What networks learn from where nothing is translated.
public enum PretrainingTask: String, CaseIterable, Sendable {
    /// Two views of an image, in which what lies at one place belongs together.
    case contrastive
    /// Images with holes.
    case inpainting
}

/// What only training on pairs has: pix2pix, arXiv 1611.07004.
public struct Pix2PixSettings: Equatable, Sendable {
    /// Of the mean absolute difference between translation and truth.
    public var l1Weight = 100.0
}

/// What only cycles between many domains have: an encoder and a decoder for each domain around a shared middle.
public struct MultiCycleSettings: Equatable, Sendable {
    /// The domains of a cycle: 2 for X -> Y -> X, 3 for X -> Y -> Z -> X.
    public var cycleLength = 2
    /// The residual blocks that all domains share; a third by default.
    public var sharedBlocks: Int?
    /// The domains whose encoders and decoders stay as they are, and the shared middle with them.
    public var frozenDomains: [String] = []
}

/// What only learning from another generator has: a small network that is to translate as a large one does.
public struct DistillationSettings: Equatable, Sendable {
    /// The model to learn from: a run, a checkpoint, or a file of one generator.
    public var teacher: String?
    /// The domain whose images are translated; that of the teacher's first translation by default.
    public var from: String?
    /// The domain that they are translated to.
    public var to: String?
    /// Of the mean absolute difference between translations of both.
    public var imitationWeight = 10.0
    /// Of the squared differences between inner maps of both.
    public var featureWeight = 0.01
}

/// What only one generator for many domains has: StarGAN, arXiv 1711.09020.
public struct StarGANSettings: Equatable, Sendable {
    /// How the generator is told which domain to make.
    public var conditioning = Conditioning.modulation
    /// Of the losses by which images are to be known as their domain's.
    public var classWeight = 1.0
    /// Updates of the discriminator for each of the generator.
    public var criticSteps = 5
}
