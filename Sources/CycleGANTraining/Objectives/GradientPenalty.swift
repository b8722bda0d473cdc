import Torch
import TorchNN

/// A term of the discriminators' loss that keeps their gradient with respect to images in bounds.
///
/// With g the gradient, at images x, of the sum of a discriminator's scores, and ‖g‖ its norm over all pixels and channels of one image,
/// a penalty is a mean over images. It is differentiated again for the update of the discriminator.
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

    /// The images at which the gradient is taken, cut off from any graph.
    ///
    /// - Parameters:
    ///   - real: Shape [N, C, H, W].
    ///   - fake: Shape [M, C, H, W]; as many pairs are mixed as there are images of both.
    ///   - shares: The share of the real image in each mixture, shape [min(N, M), 1, 1, 1], values in 0...1.
    func points(real: Tensor, fake: Tensor, shares: (_ count: Int) -> Tensor) -> Tensor {
        guard self != .r1 else { return real.detached() }
        let count = min(real.shape[0], fake.shape[0])
        let (real, fake) = (
            real.narrowed(dimension: 0, start: 0, length: count), fake.narrowed(dimension: 0, start: 0, length: count)
        )
        return withoutGradients { fake + (real - fake) * shares(count) }
    }

    /// The penalty without its weight, a single number whose graph reaches the parameters of the discriminator.
    ///
    /// - Parameter points: Images from `points(real:fake:shares:)`, shape [N, C, H, W].
    func value(of discriminator: (Tensor) -> Tensor, at points: Tensor) -> Tensor {
        let input = points.detached()
        input.setRequiresGrad(true)
        let gradient = discriminator(input).sum().gradients(withRespectTo: [input], createGraph: true)[0]
        let squares = gradient.square().sum([1, 2, 3])
        switch self {
        case .none: return squares.mean() * 0
        // The root has no slope at zero; the small number is far below any norm that matters.
        case .wganGP: return ((squares + 1e-16).sqrt() - 1).square().mean()
        case .zeroCentered: return squares.mean()
        case .r1: return squares.mean() * 0.5
        }
    }
}
