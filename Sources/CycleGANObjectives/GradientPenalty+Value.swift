import CycleGANTraining
import Torch
import TorchNN

// The value of a penalty is differentiated again for the update of the discriminator.
extension GradientPenalty {
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
