/// The adversarial objective: what a generator and a discriminator play.
public enum GANMode: String, CaseIterable, Codable, Sendable {
    /// Least squares: (D(x) - 1)² for real, D(x)² for fake (Mao et al., arXiv 1611.04076).
    case lsgan
    /// Binary cross-entropy of logits (Goodfellow et al., arXiv 1406.2661).
    case vanilla
    /// max(0, 1 - D(real)) + max(0, 1 + D(fake)); the generator minimises -D(fake) (Lim and Ye, arXiv 1705.02894).
    case hinge
    /// D(fake) - D(real); the generator minimises -D(fake). It needs a `GradientPenalty` (Gulrajani et al., arXiv 1704.00028).
    case wganGP = "wgan-gp"
}
