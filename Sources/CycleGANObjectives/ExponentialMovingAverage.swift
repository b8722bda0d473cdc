import Checkpoints
import CycleGANModels
import CycleGANTraining
import Torch
import TorchNN

/// A copy of a network whose weights follow the trained ones slowly: average ← decay · average + (1 - decay) · weight after each step.
///
/// The average swings less than the weights of any one step (Yazıcı et al., "The Unusual Effectiveness of Averaging in GAN Training",
/// arXiv 1806.04498). Buffers are copied as they are. With a warm-up the decay after n earlier steps is at most (1 + n) / (10 + n): the average of
/// few steps follows the weights closely, as that of TensorFlow's `ExponentialMovingAverage` with its number of updates.
final class ExponentialMovingAverage {
    /// The averaged network, in evaluation mode; it is never trained itself.
    let network: any Layer
    private let tensors: [(average: Tensor, weight: Tensor, isTrained: Bool)]
    private let decay: Double
    /// Steps that were taken in since the start, where the decay depends on them.
    var updates: Int?

    /// - Parameters:
    ///   - source: The trained network, on its device: its tensors must stay the same objects.
    ///   - copy: A network of the same architecture, type and device, which becomes the average.
    ///   - warmsUp: Whether the decay rises to its value.
    init(of source: any Layer, in copy: any Layer, decay: Double, warmsUp: Bool = false) {
        self.decay = decay
        updates = warmsUp ? 0 : nil
        network = copy
        let trained = Set(source.namedParameters.map(\.name))
        tensors = zip(copy.namedTensors, source.namedTensors).map { ($0.tensor, $1.tensor, trained.contains($1.name)) }
        copy.setTraining(false)
        copy.setRequiresGrad(false)
        synchronize()
    }

    /// Starts anew from the trained weights.
    func synchronize() {
        updates = updates.map { _ in 0 }
        withoutGradients {
            for (average, weight, _) in tensors { average.copy(from: weight) }
        }
    }

    /// Takes in the weights after a step.
    func update() {
        let decay = updates.map { min(self.decay, Double(1 + $0) / Double(10 + $0)) } ?? self.decay
        updates = updates.map { $0 + 1 }
        withoutGradients {
            for (average, weight, isTrained) in tensors {
                if isTrained {
                    average.interpolate(to: weight, weight: 1 - decay)
                } else {
                    average.copy(from: weight)
                }
            }
        }
    }
}
