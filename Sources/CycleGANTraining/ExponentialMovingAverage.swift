import Checkpoints
import CycleGANModels
import Torch
import TorchNN

/// A copy of a network whose weights follow the trained ones slowly: average ← decay · average + (1 - decay) · weight after each step.
///
/// The average swings less than the weights of any one step (Yazıcı et al., "The Unusual Effectiveness of Averaging in GAN Training",
/// arXiv 1806.04498). Buffers are copied as they are.
final class ExponentialMovingAverage {
    /// The averaged network, in evaluation mode; it is never trained itself.
    let network: any Layer
    private let source: any Layer
    private let decay: Double

    /// - Parameters:
    ///   - source: The trained network.
    ///   - copy: A network of the same architecture, type and device, which becomes the average.
    init(of source: any Layer, in copy: any Layer, decay: Double) {
        self.source = source
        self.decay = decay
        network = copy
        copy.setTraining(false)
        copy.setRequiresGrad(false)
        synchronize()
    }

    /// Starts anew from the trained weights.
    func synchronize() {
        withoutGradients {
            for (average, weight) in zip(network.namedTensors, source.namedTensors) { average.tensor.copy(from: weight.tensor) }
        }
    }

    /// Takes in the weights after a step.
    func update() {
        let trained = Set(source.namedParameters.map(\.name))
        withoutGradients {
            for (average, weight) in zip(network.namedTensors, source.namedTensors) {
                if trained.contains(weight.name) {
                    average.tensor.multiply(by: decay)
                    average.tensor.add(weight.tensor, scaledBy: 1 - decay)
                } else {
                    average.tensor.copy(from: weight.tensor)
                }
            }
        }
    }
}
