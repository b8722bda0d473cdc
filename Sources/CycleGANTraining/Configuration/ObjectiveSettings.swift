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
    /// Whether what the discriminators see is augmented, real and generated images alike.
    public var diffAugment = false
}

/// What only a CycleGAN is trained for.
public struct CycleGANSettings: Equatable, Sendable {
    /// Of both cycle losses.
    public var cycleWeight = 10.0
    /// Of A -> B -> A, where it differs from `cycleWeight`.
    public var cycleWeightA: Double?
    /// Of B -> A -> B, where it differs from `cycleWeight`.
    public var cycleWeightB: Double?
    /// Relative to the cycle weight; 0 saves two passes per step.
    public var identityWeight = 0.5
    /// Whether the cycle losses count the pixels of the mask alone.
    public var maskCycle = false

    /// The weight of A -> B -> A that is in force.
    public var effectiveCycleWeightA: Double { cycleWeightA ?? cycleWeight }
    /// The weight of B -> A -> B that is in force.
    public var effectiveCycleWeightB: Double { cycleWeightB ?? cycleWeight }
}
