/// A term of the discriminators' loss that keeps their gradient with respect to images in bounds.
///
/// With g the gradient, at images x, of the sum of a discriminator's scores, and ‖g‖ its norm over all pixels and channels of one image,
/// a penalty is a mean over images.
public enum GradientPenalty: String, CaseIterable, Codable, Sendable {
    /// No penalty.
    case none
    /// (‖g‖ - 1)² at random points between real and generated images (Gulrajani et al., arXiv 1704.00028).
    case wganGP = "wgan-gp"
    /// ‖g‖² at random points between real and generated images (Thanh-Tung et al., arXiv 1902.03984; UVCGAN2, arXiv 2303.16280).
    case zeroCentered = "zero-centered"
    /// ‖g‖² / 2 at real images (Mescheder et al., arXiv 1801.04406).
    case r1

    /// The weight that was published with the penalty: 10 for `wganGP`, 1 for `zeroCentered` (UVCGAN2's CelebA-HQ recipe), 10 for `r1`.
    public var publishedWeight: Double {
        switch self {
        case .none: 0
        case .wganGP: 10
        case .zeroCentered: 1
        case .r1: 10
        }
    }
}
