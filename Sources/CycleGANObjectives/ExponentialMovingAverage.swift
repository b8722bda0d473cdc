import Checkpoints
import CycleGANModels
import CycleGANTraining
import Torch
import TorchNN

/// A copy of a network whose weights follow the trained ones slowly: average ← decay · average + (1 - decay) · weight after each step.
///
/// The average swings less than the weights of any one step (Yazıcı et al., "The Unusual Effectiveness of Averaging in GAN Training",
/// arXiv 1806.04498). Buffers are copied as they are.
final class ExponentialMovingAverage {
    /// The averaged network, in evaluation mode; it is never trained itself.
    let network: any Layer
    private let tensors: [(average: Tensor, weight: Tensor, isTrained: Bool)]
    private let decay: Double

    /// - Parameters:
    ///   - source: The trained network, on its device: its tensors must stay the same objects.
    ///   - copy: A network of the same architecture, type and device, which becomes the average.
    init(of source: any Layer, in copy: any Layer, decay: Double) {
        self.decay = decay
        network = copy
        let trained = Set(source.namedParameters.map(\.name))
        tensors = zip(copy.namedTensors, source.namedTensors).map { ($0.tensor, $1.tensor, trained.contains($1.name)) }
        copy.setTraining(false)
        copy.setRequiresGrad(false)
        synchronize()
    }

    /// Starts anew from the trained weights.
    func synchronize() {
        withoutGradients {
            for (average, weight, _) in tensors { average.copy(from: weight) }
        }
    }

    /// Takes in the weights after a step.
    func update() {
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
