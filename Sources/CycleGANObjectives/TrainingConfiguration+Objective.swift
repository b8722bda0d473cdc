import CycleGANTraining
import Torch

extension TrainingConfiguration {
    /// Builds the chosen objective with new networks.
    ///
    /// - Parameter teacher: The generator to learn from, which `distill` must have.
    public func makeObjective(device: Device, dtype: DType = .float32, teacher: Teacher? = nil) -> any TrainingObjective {
        switch objective.kind {
        case .cycleGAN: CycleGAN(configuration: self, device: device, dtype: dtype)
        case .cut, .fastCUT: CUT(configuration: self, device: device, dtype: dtype)
        case .pix2pix: Pix2Pix(configuration: self, device: device, dtype: dtype)
        case .starGAN: StarGAN(configuration: self, device: device, dtype: dtype)
        case .multiCycle: MultiCycle(configuration: self, device: device, dtype: dtype)
        case .pretrain: Pretraining(configuration: self, device: device, dtype: dtype)
        case .distill:
            if let teacher {
                Distillation(configuration: self, teacher: teacher, device: device, dtype: dtype)
            } else {
                preconditionFailure("nobody to learn from was given")
            }
        }
    }
}
